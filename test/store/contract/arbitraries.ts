import fc from 'fast-check';
import type { EventInput } from '../support/batches';

/** Any text without a lone surrogate, NUL and emoji included. */
const anyText = fc.string({ unit: 'binary', maxLength: 30 });

/** Any timestamp, the ends of int64 among them often. */
export const anyTimestamp = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });

/** Tags in an order that `JSON.stringify` keeps: no key that looks like an array index. */
const anyTags = fc.dictionary(
  anyText.filter((key) => !/^\d+$/.test(key)),
  anyText,
  { maxKeys: 5 },
);

/** Any event that passes the event scanner. */
export const anyEvent: fc.Arbitrary<EventInput> = fc.record(
  { timestamp: anyTimestamp, id: anyText, value: anyText, tags: anyTags },
  { requiredKeys: ['timestamp', 'id'] },
);

/** An append of some events to one of a few streams. */
export const anyAppend = fc.record({
  streamId: fc.constantFrom('a', 'b', 'c'),
  count: fc.integer({ min: 1, max: 5 }),
});
