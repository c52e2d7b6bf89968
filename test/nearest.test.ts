import { nearest } from '../src/nearest';

const NAMES = ['after', 'limit', 'from', 'to', 'order', 'tail', 'x-vercel-verify', 'output_format_json'];

describe('nearest', () => {
  it.each([
    ['limti', 'limit'],
    ['Limit', 'limit'],
    ['lim', undefined],
    ['limits', 'limit'],
    ['odrer', 'order'],
    ['afer', 'after'],
    ['xvercelverify', 'x-vercel-verify'],
    ['output-format-jsom', 'output_format_json'],
    ['FROM', 'from'],
    ['xx', undefined],
    ['', undefined],
    ['nothing_like_it', undefined],
  ])('finds what %s stands for', (misspelt, expected) => {
    expect(nearest(misspelt, NAMES)).toBe(expected);
  });
});
