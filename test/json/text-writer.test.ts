import { TextWriter } from '../../src/json/text-writer';

describe('TextWriter', () => {
  it('holds what was written, in order, whatever it had room for', () => {
    const writer = new TextWriter(0);
    writer.push(0x5b);
    writer.ascii('1,');
    writer.text('"é"');
    writer.copy(Buffer.from('x,2]x'), 1, 4);
    expect(writer.written().toString()).toBe('[1,"é",2]');
  });

  it.each([0, 1, 64, 65, 100_000])('copies %d bytes', (count) => {
    const bytes = Buffer.from('ab'.repeat(count).slice(0, count + 1));
    const writer = new TextWriter(1);
    writer.copy(bytes, 0, count);
    expect(writer.written()).toEqual(bytes.subarray(0, count));
  });

  it('grows up to its limit, and beyond it throws the error it was given', () => {
    const writer = new TextWriter(1, 4, (limit) => new Error(`no room beyond ${limit}`));
    writer.ascii('1234');
    expect(() => {
      writer.push(0x35);
    }).toThrow('no room beyond 4');
    expect(writer.written().toString()).toBe('1234');
  });
});
