import fc from 'fast-check';
import { ByteReader } from '../../../src/store/samples/byte-reader';
import { ByteWriter, naturalLength } from '../../../src/store/samples/byte-writer';
import { anyText, anyTimestamp } from '../contract/arbitraries';

const EDGES = Array.from({ length: 53 }, (_, bits) => 2 ** bits).flatMap((power) => [power - 1, power, power + 1]);

describe('ByteWriter', () => {
  it('writes whole numbers up to 2^53 in as many bytes as it says', () => {
    for (const value of [...EDGES, 2 ** 53 - 1]) {
      const writer = new ByteWriter();
      writer.natural(value);
      expect(writer.length).toBe(naturalLength(value));
      const reader = new ByteReader(writer.done());
      expect([reader.natural(), reader.isAtEnd]).toEqual([value, true]);
    }
  });

  it('writes whole numbers of either sign', () => {
    for (const value of EDGES.filter((edge) => edge < 2 ** 52)) {
      const writer = new ByteWriter();
      writer.integer(value);
      writer.integer(-value);
      const reader = new ByteReader(writer.done());
      expect([reader.integer(), reader.integer() + 0]).toEqual([value, -value + 0]);
    }
  });

  it('gives back whatever was written, one behind the other', () => {
    const natural = fc.nat({ max: Number.MAX_SAFE_INTEGER });
    const anyItem = fc.record({ natural, int64: anyTimestamp, float64: fc.double({ noNaN: true }), text: anyText });
    const rule = fc.property(fc.array(anyItem, { maxLength: 200 }), (items) => {
      const writer = new ByteWriter();
      for (const item of items) {
        writer.natural(item.natural);
        writer.int64(item.int64);
        writer.float64(item.float64);
        writer.text(item.text);
      }
      const reader = new ByteReader(writer.done());
      const read = items.map(() => ({
        natural: reader.natural(),
        int64: reader.int64(),
        float64: reader.float64(),
        text: reader.text(),
      }));
      expect(read).toEqual(items);
      expect(reader.isAtEnd).toBe(true);
    });
    fc.assert(rule);
  });
});
