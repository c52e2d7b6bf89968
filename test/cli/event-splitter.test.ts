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

const one = '{"id":"a\\"}]{","tags":{"b":"\\\\"},"é":[{}]}';
const two = '{"timestamp":1618133869000000001}';

describe('EventSplitter', () => {
  it.each([
    ['lines', `${one}\n${two}\n`],
    ['lines without a last newline', `${one}\r\n${two}`],
    ['an array', `[${one}, ${two}]`],
    ['a pretty array', `\n[\n  ${one},\n  ${two}\n]\n`],
    ['objects behind each other', `${one}${two}`],
  ])('cuts %s into objects as they were written, however the bytes arrive', (_, text) => {
    for (const size of [1, 2, 7, 1000]) expect(split(text, size)).toEqual([one, two]);
  });

  it.each(['', '\n\n', '[]', ' [ ] '])('finds nothing in %j', (text) => {
    expect(split(text, 1)).toEqual([]);
  });

  it.each([
    ['5', 'expected an event object at byte 0, found "5"'],
    [`${two}\n"x"`, `expected an event object at byte ${two.length + 1}, found """`],
    [`${two}[${two}]`, `expected an event object at byte ${two.length}, found "["`],
    [`[${two}]${two}`, `expected an event object at byte ${two.length + 2}, found "{"`],
    [`${two}\n{"id":`, `the input ends inside the event that starts at byte ${two.length + 1}`],
    [`[${two} ${two}]`, `expected an event object at byte ${two.length + 2}, found "{"`],
    [`[${two},,${two}]`, `expected an event object at byte ${two.length + 2}, found ","`],
    [`[${two},]`, `expected an event object at byte ${two.length + 2}, found "]"`],
    [`[${two}`, 'the input ends before the "]" of its array'],
  ])('refuses %j, saying where', (text, message) => {
    for (const size of [1, 1000]) expect(() => split(text, size)).toThrow(message);
  });
});
