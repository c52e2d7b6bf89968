import { byteLength, excerptOf } from '../../../src/console/exact/excerpt';

describe('excerptOf', () => {
  it.each([
    ['a short text', 'abc', 3, 'abc'],
    ['a long text', 'abcd', 3, 'abc'],
    ['a pair of surrogates at the cut', 'ab😀', 3, 'ab'],
    ['a pair before the cut', 'a😀b', 3, 'a😀'],
  ])('cuts %s', (_, text, most, excerpt) => {
    expect(excerptOf(text, most)).toBe(excerpt);
  });
});

describe('byteLength', () => {
  it.each(['', 'abc', 'é', '€', '😀', 'aé€😀z'])('counts the bytes of %j in UTF-8', (text) => {
    expect(byteLength(text)).toBe(Buffer.byteLength(text));
  });
});
