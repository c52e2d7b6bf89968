import fc from 'fast-check';
import type { ValueKind } from '../../../src/store/contract/parameter-store';
import { compareRows, mergeRows, type RowValue, type SampleUnit } from '../../../src/store/samples/row-merge';
import { rowsOf } from '../../support/sample-rows';

const NO_LIMITS = { rows: Infinity, characters: Infinity };

/** A unit of values, divided as often as it takes. */
function unitOf(values: readonly RowValue[], parts: number): SampleUnit {
  const least = values.reduce((time, { timestamp }) => (timestamp < time ? timestamp : time), values[0]!.timestamp);
  if (parts < 2 || values.length < 2) return { least, read: () => values };
  const size = Math.ceil(values.length / parts);
  const divide = (): SampleUnit[] =>
    Array.from({ length: Math.ceil(values.length / size) }, (_, part) =>
      unitOf(values.slice(part * size, (part + 1) * size), parts - 1),
    );
  return { least, divide };
}

/** The rows of values, put together one by one. */
function naiveRows(values: readonly RowValue[]): object[] {
  const places = new Map<string, RowValue[]>();
  for (const value of values.toSorted(compareRows)) {
    const key = `${value.timestamp} ${value.offset} ${value.index}`;
    places.set(key, [...(places.get(key) ?? []), value]);
  }
  const rank = ({ kind, id }: RowValue): string => `${['numeric', 'string', 'binary'].indexOf(kind)}${id}`;
  return Array.from(places.values(), (row) => ({
    timestamp: row[0]!.timestamp,
    values: row.toSorted((a, b) => (rank(a) < rank(b) ? -1 : 1)).map(({ kind, id, text }) => ({ kind, id, text })),
    tags: row[0]!.tags === '' ? [] : (JSON.parse(row[0]!.tags) as string[][]),
  }));
}

const anyPlace = fc.record({
  timestamp: fc.bigInt({ min: -5n, max: 5n }),
  offset: fc.integer({ min: 1, max: 4 }),
  index: fc.integer({ min: 0, max: 2 }),
});

/** Any values; those at one place have the same tags. */
const anyValues = fc
  .uniqueArray(
    fc.record({
      place: anyPlace,
      id: fc.constantFrom('a', 'b', '__proto__'),
      kind: fc.constantFrom<ValueKind>('numeric', 'string', 'binary'),
    }),
    {
      selector: ({ place, id, kind }) => `${place.timestamp} ${place.offset} ${place.index} ${kind} ${id}`,
      minLength: 1,
    },
  )
  .map((all) =>
    all.map(({ place, id, kind }, number): RowValue => {
      const tags = place.index === 0 ? '' : JSON.stringify([['car', String(place.offset)]]);
      return { ...place, id, kind, text: String(number), tags };
    }),
  );

describe('mergeRows', () => {
  it('gives the rows of any units in order, as sorting everything does', () => {
    const rule = fc.property(
      anyValues,
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 4 }),
      (values, count, parts) => {
        const units = Array.from({ length: count }, (_, unit) => values.filter((_, index) => index % count === unit))
          .filter((some) => some.length > 0)
          .map((some) => unitOf(some, parts));
        const expected = naiveRows(values);
        const { last, more, ...rows } = mergeRows(units, NO_LIMITS);
        expect(rowsOf(rows)).toEqual(expected);
        expect(more).toBe(false);
        const { timestamp, offset, index } = values.toSorted(compareRows).at(-1)!;
        expect(last).toEqual({ timestamp, offset, index });
        for (const limit of [1, 2, 5]) {
          const page = mergeRows(units, { ...NO_LIMITS, rows: limit });
          expect(rowsOf(page)).toEqual(expected.slice(0, limit));
          expect(page.more).toBe(expected.length > limit);
        }
      },
    );
    fc.assert(rule, { numRuns: 300 });
  });

  it('ends a page when its texts are long, behind one row at least', () => {
    const values = [1n, 2n, 3n].map((timestamp, offset) => ({
      ...{ timestamp, offset, index: 0, id: 'a', kind: 'string' as const, text: 'x'.repeat(100), tags: '' },
    }));
    const page = mergeRows([unitOf(values, 1)], { rows: 9, characters: 50 });
    expect([page.timestamps, page.more]).toEqual([[1n], true]);
  });

  it('reads no unit that lies behind the page', () => {
    const value = { timestamp: 1n, offset: 1, index: 0, id: 'a', kind: 'numeric' as const, text: '1', tags: '' };
    const read = jest.fn(() => []);
    const second = { ...value, timestamp: 2n, offset: 2 };
    const units = [unitOf([value, second], 1), { least: 3n, read }];
    expect(mergeRows(units, { ...NO_LIMITS, rows: 1 })).toMatchObject({ timestamps: [1n], more: true });
    expect(read).not.toHaveBeenCalled();
  });

  it('gives nothing of nothing', () => {
    expect(mergeRows([], NO_LIMITS)).toMatchObject({ timestamps: [], last: undefined, more: false });
  });
});
