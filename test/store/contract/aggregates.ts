import type { SampleBucket } from '../../../src/store/contract/parameter-store';
import type { Store } from '../../../src/store/contract/store';
import { aggregate, packageOf, sendPackage, speedAt } from '../support/packages';
import type { StoreSupply } from '../store-contract';

const GREATEST = 2n ** 63n - 1n;
const LEAST = -(2n ** 63n);

/** Samples summed up in buckets of time. */
export function describeAggregates(supply: StoreSupply): void {
  const speeds = async (store: Store, interval: bigint, query = {}): Promise<readonly SampleBucket[]> =>
    (await aggregate(store, interval, query)).numeric.get('Speed') ?? [];
  const counts = async (store: Store, interval: bigint, query = {}): Promise<[bigint, number][]> =>
    (await speeds(store, interval, query)).map(({ start, count }) => [start, count]);

  /** Numbers of `Speed` at times, one package each, or a package with all of them. */
  async function fill(
    store: Store,
    samples: readonly (readonly [time: number | bigint, text: string])[],
  ): Promise<void> {
    for (const [time, text] of samples) {
      await sendPackage(store, 's', packageOf({ timestamps: [time], numeric: { Speed: [text] } }));
    }
  }

  describe('aggregateSamples', () => {
    it('gives count, first, last, least, greatest and sum, each with its own time', async () => {
      const store = await supply.share();
      await fill(store, [
        [3, '2.50'],
        [1, '7'],
        [4, '-1e0'],
        [2, '3.0'],
      ]);
      expect(await speeds(store, 10n)).toEqual([
        {
          ...{ start: 0n, count: 4, sum: 11.5 },
          first: { text: '7', timestamp: 1n },
          last: { text: '-1e0', timestamp: 4n },
          min: { text: '-1e0', timestamp: 4n },
          max: { text: '7', timestamp: 1n },
        },
      ]);
    });

    it('puts a sample at the edge into the bucket that begins there', async () => {
      const store = await supply.share();
      await sendPackage(store, 's', speedAt(0, 9, 10, 19, 20, 30));
      expect(await counts(store, 10n)).toEqual([
        [0n, 2],
        [10n, 2],
        [20n, 1],
        [30n, 1],
      ]);
    });

    it('divides times before 1970 as those behind it', async () => {
      const store = await supply.share();
      await sendPackage(store, 's', speedAt(-21, -20, -11, -10, -1, 0, 1));
      expect(await counts(store, 10n)).toEqual([
        [-30n, 1],
        [-20n, 2],
        [-10n, 2],
        [0n, 2],
      ]);
    });

    it.each<[bigint, [bigint, number][]]>([
      [
        3n,
        [
          [-7n, 1],
          [3n, 2],
          [13n, 1],
        ],
      ],
      [
        -7n,
        [
          [-7n, 1],
          [3n, 2],
          [13n, 1],
        ],
      ],
      [
        1003n,
        [
          [-7n, 1],
          [3n, 2],
          [13n, 1],
        ],
      ],
      [
        -4n,
        [
          [-4n, 1],
          [6n, 2],
          [16n, 1],
        ],
      ],
    ])('begins buckets at the origin %d plus whole intervals', async (origin, expected) => {
      const store = await supply.share();
      await sendPackage(store, 's', speedAt(2, 12, 7, 22));
      expect(await counts(store, 10n, { origin })).toEqual(expected);
    });

    it('leaves out buckets without a sample', async () => {
      const store = await supply.share();
      await sendPackage(store, 's', speedAt(5, 95));
      expect(await counts(store, 10n)).toEqual([
        [0n, 1],
        [90n, 1],
      ]);
    });

    it('gives nothing where there is nothing', async () => {
      const store = await supply.share();
      await sendPackage(store, 's', packageOf({ timestamps: [1], numeric: { Speed: [null] } }));
      expect(await counts(store, 10n)).toEqual([]);
      expect(await counts(store, 10n, { parameters: ['none'] })).toEqual([]);
    });

    it('takes samples from a time on, before another, alone; buckets begin where they do without', async () => {
      const store = await supply.share();
      await sendPackage(store, 's', speedAt(1, 5, 9, 12, 15, 19));
      expect(await speeds(store, 10n, { from: 5n, to: 15n })).toMatchObject([
        { start: 0n, count: 2, sum: 14, min: { text: '5' }, last: { text: '9' } },
        { start: 10n, count: 1, sum: 12, max: { text: '12' } },
      ]);
      expect(await speeds(store, 10n, { from: 5n, to: 5n })).toEqual([]);
    });

    it('gives the earliest of equal least or greatest numbers, whatever came first and however it is written', async () => {
      const store = await supply.share();
      await fill(store, [
        [3, '1.0'],
        [2, '1'],
        [2, '1.00'],
        [4, '10e-1'],
      ]);
      expect(await speeds(store, 10n)).toMatchObject([
        { min: { text: '1', timestamp: 2n }, max: { text: '1', timestamp: 2n } },
      ]);
    });

    it('takes -0 and 0 for equal', async () => {
      const store = await supply.share();
      await fill(store, [
        [2, '-0'],
        [1, '0'],
        [3, '-0.0'],
      ]);
      expect(await speeds(store, 10n)).toMatchObject([{ min: { text: '0' }, max: { text: '0' }, sum: 0 }]);
    });

    it('compares numbers that are one and the same as doubles', async () => {
      const store = await supply.share();
      await fill(store, [
        [1, '9007199254740992'],
        [2, '9007199254740993'],
        [3, '0.10000000000000000001'],
        [4, '0.1'],
      ]);
      expect(await speeds(store, 10n, { to: 3n })).toMatchObject([
        { max: { text: '9007199254740993', timestamp: 2n } },
      ]);
      expect(await speeds(store, 10n, { from: 3n })).toMatchObject([
        { min: { text: '0.1', timestamp: 4n }, max: { text: '0.10000000000000000001', timestamp: 3n } },
      ]);
      expect(await speeds(store, 10n)).toMatchObject([{ min: { timestamp: 4n }, max: { timestamp: 2n } }]);
    });

    it('compares numbers that are too small for a double', async () => {
      const store = await supply.share();
      await fill(store, [
        [1, '1e-400'],
        [2, '2e-400'],
        [3, '-1e-400'],
        [4, '0'],
      ]);
      expect(await speeds(store, 10n)).toMatchObject([{ min: { timestamp: 3n }, max: { timestamp: 2n } }]);
    });

    it('gives of equal times the first that came as first, and the last that came as last', async () => {
      const store = await supply.share();
      await sendPackage(store, 's', packageOf({ timestamps: [2, 2, 1], string: { S: ['b', 'c', null] } }));
      await sendPackage(store, 's', packageOf({ timestamps: [2, 2], string: { S: ['d', 'e'] } }));
      expect((await aggregate(store, 10n)).string.get('S')).toEqual([
        { start: 0n, count: 4, first: { text: 'b', timestamp: 2n }, last: { text: 'e', timestamp: 2n } },
      ]);
    });

    it('sums up each kind of values of an id by itself; least, greatest and sum of numbers alone', async () => {
      const store = await supply.share();
      const batch = packageOf({
        timestamps: [1, 2],
        ...{ numeric: { a: [5, '4'] }, string: { a: ['5', '4'] }, binary: { a: ['AA==', null], b: [null, ''] } },
      });
      await sendPackage(store, 's', batch);
      const { numeric, string, binary } = await aggregate(store, 10n);
      expect(numeric.get('a')).toMatchObject([{ count: 2, max: { text: '5' }, sum: 9 }]);
      const ends = { first: { text: '5', timestamp: 1n }, last: { text: '4', timestamp: 2n } };
      expect(string.get('a')).toEqual([{ start: 0n, count: 2, ...ends }]);
      expect(binary.get('a')).toMatchObject([{ count: 1, first: { text: 'AA==' } }]);
      expect(binary.get('b')).toMatchObject([{ count: 1, last: { text: '', timestamp: 2n } }]);
    });

    it('gives long strings whole as first and last', async () => {
      const store = await supply.share();
      const long = (letter: string): string => letter.repeat(5000);
      await sendPackage(store, 's', packageOf({ timestamps: [1, 2, 3], string: { S: [long('a'), 'x', long('ü')] } }));
      await sendPackage(store, 's', packageOf({ timestamps: [11, 1], string: { S: [long('c'), long('d')] } }));
      expect((await aggregate(store, 10n)).string.get('S')).toMatchObject([
        { count: 4, first: { text: long('a') }, last: { text: long('ü') } },
        { count: 1, first: { text: long('c') }, last: { text: long('c') } },
      ]);
      expect((await aggregate(store, 1n)).string.get('S')).toMatchObject([
        { first: { text: long('a') }, last: { text: long('d') } },
        { first: { text: 'x' } },
        { first: { text: long('ü') } },
        { first: { text: long('c') } },
      ]);
    });

    it('sums up what doubles cannot hold as infinite, and what cancels out', async () => {
      const store = await supply.share();
      await fill(store, [
        [1, '1e308'],
        [2, '1e308'],
        [11, '1e15'],
        [12, '-1e15'],
        [13, '0.5'],
      ]);
      expect((await speeds(store, 10n)).map(({ sum }) => sum)).toEqual([Infinity, 0.5]);
    });

    it('reaches over all time that there is', async () => {
      const store = await supply.share();
      await sendPackage(store, 's', speedAt(GREATEST, LEAST, 0));
      const half = 2n ** 63n;
      expect(await counts(store, half)).toEqual([
        [-half, 1],
        [0n, 2],
      ]);
      expect(await counts(store, 2n ** 65n)).toEqual([
        [-(2n ** 65n), 1],
        [0n, 2],
      ]);
      expect(await counts(store, 2n ** 65n, { origin: LEAST })).toEqual([[LEAST, 3]]);
      expect(await counts(store, half, { origin: 1n })).toEqual([
        [1n - 2n * half, 1],
        [1n - half, 1],
        [1n, 1],
      ]);
    });

    it('takes the parameters that are asked for, of all kinds', async () => {
      const store = await supply.share();
      const column = [1, 2];
      await sendPackage(
        store,
        's',
        packageOf({ timestamps: [1, 2], numeric: { a: column, b: column }, string: { a: ['x', null] } }),
      );
      const { numeric, string } = await aggregate(store, 10n, { parameters: ['a', 'a'] });
      expect([...numeric.keys(), ...string.keys()]).toEqual(['a', 'a']);
      expect(numeric.get('a')).toMatchObject([{ count: 2 }]);
    });

    it('sums up many small packages as one large one', async () => {
      const store = await supply.share();
      const times = Array.from({ length: 5000 }, (_, index) => (index * 7919) % 100_000);
      const send = (streamId: string, list: number[]): Promise<unknown> =>
        sendPackage(store, streamId, speedAt(...list));
      await Promise.all(times.map((time) => send('s', [time])));
      await send('other', times);
      expect(await speeds(store, 1000n)).toEqual(await speeds(store, 1000n, { streamId: 'other' }));
      expect((await counts(store, 1000n)).reduce((sum, [, count]) => sum + count, 0)).toBe(5000);
    });
  });

  describe('too many buckets', () => {
    const refusal = { code: 'invalid_query', message: expect.stringMatching(/\d+ nanoseconds or more/) as string };

    it('are refused, with an interval that does', async () => {
      const store = await supply.share();
      await sendPackage(store, 's', speedAt(5, 14));
      await sendPackage(store, 's', speedAt(1_000_000_007n));
      for (const [span, maxBuckets] of [
        [{ to: 20n }, 2],
        [{}, 2],
        [{}, 3],
        [{}, 1000],
      ] as const) {
        const refused = await aggregate(store, 3n, { ...span, maxBuckets }).catch((error: unknown) => error);
        expect(refused).toMatchObject(refusal);
        const [, interval] = /(\d+) nanoseconds or more/.exec((refused as Error).message)!;
        expect((await speeds(store, BigInt(interval!), { ...span, maxBuckets })).length).toBeLessThanOrEqual(
          maxBuckets,
        );
      }
    });

    it('are those between the first sample and the last, empty ones too', async () => {
      const store = await supply.share();
      await sendPackage(store, 's', speedAt(0, 99));
      expect(await counts(store, 10n, { maxBuckets: 10 })).toHaveLength(2);
      await expect(aggregate(store, 10n, { maxBuckets: 9 })).rejects.toMatchObject(refusal);
    });

    it('are not counted where no sample is, however long the time that is asked for', async () => {
      const store = await supply.share();
      await sendPackage(store, 's', speedAt(1_000_000, 1_000_009));
      expect(await counts(store, 10n, { from: LEAST, to: GREATEST, maxBuckets: 1 })).toEqual([[1_000_000n, 2]]);
    });

    it('are refused over all time that there is', async () => {
      const store = await supply.share();
      await sendPackage(store, 's', speedAt(LEAST, GREATEST));
      await expect(aggregate(store, 1n)).rejects.toMatchObject(refusal);
    });
  });
}
