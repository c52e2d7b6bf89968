import { isUtf8 } from 'node:buffer';
import fc from 'fast-check';
import { firstInvalidUtf8 } from '../../src/json/utf8';

describe('firstInvalidUtf8', () => {
  it.each([
    ['', -1],
    ['61c3a9e282acf09f9880', -1],
    ['7f', -1],
    ['c280', -1],
    ['dfbf', -1],
    ['e0a080', -1],
    ['ed9fbf', -1],
    ['ee8080', -1],
    ['efbfbf', -1],
    ['f0908080', -1],
    ['f48fbfbf', -1],
    ['80', 0],
    ['61bf', 1],
    ['c080', 0],
    ['c1bf', 0],
    ['c3', 0],
    ['c361', 0],
    ['e09fbf', 0],
    ['e282', 0],
    ['e28261', 0],
    ['eda080', 0],
    ['edbfbf', 0],
    ['f08fbfbf', 0],
    ['f09f98', 0],
    ['f09f9861', 0],
    ['f4908080', 0],
    ['f5808080', 0],
    ['c3a9ff', 2],
    ['fe', 0],
  ])('of bytes %s is %d', (hex, expected) => {
    expect(firstInvalidUtf8(Buffer.from(hex, 'hex'))).toBe(expected);
  });

  it('finds the end of the longest valid start', () => {
    const byte = fc.constantFrom(
      0x41,
      0x80,
      0x8f,
      0x90,
      0x9f,
      0xa0,
      0xbf,
      0xc2,
      0xe0,
      0xe2,
      0xed,
      0xf0,
      0xf1,
      0xf4,
      0xf5,
    );
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 8 }), (values) => {
        const bytes = Buffer.from(values);
        const at = firstInvalidUtf8(bytes);
        expect(at === -1).toBe(isUtf8(bytes));
        if (at >= 0) expect(isUtf8(bytes.subarray(0, at))).toBe(true);
      }),
      { numRuns: 5000 },
    );
  });
});
