import fc from 'fast-check';
import { canonical, Digits, type Exact, isObject, parseExact } from './support/exact-json';
import { RowsHub } from './support/rows';

/** The JSON texts of values of every kind, those above all that types, precisions and doubles have their ends at. */
const integer = fc.oneof(
  fc.integer({ min: -3, max: 130 }).map(String),
  fc.integer().map(String),
  fc.bigInt(2n ** 53n - 3n, 2n ** 53n + 3n).map(String),
  fc.bigInt(-(2n ** 64n), 2n ** 64n).map(String),
  fc.bigInt(-(10n ** 30n), 10n ** 30n).map(String),
  fc.constantFrom('-0', '1714979291', '1714979291000', '252460800000', '9223372036854775808', '100000000000000000000'),
);
const fraction = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => JSON.stringify(value)),
  fc.tuple(integer, fc.bigInt(0n, 10n ** 12n)).map(([whole, digits]) => `${whole}.${digits}`),
  fc
    .tuple(fc.integer({ min: -999, max: 999 }), fc.integer({ min: -30, max: 30 }))
    .map(([digits, e]) => `${digits}e${e}`),
);
const two = (value: number): string => String(value).padStart(2, '0');
const time = fc
  .record({
    day: fc.integer({ min: 1, max: 28 }),
    second: fc.integer({ min: 0, max: 59 }),
    digits: fc.oneof(fc.constant(''), fc.stringMatching(/^\.[0-9]{1,11}$/)),
    zone: fc.constantFrom('', 'Z', '+00:00', '+05:30', '-0100', '-11'),
    separator: fc.constantFrom('T', ' '),
  })
  .map(
    ({ day, second, digits, zone, separator }) => `2024-05-${two(day)}${separator}23:59:${two(second)}${digits}${zone}`,
  );
const text = fc
  .oneof(
    time,
    time,
    fc.integer({ min: 1, max: 30 }).map((day) => `2024-02-${two(day)}`),
    fc.string({ unit: 'grapheme', maxLength: 5 }),
    fc.constantFrom('', '5', '1.5', 'true', '{}', '18446744073709551615', '2024-05-06T07:08:09\u002B00:00'),
  )
  .map((value) => JSON.stringify(value));
const scalar = fc.oneof(integer, integer, fraction, text, text, fc.constantFrom('true', 'false', 'null'));
const value = fc.oneof(
  { weight: 8, arbitrary: scalar },
  {
    weight: 2,
    arbitrary: fc
      .oneof(fc.array(integer), fc.array(fraction), fc.array(text), fc.array(scalar))
      .map((items) => `[${items.slice(0, 3).join(' ,')}]`),
  },
  { weight: 1, arbitrary: fc.tuple(scalar, scalar).map(([x, y]) => `{"x":${x}, "y":{"z":${y}}}`) },
);
/** A few kinds of values to a field, so that columns are of every type and rows fit as often as not. */
const kind = fc.constantFrom(
  integer,
  fraction,
  fc.oneof(integer, fraction),
  time.map((at) => JSON.stringify(at)),
  text,
  value,
);
const members = (kinds: fc.Arbitrary<string>[]): fc.Arbitrary<string[]> =>
  fc.tuple(
    ...kinds.map((each) =>
      fc.option(fc.oneof({ weight: 4, arbitrary: each }, { weight: 1, arbitrary: value }), { nil: 'absent', freq: 8 }),
    ),
  );
const rowsOfKinds = fc
  .array(kind, { minLength: 3, maxLength: 3 })
  .chain((kinds) =>
    fc.tuple(
      fc.array(members(kinds), { minLength: 1, maxLength: 4 }),
      fc.array(members(kinds), { minLength: 1, maxLength: 6 }),
    ),
  );

const rowText = (fields: readonly string[], n: number): string => {
  const sent = fields.flatMap((field, index) => (field === 'absent' ? [] : [`"${'abc'[index]!}":${field}`]));
  return `{"n":${n}${sent.map((member) => `,${member}`).join('')}}`;
};

interface Described {
  readonly columns: { readonly name: string; readonly type: string; readonly jsonpath: string }[];
}

