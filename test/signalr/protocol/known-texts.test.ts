import fc from 'fast-check';
import { KnownTexts } from '../../../src/signalr/protocol/known-texts';

describe('KnownTexts', () => {
  const anyAscii = fc.string({ unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)) });

  it('gives the text of any ASCII bytes, wherever they are and whatever came before', () => {
    const texts = new KnownTexts();
    const anyId = fc.oneof(
      anyAscii,
      fc.nat(99_999).map((number) => `device-${number}`),
    );
    const rule = fc.property(fc.array(fc.tuple(anyId, anyAscii), { minLength: 1 }), (ids) => {
      for (const [id, before] of ids) {
        const bytes = Buffer.from(`${before}"${id}"`);
        expect(texts.text(bytes, before.length + 1, bytes.length - 1)).toBe(id);
      }
    });
    fc.assert(rule, { numRuns: 500 });
  });

  it.each([0, 1, 63, 64, 65, 300])('gives a text of %d bytes again', (length) => {
    const texts = new KnownTexts();
    const bytes = Buffer.alloc(length, 'x');
    for (let times = 0; times < 2; times++) expect(texts.text(bytes, 0, length)).toBe('x'.repeat(length));
  });

  it('tells texts apart that differ in one sign, or in their length', () => {
    const texts = new KnownTexts();
    const all = Array.from({ length: 20_000 }, (_, number) => `sensor-${number}`);
    for (let times = 0; times < 2; times++) {
      for (const text of all) expect(texts.text(Buffer.from(text), 0, text.length)).toBe(text);
    }
  });
});
