import fc from 'fast-check';
import { BlockReader, makeBlocks, nearParts, samplesOf } from '../../../src/store/samples/block';
import { BucketSums, checkBuckets } from '../../../src/store/samples/bucket-sums';
import { timestampOf, type SamplePoint } from '../../../src/store/samples/summary';
import { bucketsOf } from '../../support/naive-aggregates';
import { anySamples, inOrder, listOf, summedBlock } from './support/samples';

function value({ text, ...place }: SamplePoint): object {
  return { text, timestamp: timestampOf(place) };
}

/** The buckets as a store gives them, without their sums. */
function bucketsIn(sums: BucketSums): object[] {
  return sums.buckets.map(([start, { count, first, last, numbers }]) => ({
    ...{ start, count, first: value(first), last: value(last) },
    ...{ min: value(numbers!.min), max: value(numbers!.max) },
  }));
}

describe('BucketSums', () => {
  const anyGrid = fc.record({
    interval: fc.oneof(fc.bigInt({ min: 1n, max: 50n }), fc.bigInt({ min: 1n, max: 2n ** 64n })),
    origin: fc.bigInt({ min: -100n, max: 100n }),
    maxBuckets: fc.constant(1000),
  });
  const anySpan = fc.record({
    least: fc.constantFrom(-(2n ** 63n), -10n, 0n, 7n),
    greatest: fc.constantFrom(2n ** 63n - 1n, 30n, 0n, -5n),
  });

  it('sums up samples, and those that are summed up already, as one after another', () => {
    const rule = fc.property(anySamples('numeric'), anyGrid, anySpan, fc.nat(), (samples, grid, span, cut) => {
      const [packed, plain] = [samples.slice(0, cut % samples.length), samples.slice(cut % samples.length)];
      const sums = new BucketSums(grid, span);
      for (const block of makeBlocks('numeric', listOf(packed).sorted())) {
        if (sums.addSummed(summedBlock(block))) continue;
        const reader = new BlockReader('numeric', block);
        for (const zone of reader.zones) if (!sums.addSummed(zone)) sums.addSamples(reader.samples(zone));
      }
      const list = listOf(plain).sorted();
      for (const part of nearParts(list)) sums.addSamples(samplesOf('numeric', list, part));
      const inSpan = inOrder(samples).filter(({ timestamp }) => timestamp >= span.least && timestamp <= span.greatest);
      const naive = bucketsOf(
        inSpan.map(({ timestamp, text }) => ({ timestamp, text, id: 'a', kind: 'numeric' as const })),
        grid,
      );
      const expected = (naive.numeric.get('a') ?? []).map(({ sum: _, ...bucket }) => bucket);
      expect(bucketsIn(sums)).toEqual(expected);
    });
    fc.assert(rule, { numRuns: 500 });
  });

  it('takes what is summed up if it is of one bucket alone', () => {
    const samples = [5n, 14n].map((timestamp, index) => ({ timestamp, offset: 1, index, tags: '', text: '1' }));
    const [block] = makeBlocks('numeric', listOf(samples));
    const span = { least: 0n, greatest: 14n };
    const take = (origin: bigint, of = span): boolean =>
      new BucketSums({ interval: 10n, origin, maxBuckets: 9 }, of).addSummed(summedBlock(block!));
    expect([take(0n), take(5n), take(4n)]).toEqual([false, true, false]);
    expect(take(5n, { ...span, greatest: 13n })).toBe(false);
    expect(take(5n, { ...span, least: 6n })).toBe(false);
  });

  it('holds no more buckets than there may be, and knows from where to where all of them lie', () => {
    const samples = [0n, 10n, 1000n, 1004n].map((timestamp, index) => {
      return { timestamp, offset: 1, index, tags: '', text: '1' };
    });
    const list = listOf(samples);
    const sums = new BucketSums({ interval: 10n, origin: 0n, maxBuckets: 2 }, { least: 0n, greatest: 2000n });
    for (const part of nearParts(list)) sums.addSamples(samplesOf('numeric', list, part));
    expect(sums.buckets.map(([start]) => start)).toEqual([0n, 10n]);
    expect(sums.extent).toEqual({ least: 0n, greatest: 1000n });
  });
});

describe('checkBuckets', () => {
  it('names the number of buckets, the most there may be, and an interval that does wherever buckets begin', () => {
    const anySpan = fc.tuple(fc.bigInt({ min: -1000n, max: 1000n }), fc.bigInt({ min: 1n, max: 5000n }));
    const rule = fc.property(anySpan, fc.integer({ min: 2, max: 20 }), ([least, length], maxBuckets) => {
      const span = { least, greatest: least + length };
      const check = (interval: bigint, origin: bigint): void => {
        checkBuckets(span, { interval, origin, maxBuckets });
      };
      if (length < maxBuckets) {
        check(1n, 0n);
        return;
      }
      expect(() => {
        check(1n, 0n);
      }).toThrow(`${length + 1n} buckets`);
      const wanted = (length + BigInt(maxBuckets) - 2n) / BigInt(maxBuckets - 1);
      expect(() => {
        check(1n, 0n);
      }).toThrow(`${maxBuckets} at the most for so many parameters: take an interval of ${wanted} nanoseconds or more`);
      for (let origin = 0n; origin < wanted; origin++) check(wanted, origin);
    });
    fc.assert(rule);
  });
});
