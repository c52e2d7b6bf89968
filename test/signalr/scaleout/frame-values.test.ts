import { Decimal, ExactDate, RawJson } from '../../../src/signalr';
import { decodeValues, encodeValues } from '../../../src/signalr/scaleout/frame-values';

describe('values in frames between servers', () => {
  it.each([
    [2n ** 64n - 1n],
    [-(2n ** 63n)],
    [2 ** 53],
    [0.1],
    ['grüße \u{1f600}'],
    [new Date(0)],
    [new Date(-1)],
    [new Date('9999-12-31T23:59:59.999Z')],
    [[1, 1n, null, { a: [true, ''] }]],
  ])('are the same when they come out: %p', (value) => {
    expect(decodeValues(encodeValues(value))).toEqual(value);
  });

  it.each([1n, -1n, 1714979289123456700n, -1714979289123456701n])('are dates to the nanosecond: %p', (nanoseconds) => {
    const date = decodeValues(encodeValues(new ExactDate(nanoseconds))) as ExactDate;
    expect(date).toBeInstanceOf(ExactDate);
    expect(date.epochNanoseconds).toBe(nanoseconds);
  });

  it('are decimals and ready-made JSON with all their characters', () => {
    expect(decodeValues(encodeValues([new Decimal('1.10'), new RawJson('{"a": 1.0}')]))).toEqual([
      new Decimal('1.10'),
      new RawJson('{"a": 1.0}'),
    ]);
    expect((decodeValues(encodeValues(new Decimal('-0.0010'))) as Decimal).text).toBe('-0.0010');
  });
});
