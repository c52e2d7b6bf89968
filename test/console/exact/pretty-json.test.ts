import { isJsonContainer, prettyJson } from '../../../src/console/exact/pretty-json';

describe('prettyJson', () => {
  it.each([
    ['a number beyond 2^53', '{"n":12345678901234567890}', '{\n  "n": 12345678901234567890\n}'],
    ['zeros at the end and an exponent', '[1.10,-0.0,1E+2]', '[\n  1.10,\n  -0.0,\n  1E+2\n]'],
    ['names in the order in which they were sent', '{"10":1,"9":2}', '{\n  "10": 1,\n  "9": 2\n}'],
    ['a name that comes twice', '{"a":1,"a":2}', '{\n  "a": 1,\n  "a": 2\n}'],
    ['brackets, escapes and spaces in texts', '{"a":"[{\\"x\\": 1, y}]"}', '{\n  "a": "[{\\"x\\": 1, y}]"\n}'],
    ['empty ones', '{"a":{},"b":[ ]}', '{\n  "a": {},\n  "b": []\n}'],
    [
      'nested ones',
      '[[1],{"a":[true,null]}]',
      '[\n  [\n    1\n  ],\n  {\n    "a": [\n      true,\n      null\n    ]\n  }\n]',
    ],
    ['a text alone', '"a"', '"a"'],
    ['white space', ' { "a" :\n1 } ', '{\n  "a": 1\n}'],
  ])('keeps %s', (_, text, pretty) => {
    expect(prettyJson(text)).toBe(pretty);
  });

  it.each(['', 'box', '{"a":}', '{"a":1', '[1,]', "{'a':1}"])('has nothing for %j, which is no JSON', (text) => {
    expect(prettyJson(text)).toBeUndefined();
  });
});

describe('isJsonContainer', () => {
  it.each([
    ['{"a":1}', true],
    [' []', true],
    ['12', false],
    ['"{}"', false],
    ['{a}', false],
  ])('says of %s: %s', (text, expected) => {
    expect(isJsonContainer(text)).toBe(expected);
  });
});
