import { chartData, lonely, stacked } from '../../../src/console/chart/chart-data';

describe('chartData', () => {
  it('tells nanoseconds apart, which are lost in times since 1970', () => {
    const from = 1_790_000_000_000_000_000n;
    expect(
      chartData({ starts: [from, from + 1n, from + 2n], values: [[1, null, 3]] }, { from, to: from + 3n }),
    ).toEqual([
      [0, 1e-6, 2e-6],
      [1, null, 3],
    ]);
  });
});

describe('lonely', () => {
  it.each([
    ['the only one', [5], [0]],
    ['one between gaps', [1, 2, null, 0, null, 3, 4], [3]],
    ['the first and the last', [1, null, 3, 4, undefined, 5], [0, 5]],
    ['none of a line', [1, 2, 3], []],
    ['none of nothing', [null, null], []],
  ])('finds %s', (_, column, expected) => {
    expect(lonely(column)).toEqual(expected);
  });
});

describe('stacked', () => {
  it('puts each column on those before it', () => {
    expect(
      stacked([
        [1, 0, 2],
        [3, null, 0],
      ]),
    ).toEqual([
      [1, 0, 2],
      [4, 0, 2],
    ]);
  });
});
