import { bytes, refusal } from './support/scanning';

const LONG = 'x'.repeat(100);

/** What is wrong, the text (`\xNN` is a byte), where it breaks, and what the message says of it. */
const rows: [string, string, number, string][] = [
  ['no text', '', 0, 'the text ends before its value does'],
  ['only whitespace', ' \n', 2, 'the text ends before its value does'],
  ['a second byte order mark', '\ufeff\ufeff[]', 3, 'expected a value, found byte 0xef'],
  ['a word', 'NaN', 0, 'expected a value, found "N"'],
  ['a word cut off', 'nul', 3, 'the text ends before its value does'],
  ['a word misspelt', '[nulL]', 4, 'expected the word null, found "L"'],
  ['a closing bracket alone', ']', 0, 'expected a value, found "]"'],
  ['an array not closed', '[', 1, 'the text ends before its value does'],
  ['an array closed as an object', '[}', 1, 'expected a value, found "}"'],
  ['an event closed as an array', '[{"id":"a"]', 10, 'expected "," or "}", found "]"'],
  ['a comma behind the last event', '[{"id":"a","timestamp":1},]', 26, 'expected a value, found "]"'],
  ['a comma before the first event', '[,{}]', 1, 'expected a value, found ","'],
  ['no comma between events', '[{"id":"a","timestamp":1}{', 25, 'expected "," or "]", found "{"'],
  ['a comma behind the last member', '[{"id":"a",}]', 11, 'expected a property name in quotes, found "}"'],
  ['no comma between members', '[{"id":"a" "timestamp":1}]', 11, 'expected "," or "}", found a quote'],
  ['no colon', '[{"id" "a"}]', 7, 'expected ":", found a quote'],
  ['no value', '[{"id":}]', 7, 'expected a value, found "}"'],
  ['a key without quotes', '[{id:"a"}]', 2, 'expected a property name in quotes, found "i"'],
  ['a key in single quotes', "[{'id':1}]", 2, 'expected a property name in quotes, found "\'"'],
  ['a value in single quotes', `[{"id":'a'}]`, 7, 'expected a value, found "\'"'],
  ['a comment', '[/* */]', 1, 'expected a value, found "/"'],
  ['text behind the end', '[] x', 3, 'expected the end of the text, found "x"'],
  ['a second value', '{"id":"a","timestamp":1} {}', 25, 'expected the end of the text, found "{"'],
  ['a NUL behind the end', '[]\x00', 2, 'expected the end of the text, found byte 0x00'],
  ['whitespace JSON does not know', '[\u00a0]', 1, 'expected a value, found byte 0xc2'],
  ['a vertical tab', '[\v]', 1, 'expected a value, found byte 0x0b'],
  ['a string not closed', '[{"id":"a', 9, 'the text ends before its value does'],
  ['a line break in a string', '[{"id":"a\n"}]', 9, 'a string holds the control character byte 0x0a unescaped'],
  ['a NUL in a string', '[{"id":"\x00"}]', 8, 'a string holds the control character byte 0x00 unescaped'],
  ['a control character in a key', '[{"i\td":1}]', 4, 'a string holds the control character byte 0x09 unescaped'],
  ['an escape that is none', String.raw`[{"id":"\x"}]`, 9, 'expected one of "\\/bfnrtu, found "x"'],
  ['an escape cut off', '["\\', 3, 'the text ends before its value does'],
  ['a short \\u', String.raw`[{"id":"\u12"}]`, 12, 'expected a hexadecimal digit, found a quote'],
  ['a wrong \\u', String.raw`[{"id":"\u12g4"}]`, 12, 'expected a hexadecimal digit, found "g"'],
  ['a \\u cut off', '["\\u00', 6, 'the text ends before its value does'],
  ['a wrong second half', String.raw`[{"id":"\ud83d\u12"}]`, 18, 'expected a hexadecimal digit, found a quote'],
  ['a number with a needless 0', '[{"timestamp":01}]', 14, 'a number begins with a needless 0'],
  ['a negative number with a needless 0', '[-00]', 2, 'a number begins with a needless 0'],
  [
    'a usual timestamp with a needless 0',
    '[{"timestamp":0618133869000000000}]',
    14,
    'a number begins with a needless 0',
  ],
  ['a plus sign', '[{"timestamp":+1}]', 14, 'expected a value, found "+"'],
  ['a minus sign alone', '[{"timestamp":-}]', 15, 'expected a digit, found "}"'],
  ['a number cut off', '-', 1, 'the text ends before its value does'],
  ['a point without digits', '[{"timestamp":1.}]', 16, 'expected a digit, found "}"'],
  ['a point in front', '[{"timestamp":.5}]', 14, 'expected a value, found "."'],
  ['an exponent without digits', '[{"timestamp":1e}]', 16, 'expected a digit, found "}"'],
  ['an exponent with a sign alone', '[{"timestamp":1E+}]', 17, 'expected a digit, found "}"'],
  ['an exponent cut off', '[1e', 3, 'the text ends before its value does'],
  ['a hexadecimal number', '[{"timestamp":0x10}]', 15, 'expected "," or "}", found "x"'],
  ['a usual timestamp that goes on', '[{"timestamp":1618133869000000000x}]', 33, 'expected "," or "}", found "x"'],
  ['a bigint', '[{"timestamp":1n}]', 15, 'expected "," or "}", found "n"'],
  ['tags not closed', '[{"tags":{"a":"b"', 17, 'the text ends before its value does'],
  ['a comma behind the last tag', '[{"tags":{"a":"b",}}]', 18, 'expected a property name in quotes, found "}"'],
  ['a tag without a value', '[{"tags":{"a"}}]', 13, 'expected ":", found "}"'],
  ['a break in a value that is refused anyway', '[{"value":[1,{"a":tru}]}]', 21, 'expected the word true, found "}"'],
  ['a break behind the last problem', '[1,2,{"x":', 10, 'the text ends before its value does'],
  ['a stray continuation byte', '[{"id":"a\\x80"}]', 9, 'the text is not valid UTF-8'],
  ['an overlong byte sequence', '[{"id":"\\xc0\\xaf"}]', 8, 'the text is not valid UTF-8'],
  ['an overlong sequence of three', '[{"id":"\\xe0\\x80\\xaf"}]', 8, 'the text is not valid UTF-8'],
  ['an overlong sequence of four', '[{"id":"\\xf0\\x8f\\xbf\\xbf"}]', 8, 'the text is not valid UTF-8'],
  ['a surrogate in UTF-8', '[{"id":"\\xed\\xa0\\x80"}]', 8, 'the text is not valid UTF-8'],
  ['a character beyond U+10FFFF', '[{"id":"\\xf4\\x90\\x80\\x80"}]', 8, 'the text is not valid UTF-8'],
  ['a sequence cut off by a quote', '[{"id":"é\\xe2\\x82"}]', 10, 'the text is not valid UTF-8'],
  ['a sequence cut off by the end', `["${LONG}\\xe2`, 102, 'the text is not valid UTF-8'],
  ['a byte UTF-8 never has', '[{"\\xff":1}]', 3, 'the text is not valid UTF-8'],
  ['UTF-16', '\\xff\\xfe[\\x00]\\x00', 0, 'the text is not valid UTF-8'],
];

