import { parseJson } from '../../src/json/json-text';

describe('parseJson', () => {
  it.each(['{"a":[1,null,"é"]}', ' 1 ', '"\\ud800"', '[]', 'true', '-0.5e+3'])('parses %s', (text) => {
    expect(parseJson(Buffer.from(text), 4)).toEqual(JSON.parse(text));
  });

  it.each([
    ['', 0],
    ['  ', 2],
    ['{"a":1,}', 7],
    ['[1] 2', 4],
    ['[[[[[1]]]]]', 4],
    ['nil', 1],
  ])('refuses %j with the position', (text, position) => {
    expect(() => parseJson(Buffer.from(text), 4)).toThrow(
      expect.objectContaining({ code: 'malformed_json', position }) as Error,
    );
  });
});
