import { readableLine } from '../src/log-lines';

const TIME = new Date(2024, 4, 6, 7, 8, 9, 45).toISOString();

function readable(fields: Record<string, unknown>, withColours = false): string {
  return readableLine(JSON.stringify({ level: 30, time: TIME, ...fields }), withColours);
}

describe('readableLine', () => {
  it('has the time here, the level, the message, and what belongs to it', () => {
    const line = readable({ method: 'GET', path: '/topics/a', status: 200, milliseconds: 1.5, msg: 'request' });
    expect(line).toBe('07:08:09.045 INFO  request method=GET path=/topics/a status=200 milliseconds=1.5\n');
  });

  it('quotes what has spaces, and writes objects as JSON', () => {
    expect(readable({ level: 40, reason: 'the token has expired', who: { a: [1] }, msg: 'm' })).toBe(
      '07:08:09.045 WARN  m reason="the token has expired" who={"a":[1]}\n',
    );
  });

  it('has the stack of an error below it', () => {
    const err = { type: 'Error', message: 'no', stack: 'Error: no\n    at a (b.js:1:2)' };
    expect(readable({ level: 50, err, msg: 'failed' })).toBe(
      '07:08:09.045 ERROR failed\n    Error: no\n        at a (b.js:1:2)\n',
    );
  });

  it.each([
    ['an escape sequence', '\u001b[2J', '\\u001b[2J'],
    ['a line break', 'a\nb', 'a\\u000ab'],
    ['a break of Unicode', 'a\u2028b', 'a\\u2028b'],
    ['what turns the direction of writing', 'a\u202eb', 'a\\u202eb'],
    ['a C1 sign', 'a\u009bb', 'a\\u009bb'],
  ])('lets nobody write to the terminal with %s', (_, text, shown) => {
    const line = readable({ path: text, msg: text });
    expect(line.split('\n')).toHaveLength(2);
    expect(line).toContain(`INFO  ${shown} `);
    expect(line.trimEnd()).toMatch(/^[\x20-\x7e]+$/);
  });

  it('has colours where they are wanted', () => {
    expect(readable({ level: 50, msg: 'm' }, true)).toBe(
      '\u001b[90m07:08:09.045\u001b[0m \u001b[31mERROR\u001b[0m m\n',
    );
  });

  it('does without a time, a level or a message', () => {
    expect(readableLine('{"n":1}', false)).toBe('--:--:--.--- 0      n=1\n');
  });
});