describe('scanEvents › malformed JSON', () => {
  it.each(rows)('refuses %s', (_, text, position, reason) => {
    const error = refusal(bytes(text));
    expect(error.code).toBe('malformed_json');
    // Behind it may be what to do about it: test/json/json-remedy.test.ts.
    expect(error.message.split('; ', 1)).toEqual([`malformed JSON at byte ${position}: ${reason}`]);
    expect(error.position).toBe(position);
  });

  it('refuses nesting over the bound wherever it is', () => {
    const deep = `${'['.repeat(62)}${']'.repeat(62)}`;
    expect(refusal(`[{"id":${deep},"timestamp":1}]`).code).toBe('invalid_events');
    for (const text of [
      `[{"id":[${deep}],"timestamp":1}]`,
      '['.repeat(65),
      '{"a":'.repeat(65),
      `[${'[['.repeat(1e6)}`,
    ]) {
      expect(refusal(text).code).toBe('malformed_json');
      expect(refusal(text).message).toMatch(/arrays and objects are nested more than 64 deep$/);
    }
  });

  it.each([
    ['a property', '[{"id":[[1]]}]', 4],
    ['a tag', '[{"tags":{"a":[[1]]}}]', 5],
    ['an element', '[[[1]]]', 3],
    ['a property of a bare event', '{"id":[[1]]}', 3],
    ['an unknown property', '[{"a":{"b":{"c":1}}}]', 4],
    ['an event behind the last problem', `[${'1,'.repeat(20)}[[1]]]`, 3],
  ])('counts the nesting around %s', (_, text, depth) => {
    expect(refusal(text, depth).code).toBe('invalid_events');
    expect(refusal(text, depth - 1).code).toBe('malformed_json');
  });

  it('reports an error of syntax rather than the problems before it', () => {
    const problems = '{"id":1},'.repeat(30);
    expect(refusal(`[${problems}{"id":01}]`).code).toBe('malformed_json');
    expect(refusal(`[${problems}1]]`).code).toBe('malformed_json');
  });

  it('refuses a text that is cut off anywhere', () => {
    const text = Buffer.from('[{"id":"é\\ud83d\\ude00","timestamp":-12,"value":"v","tags":{"a":"b"}} , {"Id":"b"}]');
    for (let length = 0; length < text.length; length++) {
      expect(refusal(text.subarray(0, length)).code).toBe('malformed_json');
    }
  });
});
