import fc from 'fast-check';
import type { ColumnStorage } from '../../../src/store/contract/row-store';
import { rowsOf, rowTexts, values } from '../support/rows';
import { createSource, infoOf } from '../support/test-source';
import type { StoreSupply } from '../store-contract';

const exact: [string, ColumnStorage, string, unknown][] = [
  ['the greatest int64', 'integer', '9223372036854775807', 2n ** 63n - 1n],
  ['the least int64', 'integer', '-9223372036854775808', -(2n ** 63n)],
  ['a null', 'integer', 'null', null],
  ['an integral float', 'real', '3', 3],
  ['the float of 17 digits', 'real', '0.30000000000000004', 0.1 + 0.2],
  ['the least float', 'real', '5e-324', 5e-324],
  ['a text of digits', 'text', '"007"', '007'],
  ['a text of digits beyond int64 in a column of any', 'any', '"18446744073709551616"', '18446744073709551616'],
  ['an integer in a column of any', 'any', '18446744073709551', 18446744073709551n],
  ['an empty text', 'text', '""', ''],
  ['a text with escapes', 'text', String.raw`"\"\\\/\n\u00e9\ud83d\ude00\u0000"`, '"\\/\né😀\0'],
  ['a text that looks like JSON', 'text', String.raw`"[1,{\"a\":2}]"`, '[1,{"a":2}]'],
  [
    'an array, as its text',
    'text',
    '[1, [2.50, "a,b" ], null, 12345678901234567890]',
    '[1,[2.50,"a,b"],null,12345678901234567890]',
  ],
  [
    'an object, as its text',
    'text',
    String.raw`{ "a" : {"]": "\u00e9"}, "b":[ ] }`,
    String.raw`{"a":{"]":"\u00e9"},"b":[]}`,
  ],
];

const anyValue: Record<ColumnStorage, fc.Arbitrary<unknown>> = {
  integer: fc.option(fc.maxSafeInteger()),
  real: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => (number === 0 ? 0 : number))),
  text: fc.option(fc.string({ unit: 'binary' })),
  any: fc.option(fc.oneof(fc.maxSafeInteger(), fc.string({ unit: 'binary' }))),
};
const storages = Object.keys(anyValue) as ColumnStorage[];

/** Appending rows: exactness, offsets, order, atomicity. */
export function describeRows(supply: StoreSupply): void {
  const { at } = supply;

  describe('appendRows', () => {
    describe.each([
      ['of a few', 0],
      ['of many', 40],
    ])('in a data source %s columns', (_, others) => {
      const before = Array.from({ length: others }, (_, index) => index);
      const storagesBefore = before.map(() => 'integer' as const);

      it.each(exact)('keeps exactly %s', async (_, storage, text, expected) => {
        const store = await supply.share();
        const source = await createSource(store, [...storagesBefore, storage]);
        const row = `[${['null', ...before, text].join(', ')}]`;
        await source.send({ rows: rowTexts(row, row) });
        expect(supply.contents().rows).toEqual([
          [at(1), null, ...before, expected],
          [at(2), null, ...before, expected],
        ]);
      });

      it('keeps any values as they were sent', async () => {
        const store = await supply.share();
        let sources = 0;
        const row = fc.tuple(...storages.map((storage) => anyValue[storage]));
        const rule = fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 20 }), async (rows) => {
          const topic = `d${(sources += 1)}`;
          const source = await createSource(store, [...storagesBefore, ...storages], topic);
          const batch = rowsOf(...rows.map((row) => [null, ...before, ...row]));
          await source.send({ rows: batch });
          const expected = rows.map((row, index) => [at(index + 1), null, ...before, ...row]);
          expect(supply.contents(topic).rows).toEqual(expected);
        });
        await fc.assert(rule, { numRuns: supply.runs(30) });
      });

      it('keeps the unknown fields of a row, as their text', async () => {
        const store = await supply.share();
        const source = await createSource(store, storagesBefore);
        const texts = ['{ "a":[1, 2.0, "x y" ] }', 'null', '{}'].map((rest) => `[${[rest, ...before].join()}]`);
        await source.send({ rows: rowTexts(...texts) });
        expect(supply.contents().rows).toEqual([
          [at(1), '{"a":[1,2.0,"x y"]}', ...before],
          [at(2), null, ...before],
          [at(3), '{}', ...before],
        ]);
      });
    });

    it('takes rows of no columns, and of 500', async () => {
      const store = await supply.share();
      const many = Array.from({ length: 500 }, (_, index) => index);
      const integers = many.map(() => 'integer' as const);
      await (await createSource(store, [], 'none')).send({ rows: rowTexts('[null]', '[{"a":1}]') });
      await (await createSource(store, integers, 'many')).send({ rows: rowsOf([null, ...many]) });
      expect(supply.contents('none').rows).toEqual([
        [at(1), null],
        [at(2), '{"a":1}'],
      ]);
      expect(supply.contents('many').rows).toEqual([[at(1), null, ...many]]);
    });

    it('stores rows in the order of the calls, whatever is sent at once', async () => {
      const store = await supply.share();
      const [d, e] = [await createSource(store, ['any'], 'd'), await createSource(store, ['any'], 'e')];
      const sent = Array.from({ length: 300 }, (_, index) =>
        (index % 3 === 0 ? e : d).send({ rows: values(index, -index) }),
      );
      expect(new Set(await Promise.all(sent))).toEqual(new Set([undefined]));
      for (const [name, isOf] of [
        ['d', (index: number) => index % 3 !== 0],
        ['e', (index: number) => index % 3 === 0],
      ] as const) {
        const numbers = sent.flatMap((_, index) => (isOf(index) ? [index, -index] : []));
        expect(supply.contents(name).rows).toEqual(numbers.map((number, index) => [at(index + 1), null, number + 0]));
        expect(await infoOf(store, name)).toMatchObject({ rowCount: numbers.length, position: at(numbers.length) });
      }
    });

    it('takes an append of nothing', async () => {
      const store = await supply.share();
      const source = await createSource(store);
      expect(await Promise.all([source.send({}), source.send({ rows: values(1) }), source.send({})])).toEqual([
        undefined,
        undefined,
        undefined,
      ]);
      expect(supply.contents().rows).toEqual([[at(1), null, 1]]);
    });

    it('says when rows or the definition last changed', async () => {
      const store = await supply.share();
      const source = await createSource(store);
      const before = Date.now();
      await source.send({ rows: values(1) });
      const { updatedAt } = await source.info();
      expect(updatedAt).toBeGreaterThanOrEqual(before);
      await source.change();
      expect((await source.info()).updatedAt).toBeGreaterThanOrEqual(updatedAt);
    });
  });
}
