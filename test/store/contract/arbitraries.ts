import fc from 'fast-check';
import type { EventInput } from '../support/batches';
import type { PackageInput } from '../support/packages';

/** Any text without a lone surrogate, NUL and emoji included. */
export const anyText = fc.string({ unit: 'binary', maxLength: 30 });

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

const anyDigit = fc.integer({ min: 0, max: 9 }).map(String);

/** Any digits, the first of them no zero unless it is the only one. */
const anyWhole = fc
  .string({ unit: anyDigit, minLength: 1, maxLength: 22 })
  .map((digits) => digits.replace(/^0+(?=.)/, ''));

/** Any JSON text of a number, within reach of a double when some are added up. */
export const anyNumberText = fc.oneof(
  fc.integer({ min: -1000, max: 1000 }).map(String),
  fc.integer({ min: -100_000, max: 100_000 }).map((number) => (number / 1000).toFixed(3)),
  fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e300, max: 1e300 }).map(String),
  fc.constantFrom('-0', '0', '-0.0', '1.10', '1e-7', '0e0', '5e-324', '1e-999', '9007199254740993', '9007199254740992'),
  fc
    .tuple(
      ...[fc.constantFrom('', '-'), anyWhole, fc.string({ unit: anyDigit, maxLength: 22 })],
      fc.option(fc.tuple(fc.constantFrom('e', 'E', 'e+', 'E-', 'e-'), fc.integer({ min: 0, max: 200 }))),
    )
    .map(([sign, whole, fraction, exponent]) => {
      const point = fraction === '' ? '' : '.';
      return `${sign}${whole}${point}${fraction}${exponent === null ? '' : exponent.join('')}`;
    }),
);

/** Ids of parameters, some of which are hard to keep apart. */
const anyId = fc.oneof(fc.constantFrom('a', 'b', '__proto__', '10', '2', '', '"', '\\', 'a.b'), anyText);

/** Any bytes in base64. */
const anyBase64 = fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes).toString('base64'));

/** Any package, near in time or far, with few timestamps that are often equal. */
export const anyPackage: fc.Arbitrary<PackageInput> = fc
  .record({
    epoch: fc.option(fc.constantFrom(0n, -1000n, 1618133869000000001n), { nil: undefined }),
    times: fc.oneof(
      fc.array(fc.bigInt({ min: -50n, max: 50n }), { minLength: 1, maxLength: 12 }),
      fc.array(fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n }), { minLength: 1, maxLength: 4 }),
    ),
  })
  .chain(({ epoch, times }) => {
    const columns = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Map<string, (Value | null)[]> | undefined> => {
      const column = fc.array(fc.option(value), { minLength: times.length, maxLength: times.length });
      const pairs = fc.uniqueArray(fc.tuple(anyId, column), { selector: ([id]) => id, maxLength: 4 });
      return fc.option(
        pairs.map((all) => new Map(all)),
        { nil: undefined },
      );
    };
    return fc
      .record({
        ...{ numeric: columns(anyNumberText), string: columns(anyText), binary: columns(anyBase64) },
        tags: columns(anyText),
      })
      .map(({ numeric, string, binary, tags }) => ({
        timestamps: times,
        ...(epoch !== undefined && { epoch }),
        ...(numeric && { numeric }),
        ...(string && { string }),
        ...(binary && { binary }),
        ...(tags && { tags }),
      }));
  });
