import fc from 'fast-check';
import { fromBucketColumns, toBucketColumns } from '../../../src/store/samples/bucket-columns';
import { BucketSums } from '../../../src/store/samples/bucket-sums';
import { nearParts, samplesOf } from '../../../src/store/samples/block';
import { timestampOf, type SamplePoint, type Summary } from '../../../src/store/samples/summary';
import { anySamples, listOf } from './support/samples';

function plain({ text, value, offset, index, ...place }: SamplePoint): object {
  return { timestamp: timestampOf({ ...place, offset, index }), text, value, offset, index };
}

function plainSum({ count, first, last, numbers }: Summary): object {
  const own = numbers && { sum: numbers.sum, min: plain(numbers.min), max: plain(numbers.max) };
  return { count, first: plain(first), last: plain(last), numbers: own };
}

describe('toBucketColumns', () => {
  const kinds = fc.constantFrom('numeric' as const, 'string' as const);
  const anySums = kinds.chain((kind) =>
    anySamples(kind).map((samples) => {
      const grid = { interval: 7n, origin: 0n, maxBuckets: 1000 };
      const sums = new BucketSums(grid, { least: -(2n ** 63n), greatest: 2n ** 63n - 1n });
      const list = listOf(samples).sorted();
      for (const part of nearParts(list)) sums.addSamples(samplesOf(kind, list, part));
      return sums.buckets;
    }),
  );

  it('gives columns that are the same buckets in another thread', () => {
    const rule = fc.property(anySums, (buckets) => {
      const textOf = ({ text = 'long' }: SamplePoint): string => text;
      const columns = structuredClone(toBucketColumns(buckets, { textOf, withOrigins: true }));
      const back = Array.from(fromBucketColumns(columns), ([start, sum]) => [start, plainSum(sum)]);
      expect(back).toEqual(buckets.map(([start, sum]) => [start, plainSum(sum)]));
    });
    fc.assert(rule, { numRuns: 300 });
  });

  it('leaves out where samples came from when nobody needs to know', () => {
    const point = { base: 5n, at: 1, offset: 3, index: 2, text: 'a', value: NaN };
    const columns = toBucketColumns([[0n, { count: 1, first: point, last: point, numbers: undefined }]], {
      textOf: () => 'looked up',
      withOrigins: false,
    });
    const [[, sum]] = [...fromBucketColumns(columns)] as [readonly [bigint, Summary]];
    expect(sum.first).toEqual({ ...point, text: 'looked up', offset: 0, index: 0 });
  });
});
