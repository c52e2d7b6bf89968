import { Series } from '../../../../src/console/pages/server/series';

describe('Series', () => {
  it('remembers the last values of each number, and leaves out what was not known', () => {
    const series = new Series(3);
    series.add(new Map([['a', 1]]));
    series.add(
      new Map([
        ['a', undefined],
        ['b', 5],
      ]),
    );
    series.add(
      new Map([
        ['a', 3],
        ['b', 6],
      ]),
    );
    expect([series.of('a'), series.of('b'), series.of('c')]).toEqual([[1, 3], [5, 6], []]);
    series.add(
      new Map([
        ['a', 4],
        ['b', 7],
      ]),
    );
    series.add(
      new Map([
        ['a', 5],
        ['b', 8],
      ]),
    );
    expect([series.of('a'), series.of('b')]).toEqual([
      [3, 4, 5],
      [6, 7, 8],
    ]);
  });
});
