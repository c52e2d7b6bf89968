import { BucketSeries, countBy, countColumns, envelope } from '../../../src/console/chart/bucket-series';

const bucket = (start: bigint, min: number, max: number, count = 2): BucketSeries['buckets'][number] => ({
  ...{ start, min, max, count },
  mean: (min + max) / 2,
});

describe('BucketSeries', () => {
  it('adds samples as they come: to the last bucket, behind it, before it and in between', () => {
    const series = new BucketSeries(10n, [bucket(20n, 1, 3)]);
    series.add(25n, 8);
    series.add(40n, 5);
    series.add(9n, 7);
    series.add(30n, 6);
    series.add(-1n, 4);
    expect(series.buckets).toEqual([
      bucket(-10n, 4, 4, 1),
      bucket(0n, 7, 7, 1),
      { start: 20n, count: 3, min: 1, max: 8, mean: 4 },
      bucket(30n, 6, 6, 1),
      bucket(40n, 5, 5, 1),
    ]);
  });

  it('has no mean where a bucket had none', () => {
    const series = new BucketSeries(10n, [{ ...bucket(0n, 1, 3), mean: null }]);
    series.add(1n, 1);
    expect(series.buckets[0]!.mean).toBeNull();
  });

  it('forgets what is before a time', () => {
    const series = new BucketSeries(10n, [bucket(0n, 1, 1), bucket(10n, 1, 1), bucket(20n, 1, 1)]);
    series.removeBefore(15n);
    expect(series.buckets.map(({ start }) => start)).toEqual([10n, 20n]);
    series.removeBefore(100n);
    expect(series.buckets).toEqual([]);
  });
});

describe('envelope', () => {
  it('draws a gap where there are no samples', () => {
    const series = new BucketSeries(10n, [bucket(0n, 1, 3), bucket(10n, 2, 4), bucket(50n, 0, 2)]);
    expect(envelope(series)).toMatchObject({
      starts: [0n, 10n, 20n, 50n],
      values: [
        [1, 2, null, 0],
        [3, 4, null, 2],
        [2, 3, null, 1],
      ],
    });
  });
});

describe('envelope of numbers that a double rounds', () => {
  it('has their digits, until a sample goes beyond them', () => {
    const exact = { minText: '-9007199254740993', maxText: '9007199254740993' };
    const series = new BucketSeries(10n, [{ ...bucket(0n, -9007199254740992, 9007199254740992), ...exact }]);
    expect(envelope(series).texts).toEqual([['-9007199254740993'], ['9007199254740993'], [null]]);
    series.add(1n, 1e16);
    expect(envelope(series).texts).toEqual([['-9007199254740993'], [null], [null]]);
  });
});

describe('envelope of samples that are rarer than buckets', () => {
  it('draws a line where they come as they usually do', () => {
    const series = new BucketSeries(
      10n,
      [0n, 100n, 200n, 310n, 900n].map((start) => bucket(start, 1, 1)),
    );
    expect(envelope(series).starts).toEqual([0n, 100n, 200n, 310n, 320n, 900n]);
  });
});

describe('countBy and countColumns', () => {
  const things = [
    ...[3n, 14n, 15n].map((timestamp) => ({ timestamp, id: 'speed' })),
    ...[4n, -3n].map((timestamp) => ({ timestamp, id: 'alert' })),
    ...[
      { timestamp: 33n, id: 'rare' },
      { timestamp: 33n, id: 'rarer' },
    ],
  ];

  it('counts by bucket and kind, the most frequent first, and sums up the rest', () => {
    const counts = countBy(things, 10n);
    expect(countColumns(counts, 10n, { from: -5n, to: 34n }, 2)).toEqual({
      starts: [-10n, 0n, 10n, 20n, 30n],
      names: ['speed', 'alert'],
      others: 2,
      values: [
        [0, 1, 2, 0, 0],
        [1, 1, 0, 0, 0],
        [0, 0, 0, 0, 2],
      ],
    });
  });

  it('has no column of others where there are none', () => {
    expect(countColumns(countBy(things, 10n), 10n, { from: 0n, to: 10n }, 9)).toMatchObject({
      names: ['speed', 'alert', 'rare', 'rarer'],
      others: 0,
    });
  });
});
