import fc from 'fast-check';
import { makeBlocks } from '../../../src/store/samples/block';
import { RunningSummary } from '../../../src/store/samples/running-summary';
import { anySamples, inOrder, listOf, summedBlocks } from './support/samples';

describe('SummedBlocks', () => {
  const anyBlocks = fc
    .constantFrom('numeric' as const, 'string' as const)
    .chain((kind) =>
      anySamples(kind).map((samples) => ({ samples, blocks: makeBlocks(kind, listOf(samples).sorted()) })),
    );

  it('goes from block to block, whether what one comes to was read or not', () => {
    const rule = fc.property(anyBlocks, fc.array(fc.boolean()), ({ samples, blocks }, read) => {
      const summed = summedBlocks(blocks);
      let start = 0;
      for (const [index, block] of blocks.entries()) {
        expect(summed.next()).toBe(true);
        const own = inOrder(samples).slice(start, (start += block.count));
        expect(summed.id).toBe(index + 1);
        expect(summed.base).toBe(block.minTimestamp);
        expect(summed.base + BigInt(summed.lastAt)).toBe(block.maxTimestamp);
        expect(summed.leastOffset).toBe(Math.min(...own.map(({ offset }) => offset)));
        if (read[index] === true) {
          const sums = new RunningSummary();
          summed.addTo(sums);
          expect(sums.summary.count).toBe(block.count);
        }
      }
      expect(summed.next()).toBe(false);
    });
    fc.assert(rule, { numRuns: 300 });
  });
});
