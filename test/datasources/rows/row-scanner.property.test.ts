import Database from 'better-sqlite3';
import fc from 'fast-check';
import { WriterHubError } from '../../../src/errors';
import { reasonRefused, scan, type Scanned, schemaOf, storedText } from '../support/scanning';

const open = schemaOf('a Nullable(Int8)');

/** Pieces that mean something to a JSON parser, and any other byte. */
const piece = fc.oneof(
  fc.constantFrom(
    ...Array.from('[]{}:,"\\/-+.eE0123456789nulltrabf \t\r\0é€😀'),
    '\\u',
    '\\ud83d',
    'null',
    'NaN',
    '1e5',
  ),
  fc.uint8Array({ minLength: 1, maxLength: 3 }),
);

/** A text after a few changes: at each place some bytes are replaced by a piece. */
function mutated(text: fc.Arbitrary<Buffer>): fc.Arbitrary<Buffer> {
  const change = fc.record({ at: fc.nat(), remove: fc.nat(3), piece });
  return fc.tuple(text, fc.array(change, { maxLength: 3 })).map(([original, changes]) =>
    changes.reduce((bytes, { at, remove, piece: inserted }) => {
      const start = at % (bytes.length + 1);
      const insert = typeof inserted === 'string' ? Buffer.from(inserted) : inserted;
      return Buffer.concat([bytes.subarray(0, start), insert, bytes.subarray(start + remove)]);
    }, original),
  );
}

const anyLine = mutated(fc.object({ maxDepth: 3 }).map((value) => Buffer.from(JSON.stringify(value))));

function parsed(line: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(line)) as unknown;
  } catch {
    // Both throw only because of the text.
    return undefined;
  }
}

/** The result for a body; `undefined` when it is refused as a whole. */
function outcome(body: Buffer, schema = open): Scanned | undefined {
  try {
    return scan(body, schema);
  } catch (error) {
    if (error instanceof WriterHubError && /^(invalid_rows|malformed_json)$/.test(error.code)) return undefined;
    throw error;
  }
}

function isBlank(line: Buffer): boolean {
  return /^[ \t\r]*$/.test(line.toString('latin1'));
}

function trimmed(line: Buffer): Buffer {
  return Buffer.from(line.toString('latin1').replace(/^[ \t\r]+/, ''), 'latin1');
}

describe('scanRows against JSON.parse, line by line', () => {
  it('stores only lines that are JSON objects, and loses no line', () => {
    fc.assert(
      fc.property(fc.array(anyLine, { minLength: 1, maxLength: 5 }), (texts) => {
        const lines =
          texts.join('\n') === ''
            ? []
            : Buffer.concat(texts.flatMap((text) => [text, Buffer.from('\n')]))
                .toString('latin1')
                // A record separator ends a row as a line feed does.
                .replaceAll('\x1e', '\x1f')
                .split('\n');
        const rows = lines.map((line) => Buffer.from(line, 'latin1')).filter((line) => !isBlank(line));
        const result = outcome(Buffer.from(lines.join('\n'), 'latin1'));
        if (result === undefined) {
          expect(rows.map(parsed).filter((value) => value !== undefined)).toEqual([]);
          return;
        }
        expect(result.rows.length + result.quarantine.length).toBe(rows.length);
        const quarantined = new Set(result.quarantine.map(({ raw }) => raw.toString('latin1').trim()));
        const kept = rows.filter((line) => !quarantined.has(trimmed(line).toString('latin1').trim())).map(parsed);
        expect(result.rows.map(([rest, a]) => ({ ...(rest as object), ...(a === null ? {} : { a }) }))).toEqual(
          kept.map((value) => withoutNullA(value)),
        );
      }),
      { numRuns: 700 },
    );
  });

  it('throws nothing but its own errors, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        outcome(Buffer.from(bytes));
      }),
      { numRuns: 700 },
    );
  });
});

function withoutNullA(value: unknown): unknown {
  const row = { ...(value as Record<string, unknown>) };
  if (row['a'] === null) delete row['a'];
  return row;
}

/** Types, values of them as JSON text, and the texts stored for these. */
const typed: readonly (readonly [string, fc.Arbitrary<readonly [string, unknown]>])[] = [
  ['String', fc.string({ unit: 'binary' }).map((text) => [JSON.stringify(text), text])],
  ['Int16', fc.integer({ min: -32768, max: 32767 }).map((value) => [String(value), BigInt(value)])],
  ['Int64', fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n).map((value) => [value.toString(), value])],
  [
    'UInt64',
    fc.bigInt(0n, 2n ** 64n - 1n).map((value) => [value.toString(), value < 2n ** 63n ? value : value.toString()]),
  ],
  ['Float64', fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => [JSON.stringify(value), value + 0])],
  ['Bool', fc.boolean().map((value) => [String(value), value ? 1n : 0n])],
  ['DateTime64(3)', time().map((iso) => [JSON.stringify(iso), iso.replace('T', ' ').slice(0, -1)])],
  ['DateTime', time().map((iso) => [JSON.stringify(iso.replace(/\.\d+/, '.000')), iso.replace('T', ' ').slice(0, 19)])],
  ['Date', time().map((iso) => [JSON.stringify(iso.slice(0, 10)), iso.slice(0, 10)])],
  ['Nullable(String)', fc.constant(['null', null])],
  ['Array(Int32)', fc.array(fc.integer()).map((items) => [JSON.stringify(items), JSON.stringify(items)])],
  ['JSON', fc.dictionary(fc.string(), fc.string()).map((value) => [JSON.stringify(value), JSON.stringify(value)])],
];

