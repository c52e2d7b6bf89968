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
    [`[${TWO}`, 'the input ends before the "]" of its array'],
  ])('refuses %j, saying where', (text, message) => {
    for (const size of [1, 1000]) expect(() => split(text, size)).toThrow(message);
  });
});
