import fc from 'fast-check';
import { ByteReader } from '../../../src/store/samples/byte-reader';
import { ByteWriter } from '../../../src/store/samples/byte-writer';
import { readNumbers, writeNumbers } from '../../../src/store/samples/number-column';
import { compareDecimals } from '../../support/decimals';
import { anyNumberText } from '../contract/arbitraries';

function written(texts: readonly string[]): Buffer {
  const writer = new ByteWriter();
  writeNumbers(writer, texts);
  return writer.done();
}

/** Expects the texts to come back, with the doubles next to them. */
function expectBack(texts: readonly string[]): void {
  const reader = new ByteReader(written(texts));
  const { values, isExact, text } = readNumbers(reader, texts.length);
  expect(reader.isAtEnd).toBe(true);
  expect(texts.map((_, index) => text(index))).toEqual(texts);
  expect(Array.from(values, (value) => value + 0)).toEqual(texts.map((each) => Number(each) + 0));
  if (!isExact) return;
  for (const [a, first] of texts.entries()) {
    for (const [b, second] of texts.entries()) {
      if (values[a] === values[b]) expect(compareDecimals(first, second)).toBe(0);
    }
  }
}

describe('writeNumbers', () => {
  it.each([
    [[]],
    [['0']],
    [['-0', '0']],
    [['0.0', '-0.0', '0']],
    [['1.10', '1.1', '1.100', '1']],
    [['0.001', '0.010', '0.1']],
    [['-0.5', '-1.50', '12']],
    [['1e-7', '1E-7', '0.0000001']],
    [['1e2', '100', '1.00e2']],
    [['9007199254740992', '9007199254740993']],
    [['123456789012345678901', '-123456789012345678901']],
    [['0.1000000000000000055511151231257827', '0.1']],
    [['1125899906842623', '1125899906842624', '-1125899906842624']],
    [['1125899906842623.5', '0.25']],
    [['0.000000000000001', '0.0000000000000001']],
    [['1000000000000', '0.0001']],
    [['5e-324', '1e308', '1e-999', '-1e-999']],
    [['3.141592653589793', '2.718281828459045', '1e21']],
  ])('gives back the digits of %j', (texts) => {
    expectBack(texts);
  });

  it('gives back any numbers of one form, and of many', () => {
    const decimals = fc.integer({ min: 0, max: 6 }).chain((places) => {
      const number = fc.integer({ min: -1_000_000_000, max: 1_000_000_000 });
      return fc.array(number.map((whole) => (whole / 10 ** places).toFixed(places)));
    });
    const shortest = fc.array(fc.integer({ min: -1_000_000, max: 1_000_000 }).map((whole) => String(whole / 1000)));
    const doubles = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }).map(String));
    const rule = fc.property(fc.oneof(decimals, shortest, doubles, fc.array(anyNumberText)), expectBack);
    fc.assert(rule, { numRuns: 1000 });
  });

  it('takes a few bytes for numbers of a few places', () => {
    let number = 100_000;
    const walk = Array.from({ length: 4096 }, (_, index) => {
      number += ((index * 7919) % 201) - 100;
      return (number / 1000).toFixed(3);
    });
    expect(written(walk).length / walk.length).toBeLessThan(2.1);
  });
});
