import { TextEdits } from '../../src/json/text-edits';

const text = Buffer.from('one two three four');

describe('TextEdits', () => {
  it('returns a piece of the text itself when nothing changes', () => {
    const edits = new TextEdits(text);
    edits.begin(4);
    const result = edits.end(13);
    expect(result.buffer).toBe(text.buffer);
    expect(Buffer.from(result).toString()).toBe('two three');
  });

  it('cuts and replaces from front to back', () => {
    const edits = new TextEdits(text);
    edits.begin(4);
    edits.replace(4, 7, '2');
    edits.cut(7, 8);
    edits.replace(13, 14, '-');
    expect(Buffer.from(edits.end(16)).toString()).toBe('2three-fo');
    expect(text.toString()).toBe('one two three four');
  });

  it('cuts everything', () => {
    const edits = new TextEdits(text);
    edits.cut(0, text.length);
    expect(edits.end(text.length)).toHaveLength(0);
  });

  it.each([0, 1, 95, 96, 97, 100_000])('keeps %d bytes between two changes', (length) => {
    const long = Buffer.from(`[${'ab'.repeat(length).slice(0, length)}]`);
    const edits = new TextEdits(long);
    edits.cut(0, 1);
    edits.cut(length + 1, length + 2);
    expect(Buffer.from(edits.end(length + 2))).toEqual(long.subarray(1, -1));
  });
});
