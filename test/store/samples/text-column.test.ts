import fc from 'fast-check';
import { ByteReader } from '../../../src/store/samples/byte-reader';
import { ByteWriter } from '../../../src/store/samples/byte-writer';
import { readTexts, writeTexts } from '../../../src/store/samples/text-column';
import { anyText } from '../contract/arbitraries';

function written(texts: readonly string[]): Buffer {
  const writer = new ByteWriter();
  writeTexts(writer, texts);
  return writer.done();
}

describe('writeTexts', () => {
  it.each([
    [[]],
    [['']],
    [['', 'a', '', 'a', 'b']],
    [['__proto__', 'constructor', '10', '2']],
    [['"', '\\', '\0', '\r\n', '\u2028', '😀', 'ï', '\u{10ffff}']],
  ])('gives back %j', (texts) => {
    expect(readTexts(new ByteReader(written(texts)), texts.length)).toEqual(texts);
  });

  it('gives back any texts, short or long, often the same or not', () => {
    const long = anyText.map((text) => text.repeat(200));
    const rule = fc.property(fc.array(fc.oneof(fc.constantFrom('a', 'b'), anyText, long)), (texts) => {
      const reader = new ByteReader(written(texts));
      expect(readTexts(reader, texts.length)).toEqual(texts);
      expect(reader.isAtEnd).toBe(true);
    });
    fc.assert(rule);
  });

  it('writes a text that comes again once', () => {
    const texts = Array.from({ length: 1000 }, (_, index) => ['on', 'off', 'unknown'][index % 2]!);
    expect(written(texts).length).toBeLessThan(1100);
  });
});