function time(): fc.Arbitrary<string> {
  return fc
    .date({ min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true })
    .map((date) => date.toISOString());
}

/** A schema, and a row that fits it, its fields in any order and mixed with unknown ones. */
const writtenRow = fc
  .array(
    fc.constantFrom(...typed).chain(([type, values]) => values.map(([text, stored]) => ({ type, text, stored }))),
    { minLength: 1, maxLength: 8 },
  )
  .chain((columns) => {
    const members = columns.map(({ text }, index) => `"c${index}":${text}`);
    const others = fc
      .array(fc.json(), { maxLength: 2 })
      .map((values) => values.map((value, index) => `"x${index}":${value}`));
    const written = others.chain((more) =>
      fc.shuffledSubarray([...members, ...more], { minLength: members.length + more.length }),
    );
    return written.map((parts) => ({ columns, row: `{${parts.join(' , ')}}` }));
  });

describe('scanRows on rows that fit', () => {
  const database = new Database(':memory:').defaultSafeIntegers();
  const read = database.prepare<[string], { value: unknown }>("SELECT value FROM json_each(?, '$[0]')");
  afterAll(() => database.close());

  it('gives SQLite every value, exactly, in the order of the columns', () => {
    fc.assert(
      fc.property(writtenRow, ({ columns, row }) => {
        const schema = schemaOf(...columns.map(({ type }, index) => `c${index} ${type}`));
        const { text, rows, errors } = scan(row, schema);
        expect(errors).toEqual([]);
        const [, ...values] = read.all(`[${text}]`);
        columns.forEach(({ type, stored }, index) => {
          // SQLite reads decimal fractions to within a last digit.
          expect(type === 'Float64' ? rows[0]![index + 1] : values[index]!.value).toEqual(stored);
        });
      }),
    );
  });

  it('gives SQLite a value for each column, however damaged the text of the rows is', () => {
    const changed = writtenRow.chain(({ columns, row }) =>
      fc
        .array(mutated(fc.constant(Buffer.from(row))), { minLength: 1, maxLength: 3 })
        .map((rows) => ({ columns, rows })),
    );
    fc.assert(
      fc.property(changed, ({ columns, rows }) => {
        const body = Buffer.concat(rows.flatMap((row) => [row, Buffer.from('\n')]));
        const result = outcome(body, schemaOf(...columns.map(({ type }, index) => `c${index} ${type}`)));
        for (const row of result?.rows ?? []) expect(row).toHaveLength(columns.length + 1);
        expect(() => read.all(`[${result?.text ?? '[]'}]`)).not.toThrow();
      }),
      { numRuns: 500 },
    );
  });
});

describe('scanRows on text that may be a day or a time', () => {
  const two = (value: number): string => String(value).padStart(2, '0');
  const parts = fc.record({
    year: fc.integer({ min: 1, max: 9999 }),
    month: fc.integer({ min: 0, max: 13 }),
    day: fc.integer({ min: 0, max: 32 }),
    hour: fc.integer({ min: 0, max: 25 }),
    minute: fc.integer({ min: 0, max: 61 }),
    second: fc.integer({ min: 0, max: 61 }),
    offset: fc.integer({ min: -1439, max: 1439 }),
  });

  it('accepts those that the calendar has, and converts them to UTC', () => {
    fc.assert(
      fc.property(parts, ({ year, month, day, hour, minute, second, offset }) => {
        const sign = offset < 0 ? '-' : '+';
        const zone = `${sign}${two(Math.floor(Math.abs(offset) / 60))}:${two(Math.abs(offset) % 60)}`;
        const date = `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;
        const text = `"${date}T${two(hour)}:${two(minute)}:${two(second)}${zone}"`;
        const local = new Date(`${date}T00:00:00Z`);
        const exists =
          local.getUTCMonth() + 1 === month && local.getUTCDate() === day && hour < 24 && minute < 60 && second < 60;
        const utc = new Date(local.getTime() + ((hour * 60 + minute - offset) * 60 + second) * 1000);
        if (exists && utc.getUTCFullYear() >= 1 && utc.getUTCFullYear() <= 9999) {
          expect(storedText('DateTime', text)).toBe(`"${utc.toISOString().replace('T', ' ').slice(0, 19)}"`);
        } else {
          expect(reasonRefused('DateTime', text)).toContain(`value ${text} on column 'v' is not DateTime`);
        }
      }),
      { numRuns: 500 },
    );
  });
});
