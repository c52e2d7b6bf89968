import { ObjectKeys } from '../../src/json/object-keys';

/** Which of some keys, given as JSON strings, are reported as new; each round starts with an empty set. */
function taken(written: string[], rounds = 1): boolean[] {
  const keys = new ObjectKeys(Buffer.from(written.join('')));
  let answers: boolean[] = [];
  for (let round = 0; round < rounds; round++) {
    let at = 0;
    keys.clear();
    answers = written.map((key) => {
      const start = at;
      at += Buffer.byteLength(key);
      return keys.add(start, at, key.includes('\\'));
    });
  }
  return answers;
}

const many = Array.from({ length: 20 }, (_, i) => `"key ${i}"`);

describe('ObjectKeys › add', () => {
  it.each([
    ['different keys', ['"a"', '"b"', '""'], [true, true, true]],
    ['keys of one length', ['"ab"', '"ac"', '"bb"'], [true, true, true]],
    ['a key twice', ['"a"', '"b"', '"a"'], [true, true, false]],
    ['the empty key twice', ['""', '""'], [true, false]],
    ['a key that begins like another', ['"a"', '"aa"'], [true, true]],
    ['a key that is escaped the second time', ['"a"', '"\\u0061"'], [true, false]],
    ['a key that is escaped the first time', ['"\\u0061"', '"a"'], [true, false]],
    ['a key that is escaped in two ways', ['"\\n"', '"\\u000a"'], [true, false]],
    ['a key plain among escaped ones', ['"a"', '"\\n"', '"b"', '"b"'], [true, true, true, false]],
    [
      'a key of two bytes and one of the two characters they would be',
      ['"é"', '"Ã©"', '"\\u00e9"'],
      [true, true, false],
    ],
    ['an escaped backslash and an escape', ['"\\\\u0061"', '"\\u0061"'], [true, true]],
    ['a key like a member of every object', ['"__proto__"', '"constructor"', '"__proto__"'], [true, true, false]],
    ['many keys, the first again', [...many, many[0]!], [...many.map(() => true), false]],
    ['many keys, the last again', [...many, many[19]!], [...many.map(() => true), false]],
    ['many keys, the first escaped', [...many, '"\\u006bey 0"'], [...many.map(() => true), false]],
  ])('recognises %s', (_, written, expected) => {
    expect(taken(written)).toEqual(expected);
  });

  it.each([
    ['few keys', 2],
    ['many keys', 20],
  ])('starts empty for each object after %s', (_, count) => {
    const written = many.slice(0, count);
    expect(taken(written, 2)).toEqual(written.map(() => true));
  });

  it('finds the one key of a hundred thousand that is given twice', () => {
    const written = Array.from({ length: 100_000 }, (_, i) => `"${i}"`);
    const answers = taken([...written, '"77777"']);
    expect(answers.indexOf(false)).toBe(100_000);
  });
});
