import type { SampleQuery } from '../../../src/store/contract/parameter-store';
import type { Store } from '../../../src/store/contract/store';
import { packageOf, readSamples, sendPackage, speedAt, valuesOf } from '../support/packages';
import type { StoreSupply } from '../store-contract';

const GREATEST = 2n ** 63n - 1n;
const LEAST = -(2n ** 63n);

/** Texts of numbers of which no digit may be lost. */
const NUMBERS = [
  ...['-0', '0', '-0.0', '0.00', '1.10', '1.1', '1e-7', '1E-7', '1e+2', '100', '123456789012345678901', '-1.50'],
  ...['0.1000000000000000055511151231257827', '9007199254740993', '1e308', '5e-324', '1e-999', '0e0', '12.3400e5'],
];

/** Samples in order of time. */
export function describeSamples(supply: StoreSupply): void {
  const times = async (store: Store, query: Partial<SampleQuery> = {}): Promise<number[]> =>
    (await readSamples(store, query)).map(({ timestamp }) => Number(timestamp));

  describe('readSamples', () => {
    it('gives them in order of time, late ones in their place', async () => {
      const store = await supply.share();
      await sendPackage(store, 's', speedAt(50, 10, 30));
      await sendPackage(store, 's', speedAt(40, 20));
      await sendPackage(store, 's', speedAt(5, 60, -1));
      expect(await times(store)).toEqual([-1, 5, 10, 20, 30, 40, 50, 60]);
      expect(await times(store, { limit: 3 })).toEqual([-1, 5, 10, 20, 30, 40, 50, 60]);
    });

    it('keeps samples of the same time in the order in which they came', async () => {
      const store = await supply.share();
      const at = (time: number, ...values: number[]): Promise<unknown> =>
        sendPackage(store, 's', packageOf({ timestamps: values.map(() => time), numeric: { Speed: values } }));
      await at(2, 1, 2);
      await at(1, 3);
      await at(2, 2, 4);
      for (const limit of [1, 2, 3, 100]) {
        expect(valuesOf(await readSamples(store, { limit }))).toEqual(['3', '1', '2', '2', '4']);
      }
    });

    it('gives what stood at one place of a package as a row, with its tags', async () => {
      const store = await supply.share();
      await sendPackage(
        store,
        's',
        packageOf({
          timestamps: [2, 1, 2],
          numeric: { a: [1, null, 2] },
          string: { b: ['x', 'y', null] },
          binary: { c: [null, 'AA==', ''] },
          tags: { car: ['1', null, '2'], '': [null, '', null] },
        }),
      );
      const value = (kind: string, id: string, text: string): object => ({ kind, id, text });
      expect(await readSamples(store)).toEqual([
        { timestamp: 1n, values: [value('string', 'b', 'y'), value('binary', 'c', 'AA==')], tags: [['', '']] },
        { timestamp: 2n, values: [value('numeric', 'a', '1'), value('string', 'b', 'x')], tags: [['car', '1']] },
        { timestamp: 2n, values: [value('numeric', 'a', '2'), value('binary', 'c', '')], tags: [['car', '2']] },
      ]);
    });

    it('gives columns that are as long as the timestamps', async () => {
      const store = await supply.share();
      await sendPackage(
        store,
        's',
        packageOf({ timestamps: [1, 2], numeric: { a: [1, null] }, tags: { x: ['1', null] } }),
      );
      await sendPackage(store, 's', packageOf({ timestamps: [3], string: { a: ['s'] }, tags: { y: ['2'] } }));
      const { timestamps, values, tags } = await store.parameters.readSamples({ topic: 't', streamId: 's', limit: 9 });
      expect(timestamps).toEqual([1n, 3n]);
      expect([values.numeric.get('a'), values.string.get('a')]).toEqual([
        ['1', null],
        [null, 's'],
      ]);
      expect([tags.get('x'), tags.get('y')]).toEqual([
        ['1', null],
        [null, '2'],
      ]);
    });

    it('leaves out rows without a sample of what is asked for', async () => {
      const store = await supply.share();
      const tags = { car: ['1', '1', '1'] };
      await sendPackage(
        store,
        's',
        packageOf({ timestamps: [1, 2, 3], numeric: { a: [1, null, 2], b: [null, null, 3] }, tags }),
      );
      await sendPackage(store, 's', packageOf({ timestamps: [4], tags: { car: ['1'] } }));
      expect(await times(store)).toEqual([1, 3]);
      expect(await times(store, { parameters: ['b'] })).toEqual([3]);
      expect(await times(store, { parameters: [] })).toEqual([]);
      expect(await times(store, { parameters: ['none'] })).toEqual([]);
    });

    it('takes an id for all kinds of values that it has, and no other id', async () => {
      const store = await supply.share();
      const columns = { a: ['1', '2'], b: ['3', '4'] };
      const batch = packageOf({ timestamps: [1, 2], numeric: columns, string: columns, binary: { a: ['AA==', ''] } });
      await sendPackage(store, 's', batch);
      const [first] = await readSamples(store, { parameters: ['a', 'a', 'none'] });
      expect(first!.values.map(({ kind, id }) => `${kind} ${id}`)).toEqual(['numeric a', 'string a', 'binary a']);
    });

    it.each([
      ['__proto__', 'constructor'],
      ['10', '2'],
      ['a.b', 'a'],
      ['"', '\\'],
      ['', ' '],
      ['😀', 'é'],
      ['a\0', 'a'],
      ["' OR 1", "'"],
    ])('tells the id %j from %j', async (id, other) => {
      const store = await supply.share();
      await sendPackage(
        store,
        's',
        packageOf({
          timestamps: [1],
          numeric: new Map([
            [id, [1]],
            [other, [2]],
          ]),
        }),
      );
      const [row] = await readSamples(store, { parameters: [id] });
      expect(row!.values).toEqual([{ kind: 'numeric', id, text: '1' }]);
    });

    it('tells a sample that is empty from one that is not there', async () => {
      const store = await supply.share();
      await sendPackage(
        store,
        's',
        packageOf({ timestamps: [1, 2], string: { a: ['', null], b: [null, ''] }, binary: { a: [null, ''] } }),
      );
      expect((await readSamples(store)).map(({ values }) => values.map(({ kind, id }) => `${kind} ${id}`))).toEqual([
        ['string a'],
        ['string b', 'binary a'],
      ]);
    });

    it('keeps every digit of numbers', async () => {
      const store = await supply.share();
      const timestamps = NUMBERS.map((_, index) => index);
      await sendPackage(store, 's', packageOf({ timestamps, numeric: { Speed: NUMBERS } }));
      expect(valuesOf(await readSamples(store))).toEqual(NUMBERS);
    });

    it('adds the epoch, also beyond what a double holds', async () => {
      const store = await supply.share();
      const epoch = 1618133869000000001n;
      await sendPackage(store, 's', packageOf({ epoch, timestamps: [2, -1], numeric: { Speed: [1, 2] } }));
      expect((await readSamples(store)).map(({ timestamp }) => timestamp)).toEqual([epoch - 1n, epoch + 2n]);
    });

    it('orders the least and the greatest timestamps, and gives each alone', async () => {
      const store = await supply.share();
      const all = [LEAST, LEAST + 1n, -(2n ** 53n) - 1n, -1n, 0n, 2n ** 53n + 1n, GREATEST - 1n, GREATEST];
      await sendPackage(store, 's', speedAt(...all.toReversed()));
      expect(valuesOf(await readSamples(store, { limit: 1 }))).toEqual(all.map(String));
      for (const timestamp of all) {
        const rows = await readSamples(store, { from: timestamp, to: timestamp + 1n });
        expect(valuesOf(rows)).toEqual([String(timestamp)]);
      }
    });

    it.each<[string, Pick<SampleQuery, 'from' | 'to'>, number[]]>([
      ['from a time on', { from: 2n }, [2, 3, 4]],
      ['up to a time', { to: 3n }, [1, 2]],
      ['between two times', { from: 2n, to: 4n }, [2, 3]],
      ['where there is nothing', { from: 5n }, []],
      ['in no time', { from: 3n, to: 3n }, []],
      ['in less than no time', { from: 4n, to: 2n }, []],
      ['from before all time', { from: LEAST - 1n, to: 2n }, [1]],
      ['to behind all time', { from: 4n, to: GREATEST + 2n }, [4]],
      ['behind all time', { from: GREATEST + 1n }, []],
      ['before all time', { to: LEAST }, []],
    ])('gives those %s', async (_, span, expected) => {
      const store = await supply.share();
      await sendPackage(store, 's', speedAt(1, 3));
      await sendPackage(store, 's', speedAt(4, 2));
      expect(await times(store, span)).toEqual(expected);
      expect(await times(store, { ...span, limit: 1 })).toEqual(expected);
    });

    it.each([1, 2, 3, 4, 100])(
      'loses and repeats none by pages of %i that end among equal timestamps',
      async (limit) => {
        const store = await supply.share();
        const sent = [
          [1, 2],
          [2, 2],
          [2, 1],
          [3, 2],
        ].map((timestamps, at) =>
          packageOf({ timestamps, numeric: { Speed: timestamps.map((time, index) => `${time}${at}${index}`) } }),
        );
        for (const batch of sent) await sendPackage(store, 's', batch);
        expect(valuesOf(await readSamples(store, { limit }))).toEqual([
          ...['100', '121', '201', '210', '211', '220', '231', '330'],
        ]);
        expect(valuesOf(await readSamples(store, { limit, from: 2n, to: 3n }))).toEqual([
          '201',
          '210',
          '211',
          '220',
          '231',
        ]);
      },
    );

    it('goes on behind a page with what has come since and lies behind it in time', async () => {
      const store = await supply.share();
      await sendPackage(store, 's', speedAt(10, 20, 30));
      const query = { topic: 't', streamId: 's', limit: 2 };
      const page = await store.parameters.readSamples(query);
      expect(page).toMatchObject({ timestamps: [10n, 20n], more: true });
      await sendPackage(store, 's', speedAt(15, 20, 25));
      const next = await store.parameters.readSamples({ ...query, limit: 9, after: page.after });
      expect(next).toMatchObject({ timestamps: [20n, 25n, 30n], more: false });
      const last = await store.parameters.readSamples({ ...query, after: next.after });
      expect(last).toMatchObject({ timestamps: [], more: false, after: next.after });
      await sendPackage(store, 's', speedAt(35));
      expect(await store.parameters.readSamples({ ...query, after: last.after })).toMatchObject({ timestamps: [35n] });
    });

    it('gives cursors of printable ASCII, none where nothing was read yet, and takes no others', async () => {
      const store = await supply.share();
      await sendPackage(store, 's', packageOf({ timestamps: [LEAST], numeric: { Speed: [1] } }));
      const query = { topic: 't', streamId: 's', limit: 1 };
      const { after } = await store.parameters.readSamples(query);
      expect(after).toMatch(/^[!-~]{1,512}$/);
      expect((await store.parameters.readSamples({ ...query, parameters: ['none'] })).after).toBeUndefined();
      for (const wrong of ['', ' ', '1', 'é', `${after!} `, '1'.repeat(600)]) {
        const read = store.parameters.readSamples({ ...query, after: wrong });
        await expect(read).rejects.toMatchObject({ code: 'invalid_query' });
      }
    });

    it('gives the samples of one stream alone', async () => {
      const store = await supply.share();
      await sendPackage(store, 's', speedAt(1));
      await sendPackage(store, 'other', speedAt(2));
      await sendPackage(store, 's', speedAt(3), { topic: 'u' });
      expect(await times(store)).toEqual([1]);
      expect(await times(store, { streamId: 'other' })).toEqual([2]);
    });

    it('reads more than a page holds, of many small and of a few large packages', async () => {
      const store = await supply.share();
      const small = Array.from({ length: 1500 }, (_, index) => speedAt(2 * index));
      const large = speedAt(...Array.from({ length: 6000 }, (_, index) => 2 * index + 1));
      await Promise.all([...small, large].map((batch) => sendPackage(store, 's', batch)));
      const expected = [...small.keys()]
        .map((index) => 2 * index)
        .concat(Array.from({ length: 6000 }, (_, i) => 2 * i + 1));
      expect(await times(store, { limit: 997 })).toEqual(expected.toSorted((a, b) => a - b));
    });
  });
}
