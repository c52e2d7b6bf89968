import { gzipSync } from 'node:zlib';
import { EventSplitter } from '../../src/cli/event-splitter';

const split = (text: string, size: number): string[] => {
  const splitter = new EventSplitter();
  const bytes = Buffer.from(text);
  const objects: string[] = [];
  for (let at = 0; at < bytes.length; at += size)
    objects.push(...splitter.push(bytes.subarray(at, at + size)).map(String));
  splitter.end();
  return objects;
};

const ONE = '{"id":"a\\"}]{","tags":{"b":"\\\\"},"é":[{}]}';
const TWO = '{"timestamp":1618133869000000001}';

describe('EventSplitter', () => {
  it.each([
    ['lines', `${ONE}\n${TWO}\n`],
    ['lines without a last newline', `${ONE}\r\n${TWO}`],
    ['an array', `[${ONE}, ${TWO}]`],
    ['a pretty array', `\n[\n  ${ONE},\n  ${TWO}\n]\n`],
    ['objects behind each other', `${ONE}${TWO}`],
    ['lines behind a byte order mark', `\uFEFF${ONE}\n${TWO}\n`],
    ['an array behind a byte order mark', `\uFEFF[${ONE},${TWO}]`],
    ['records of RFC 8142', `\x1e${ONE}\n\x1e${TWO}\n`],
  ])('cuts %s into objects as they were written, however the bytes arrive', (_, text) => {
    for (const size of [1, 2, 7, 1000]) expect(split(text, size)).toEqual([ONE, TWO]);
  });

  it.each(['', '\n\n', '[]', ' [ ] '])('finds nothing in %j', (text) => {
    expect(split(text, 1)).toEqual([]);
  });

  it.each([
    ['5', 'expected an event object at byte 0, found "5"'],
    [`${TWO}\n"x"`, `expected an event object at byte ${TWO.length + 1}, found """`],
    [`${TWO}[${TWO}]`, `expected an event object at byte ${TWO.length}, found "["`],
    [`[${TWO}]${TWO}`, `expected an event object at byte ${TWO.length + 2}, found "{"`],
    [`${TWO}\n{"id":`, `the input ends inside the event that starts at byte ${TWO.length + 1}`],
    [`[${TWO} ${TWO}]`, `expected an event object at byte ${TWO.length + 2}, found "{"`],
    [`[${TWO},,${TWO}]`, `expected an event object at byte ${TWO.length + 2}, found ","`],
    [`[${TWO},]`, `expected an event object at byte ${TWO.length + 2}, found "]"`],
    [`${TWO},${TWO}`, `expected an event object at byte ${TWO.length}, found ","`],
    [`\uFEFF\uFEFF${TWO}`, 'expected an event object at byte 3, found byte 0xef'],
    [`[${TWO}`, 'the input ends before the "]" of its array'],
  ])('refuses %j, saying where', (text, message) => {
    for (const size of [1, 1000]) expect(() => split(text, size)).toThrow(message);
  });
});

describe('EventSplitter says what to do', () => {
  const OBJECTS = `${TWO},${TWO}`;
  it.each<[string, string | Buffer, RegExp]>([
    ['gzip', gzipSync(TWO), /; it is gzip: /],
    [
      'UTF-16 with a byte order mark',
      Buffer.from(`\uFEFF${TWO}`, 'utf16le'),
      /0xff; it is UTF-16: iconv -f UTF-16 -t UTF-8 FILE/,
    ],
    ['UTF-16 of the other order', Buffer.from(`\uFEFF${TWO}`, 'utf16le').swap16(), /0xfe; it is UTF-16/],
    ['objects with commas', OBJECTS, /found ","; .*put \[ before and \] behind them/],
    ['a comma too many', `[${TWO},]`, /found "\]"; the comma before it is one too many/],
    ['objects of an array without commas', `[${TWO} ${TWO}]`, /found "{"; put a comma between/],
    ['a comment', `// events\n${TWO}`, /found "\/"; JSON has no comments/],
    ['CSV', 'id,timestamp\na,1\n', /found "i"; it looks like CSV/],
    ['Python', "('id', 1)", /found "\("$/],
  ])('about %s', (_, text, message) => {
    expect(() => new EventSplitter().push(Buffer.from(text))).toThrow(message);
  });
});
