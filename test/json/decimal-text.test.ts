import fc from 'fast-check';
import { compareNumbers } from '../../src/json/decimal-text';
import { compareDecimals } from '../support/decimals';
import { anyNumberText } from '../store/contract/arbitraries';

describe('compareNumbers', () => {
  it.each([
    ['1e-400', '2e-400'],
    ['-1e-400', '0'],
    ['-1e-400', '1e-400'],
    ['-2e-400', '-1e-400'],
    ['-1e-400', '-1e-401'],
    ['9007199254740992', '9007199254740993'],
    ['-9007199254740993', '-9007199254740992'],
    ['0.1', '0.10000000000000000001'],
    ['-1', '0'],
  ])('takes %s for less than %s', (less, more) => {
    expect(compareNumbers(less, more)).toBeLessThan(0);
    expect(compareNumbers(more, less)).toBeGreaterThan(0);
  });

  it.each([
    ['1', '1.0'],
    ['10e-1', '1'],
    ['-0', '0'],
    ['0e5', '-0.0'],
    ['123456789012345678901', '123456789012345678901.0'],
    ['0.00000000000000000001', '1e-20'],
  ])('takes %s and %s for equal', (a, b) => {
    expect(Math.abs(compareNumbers(a, b))).toBe(0);
    expect(Math.abs(compareNumbers(b, a))).toBe(0);
  });

  it('orders any numbers as decimals', () => {
    const rule = fc.property(anyNumberText, anyNumberText, (a, b) => {
      expect(Math.sign(compareNumbers(a, b)) + 0).toBe(compareDecimals(a, b));
    });
    fc.assert(rule, { numRuns: 1000 });
  });
});
