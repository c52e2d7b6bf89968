import fc from 'fast-check';
import { BlockReader, makeBlocks } from '../../../src/store/samples/block';
import { keptSamples } from '../../../src/store/samples/kept-samples';
import { anySamples, inOrder, listOf } from './support/samples';

describe('keptSamples', () => {
  it('leaves out what came with packages before an offset', () => {
    const rule = fc.property(anySamples('numeric'), fc.integer({ min: 1, max: 6 }), (samples, from) => {
      const found = makeBlocks('numeric', listOf(samples).sorted()).flatMap((block) => {
        const reader = new BlockReader('numeric', block);
        return reader.zones.flatMap((zone) => {
          const { base, at, origins, values, text } = keptSamples(reader.samples(zone), from);
          return Array.from(at, (distance, i) => [
            base + BigInt(distance),
            origins.offsets[i],
            origins.indexes[i],
            text(i),
            values![i],
          ]);
        });
      });
      const kept = inOrder(samples).filter(({ offset }) => offset >= from);
      const expected = kept.map(({ timestamp, offset, index, text }) => [timestamp, offset, index, text, Number(text)]);
      expect(found.map((each) => each.map(withoutSign))).toEqual(expected.map((each) => each.map(withoutSign)));
    });
    fc.assert(rule);
  });
});

function withoutSign(value: unknown): unknown {
  return value === 0 ? 0 : value;
}