/** Whether what was read of a column is what was sent for it, as its type means it. */
function isSame(sent: Exact | undefined, read: Exact, type: string): boolean {
  if (sent === undefined || sent === null) return read === null || (Array.isArray(read) && read.length === 0);
  const inner = /^Nullable\((.*)\)$/.exec(type)?.[1] ?? type;
  const items = /^Array\((.*)\)$/.exec(inner)?.[1];
  if (items !== undefined) {
    if (!Array.isArray(sent) || !Array.isArray(read) || sent.length !== read.length) return false;
    return sent.every((item, index) => isSame(item, read[index]!, items));
  }
  if (inner === 'String')
    return typeof sent === 'string' ? read === sent : canonical(parseExact(read as string)) === canonical(sent);
  if (inner === 'Bool') return read === (sent instanceof Digits ? sent.text === '1' : sent);
  if (inner === 'Date') return read === sent;
  if (inner.startsWith('DateTime')) return typeof sent === 'string' && instant(sent) === instant(read as string);
  return isSameNumber(sent, read, inner);
}

function isSameNumber(sent: Exact, read: Exact, type: string): boolean {
  // Integers come as texts of digits too, and decimals in arrays are such.
  const [one, other] = [sent, read].map((number) =>
    typeof number === 'string' ? new Digits(number) : (number as Digits),
  );
  if (one!.significant === other!.significant) return true;
  const [written, kept] = [Number(one!.text), Number(other!.text)];
  return (
    type === 'Float64' && Math.abs(written) < 2 ** 53 && written === kept && (kept !== 0 || one!.significant === '0')
  );
}

/** Nanoseconds since the Unix epoch. */
function instant(time: string): string {
  const [, day, second = '00:00:00', digits = '', zone = ''] =
    /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d:\d\d)(?:\.(\d+))?(.*))?$/.exec(time)!;
  const [, sign = '+', hours = '0', minutes = '0'] = /^([+-])(\d\d):?(\d\d)?$/.exec(zone) ?? [];
  const east = (Number(hours) * 60 + Number(minutes)) * 60_000 * (sign === '+' ? 1 : -1);
  const milliseconds = Date.parse(`${day}T${second}Z`) - east;
  return new Digits(`${milliseconds / 1000}`).significant + '.' + digits.replace(/0+$/, '');
}

/** Takes the value at a path out of a row. */
function take(row: { [name: string]: Exact }, path: string): Exact | undefined {
  const keys = path.replace('[:]', '').split('.').slice(1);
  const parent = keys
    .slice(0, -1)
    .reduce<Exact | undefined>((around, key) => (isObject(around) ? around[key] : undefined), row);
  const last = keys.at(-1)!;
  if (!isObject(parent)) return undefined;
  const taken = parent[last];
  Reflect.deleteProperty(parent, last);
  return taken;
}

/** What is left of a value without what says nothing: null, empty objects, members of which nothing is left. */
function pruned(value: Exact): Exact {
  if (!isObject(value)) return value;
  const left = Object.entries(value).flatMap(([name, member]) => {
    const rest = pruned(member);
    return rest === null ? [] : [[name, rest] as const];
  });
  return left.length === 0 ? null : Object.fromEntries(left);
}

describe('a row in a data source that was made by other rows', () => {
  it('is read back equal, or is quarantined as it was sent', async () => {
    const rows = await RowsHub.start();
    let count = 0;
    const lines = async (sql: string): Promise<{ [name: string]: Exact }[]> =>
      (await rows.hub.read(`/v0/sql?q=${encodeURIComponent(`${sql} FORMAT JSONEachRow`)}`))
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => parseExact(line) as { [name: string]: Exact });

    await fc.assert(
      fc.asyncProperty(rowsOfKinds, async ([first, later]) => {
        const name = `p${++count}`;
        const texts = [...first, ...later].map(rowText);
        await rows.stored(name, texts.slice(0, first.length).join('\n'));
        await rows.stored(name, texts.slice(first.length).join('\n'));
        const { columns } = JSON.parse(await rows.hub.read(`/v0/datasources/${name}`)) as Described;
        const kept = new Map(
          (await lines(`SELECT * FROM ${name}`)).map((row) => [Number((row['n'] as Digits).text), row]),
        );
        const aside = (await lines(`SELECT c__row FROM ${name}_quarantine`)).map((row) => row['c__row']);
        expect(kept.size + aside.length).toBe(texts.length);
        for (const [n, sentText] of texts.entries()) {
          const row = kept.get(n);
          if (row === undefined) {
            expect(aside).toContain(sentText);
            continue;
          }
          const sent = parseExact(sentText) as { [name: string]: Exact };
          for (const { name: column, type, jsonpath } of columns) {
            const value = take(sent, jsonpath);
            if (!isSame(value, row[column]!, type)) {
              throw new Error(
                `${column} ${type}: ${canonical(value ?? null)} was read back as ${canonical(row[column]!)}`,
              );
            }
          }
          expect(canonical(pruned(row['_rest'] ?? null))).toBe(canonical(pruned(sent)));
        }
      }),
      { numRuns: 100 },
    );
  }, 120_000);
});
