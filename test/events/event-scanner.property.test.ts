import { isUtf8 } from 'node:buffer';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { WriterHubError } from '../../src/errors';
import { scanEvents } from '../../src/events/event-scanner';
import { type EventModel, writtenBatch } from './support/written-events';
import { scan } from './support/scanning';

const LIMITS = { maxDepth: 900, maxTags: 1000 };

/** The code of the error that the scanner throws for a text; `undefined` when it accepts it. */
function verdict(text: Uint8Array): string | undefined {
  try {
    scanEvents(text, LIMITS);
    return undefined;
  } catch (error) {
    if (error instanceof WriterHubError) return error.code;
    throw error;
  }
}

/** A byte order mark and record separators in front are not part of the text. */
// eslint-disable-next-line no-control-regex -- The record separator is a control character.
const HEAD = /^\ufeff?\x1e*/;

function isJson(text: Buffer): boolean {
  try {
    JSON.parse(text.toString().replace(HEAD, ''));
    return isUtf8(text);
  } catch {
    // `JSON.parse` throws for no other reason.
    return false;
  }
}

/** Whether no record separator stands within it: what follows one is another text (RFC 7464, section 2.1). */
function isOneText(text: Buffer): boolean {
  return !text.toString().replace(HEAD, '').includes('\x1e');
}

/** Pieces that mean something to a JSON parser, and any other byte. */
const piece = fc.oneof(
  fc.constantFrom(
    ...Array.from('[]{}:,"\\/-+.eE0123456789unlftabr \t\n\r\0\u007fé€😀'),
    '\\u',
    '\\ud83d',
    '\\ude00',
    '\ufeff',
    '1e5',
    'null',
  ),
  fc.uint8Array({ minLength: 1, maxLength: 3 }),
);

/** A text after a few changes: at each place some bytes are replaced by a piece. */
function mutated(text: fc.Arbitrary<Buffer>): fc.Arbitrary<Buffer> {
  const change = fc.record({ at: fc.nat(), remove: fc.nat(3), piece });
  return fc.tuple(text, fc.array(change, { minLength: 1, maxLength: 3 })).map(([original, changes]) =>
    changes.reduce((bytes, { at, remove, piece: inserted }) => {
      const start = at % (bytes.length + 1);
      const insert = typeof inserted === 'string' ? Buffer.from(inserted) : inserted;
      return Buffer.concat([bytes.subarray(0, start), insert, bytes.subarray(start + remove)]);
    }, original),
  );
}

const anyJson = fc.json({ stringUnit: 'binary' }).map((text) => Buffer.from(text));
const anyBatch = writtenBatch.map(({ text }) => Buffer.from(text));

describe('scanEvents against JSON.parse', () => {
  it.each([
    ['JSON values', anyJson, 500],
    ['event batches', anyBatch, 200],
    ['mutated JSON values', mutated(anyJson), 1000],
    ['mutated event batches', mutated(anyBatch), 500],
  ])('calls malformed what JSON.parse refuses: %s', (_, texts, numRuns) => {
    fc.assert(
      fc.property(texts.filter(isOneText), (text) => {
        expect(verdict(text) === 'malformed_json').toBe(!isJson(text));
      }),
      { numRuns },
    );
  });

  it.each([
    '\ufeffnull',
    '\x1e\x1enull',
    '\ufeff\x1e[]',
    '\ufeff',
    '\x1e',
    '\ufeff\ufeffnull',
    '\x1e\ufeffnull',
    ' \ufeffnull',
  ])('agrees with JSON.parse about what is in front of the text: %j', (written) => {
    const text = Buffer.from(written);
    expect(verdict(text) === 'malformed_json').toBe(!isJson(text));
  });

  it('throws nothing but its own errors, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (text) => {
        expect(['malformed_json', 'invalid_events', undefined]).toContain(verdict(text));
      }),
      { numRuns: 1000 },
    );
  });
});

describe('scanEvents on valid batches, however they are written', () => {
  const database = new Database(':memory:').defaultSafeIntegers();
  const read = database.prepare<[string], { id: string; timestamp: bigint; value: string | null; tags: string | null }>(
    `SELECT value ->> '$.id' AS id, value ->> '$.timestamp' AS timestamp, value ->> '$.value' AS value, value -> '$.tags' AS tags
     FROM json_each(?)`,
  );
  afterAll(() => database.close());

  it('keeps every event, every digit and every character', () => {
    fc.assert(
      fc.property(writtenBatch, ({ text, events }) => {
        const { json, count } = scan(text);
        const parsed = JSON.parse(`[${Buffer.from(json).toString()}]`) as Record<string, unknown>[];
        expect(count).toBe(events.length);
        expect(parsed.map((event) => ({ ...event, timestamp: 0 }))).toEqual(events.map(asParsed));
        expect(parsed.map(tagEntries)).toEqual(events.map(tagEntries));
        const stored = read.all(`[${Buffer.from(json).toString()}]`);
        expect(stored.map(({ timestamp }) => timestamp)).toEqual(events.map(({ timestamp }) => timestamp));
      }),
    );
  });

  it('finds the least and the greatest timestamp', () => {
    fc.assert(
      fc.property(writtenBatch, ({ text, events }) => {
        const ascending = events.map(({ timestamp }) => timestamp).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
        const { minTimestamp, maxTimestamp } = scan(text);
        expect([minTimestamp, maxTimestamp]).toEqual([ascending[0], ascending.at(-1)]);
      }),
    );
  });

  it('gives canonical text that needs no further change', () => {
    fc.assert(
      fc.property(writtenBatch, ({ text }) => {
        const first = Buffer.from(`[${Buffer.from(scan(text).json).toString()}]`);
        const { json } = scan(first);
        expect(json.buffer).toBe(first.buffer);
        expect(Buffer.from(json)).toEqual(first.subarray(1, -1));
      }),
    );
  });
});

/** What `JSON.parse` makes of an event, except for its timestamp, which it may round. */
function asParsed({ id, value, tags }: EventModel): Record<string, unknown> {
  return { id, timestamp: 0, ...(value === undefined ? {} : { value }), ...(tags === undefined ? {} : { tags }) };
}

function tagEntries(event: { tags?: unknown }): [string, unknown][] {
  return Object.entries(event.tags ?? {});
}
