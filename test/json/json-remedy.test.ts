import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { remedyForString } from '../../src/json/json-remedy';
import { parseJson } from '../../src/json/json-text';
import { stored as zstd } from '../http/support/zstd';

const OBJECT = '{"a":1}';
const utf16 = (text: string) => Buffer.from(text, 'utf16le');

function refusal(text: string | Buffer): string {
  try {
    parseJson(Buffer.from(text), 8);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return 'none';
}

describe('what is not JSON is told what to do:', () => {
  it.each<[string, string | Buffer, string]>([
    ['gzip', gzipSync(OBJECT), 'it is gzip: send the header Content-Encoding: gzip'],
    ['zstd', zstd(Buffer.from(OBJECT)), 'it is zstd: send the header Content-Encoding: zstd'],
    ['zlib', deflateSync(OBJECT), 'it is compressed with zlib: send the header Content-Encoding: deflate'],
    ['Brotli', brotliCompressSync('{"a":"é"}'.repeat(9)), 'or name its compression in Content-Encoding'],
    ['UTF-16 LE with a mark', utf16(`\uFEFF${OBJECT}`), 'it is UTF-16: encode it as UTF-8'],
    ['UTF-16 BE with a mark', utf16(`\uFEFF${OBJECT}`).swap16(), 'it is UTF-16: encode it as UTF-8'],
    ['UTF-16 LE without one', utf16(OBJECT), 'it is UTF-16: encode it as UTF-8'],
    ['UTF-16 BE without one', utf16(OBJECT).swap16(), 'it is UTF-16: encode it as UTF-8'],
    ['UTF-16 behind ASCII', Buffer.concat([Buffer.from('['), utf16(OBJECT)]), 'it is UTF-16: encode it as UTF-8'],
    ['UTF-32', Buffer.from([0xff, 0xfe, 0, 0, 0x7b, 0, 0, 0]), 'it is UTF-32: encode it as UTF-8'],
    ['Latin-1', Buffer.from('{"a":"Köln"}', 'latin1'), 'encode the text as UTF-8'],
    ['several objects', `${OBJECT}${OBJECT}`, 'put the objects into an array'],
    ['objects on lines', `${OBJECT}\n${OBJECT}\n`, 'put the objects into an array'],
    ['objects with record separators', `\x1e${OBJECT}\n\x1e${OBJECT}\n`, 'put the objects into an array'],
    ['xz', Buffer.from('fd377a585a000004', 'hex'), 'it is xz: compress it with gzip'],
    ['objects with commas', `${OBJECT},${OBJECT}`, 'put [ before and ] behind them'],
    ['objects with commas on lines', `${OBJECT},\n${OBJECT}`, 'put [ before and ] behind them'],
    ['a comma too many in an object', '{"a":1,}', 'the comma before it is one too many'],
    ['a comma too many in an array', '[1, 2 ,\n]', 'the comma before it is one too many'],
    ['a comment', '{"a":1} // one', 'JSON has no comments'],
    ['a comment in front', '/* one */{"a":1}', 'JSON has no comments'],
    ['a comment of YAML', '{"a":1} # one', 'JSON has no comments'],
    ["Python's quotes", "{'a': 1}", 'json.dumps of Python'],
    ["Python's True", '{"a": True}', 'json.dumps writes true, false and null'],
    ["Python's None", '{"a": None}', 'json.dumps writes true, false and null'],
    ['NaN', '{"a": NaN}', 'JSON has no such number'],
    ['-Infinity', '[-Infinity]', 'JSON has no such number'],
    ['undefined', '{"a": undefined}', 'JSON has no undefined'],
    ['names without quotes', '{a: 1}', 'names are in double quotes'],
    ['typographic quotes', '{“a”: 1}', 'typographic quotes'],
    ['a quote in a string', '{"a":"he said "hi""}', 'a quote in a string is written \\"'],
    ['a plus sign', '[+1]', 'a number has no + in front of it'],
    ['a point in front', '[.5]', 'a number has a digit in front of its point'],
    [
      'a second byte order mark',
      `\uFEFF\uFEFF${OBJECT}`,
      'a byte order mark, which may be at the start of the text only',
    ],
    ['a form', 'a=1&b=two', 'it is a form: send JSON as the body itself'],
    [
      'a form around JSON',
      `payload=${encodeURIComponent(OBJECT)}`,
      'have the webhook send the content type application/json',
    ],
    ['XML', '<?xml version="1.0"?><a/>', 'it is XML or HTML'],
    ['CSV', 'a,b\n1,2\n', 'it looks like CSV'],
    ['CSV with semicolons and quotes', '"name";"city"\r\n"x";"y"\r\n', 'it looks like CSV'],
    ['a zip archive', 'PK\x03\x04', 'it is a zip archive'],
    ['bzip2', 'BZh91AY', 'it is bzip2: compress it with gzip'],
    ['Parquet', 'PAR1\x15\x04', 'it is Parquet'],
  ])('%s', (_, text, remedy) => {
    const message = refusal(text);
    expect(message).toContain(`; `);
    expect(message).toContain(remedy);
    expect(message.length).toBeLessThanOrEqual(300);
  });

  it.each([
    ['a missing colon', '{"a" 1}'],
    ['a missing comma', '[1 2]'],
    ['a text cut off', '{"a":'],
    ['a misspelt word', '[nulL]'],
    ['a NUL behind the end', '{}\0'],
    ['a NUL in a string', '["a\0b"]'],
    ['a name on a line', 'hello\n'],
  ])('not %s, of which nothing is known', (_, text) => {
    expect(refusal(text)).toMatch(/^malformed JSON at byte \d+: [^;]*$/);
  });

  it.each(['"{\\"a\\":1}"', '"[1]"', '" \\n{}"'.replace('\\n', ''), '"[]"'])('%s, which was encoded twice', (text) => {
    expect(remedyForString(Buffer.from(text), 0)).toContain('encoded twice');
  });

  it.each(['"a"', '""', '1', '"', '" "'])('not %s, which is a text', (text) => {
    expect(remedyForString(Buffer.from(text), 0)).toBe('');
  });
});

describe('a text of JSON', () => {
  it.each([
    ['a byte order mark', `\uFEFF${OBJECT}`],
    ['a record separator', `\x1e${OBJECT}\n`],
    ['both', `\uFEFF\x1e${OBJECT}`],
  ])('may have %s in front of it', (_, text) => {
    expect(parseJson(Buffer.from(text), 8)).toEqual({ a: 1 });
  });
});
