import { cellsOf } from '../../../../src/console/exact/cells';
import {
  barsOf,
  type ChartedResult,
  chartChoice,
  timeColumns,
  timeOf,
} from '../../../../src/console/pages/sql/chart-choice';

function result(columns: readonly (readonly [string, string])[], ...rows: readonly string[]): ChartedResult {
  return { columns: columns.map(([name, type]) => ({ name, type })), rows: rows.map(cellsOf) };
}

describe('chartChoice', () => {
  it.each([
    [
      'times of a column of times',
      result(
        [
          ['n', 'Int64'],
          ['t', 'DateTime'],
        ],
        '[1,"2026-03-29 01:30:00"]',
      ),
      { kind: 'time', x: 1, ys: [0] },
    ],
    [
      'times that are texts',
      result(
        [
          ['t', 'String'],
          ['n', 'Float64'],
        ],
        '["2026-03-29",1]',
        '[null,2]',
      ),
      { kind: 'time', x: 0, ys: [1] },
    ],
    [
      'nanoseconds',
      result(
        [
          ['t', 'Int64'],
          ['n', 'Int64'],
        ],
        '[1618133869000000001,5]',
      ),
      { kind: 'time', x: 0, ys: [1] },
    ],
    [
      'a name and a number',
      result(
        [
          ['city', 'String'],
          ['n', 'Int64'],
        ],
        '["Köln",5]',
      ),
      { kind: 'bars', x: 0, ys: [1] },
    ],
    [
      'two numbers',
      result(
        [
          ['hour', 'Int64'],
          ['n', 'Int64'],
        ],
        '[1,5]',
      ),
      { kind: 'bars', x: 0, ys: [1] },
    ],
    ['one number', result([['n', 'Int64']], '[1]'), { kind: 'bars', x: -1, ys: [0] }],
    ['no number', result([['city', 'String']], '["Köln"]'), undefined],
    ['nothing', result([]), undefined],
  ])('of %s', (_, given, expected) => {
    expect(chartChoice(given)).toEqual(expected);
  });
});

describe('timeOf', () => {
  it.each([
    ['"2026-03-29 02:30:00.123456789"', 1774751400123456789n],
    ['"2026-03-29T02:30:00+02:00"', 1774744200000000000n],
    ['"2026-03-29"', 1774742400000000000n],
    ['1618133869000000001', 1618133869000000001n],
    ['12', undefined],
    ['"12"', undefined],
    ['"2026-13-01"', undefined],
    ['null', undefined],
  ])('of %s is %s', (json, time) => {
    expect(timeOf(cellsOf(`[${json}]`)[0]!)).toBe(time);
  });
});

describe('timeColumns', () => {
  it('are in order of time, with a gap where there is no number', () => {
    const given = result(
      [
        ['t', 'DateTime'],
        ['n', 'Int64'],
      ],
      '["2026-01-02",2]',
      '["2026-01-01",1]',
      '["2026-01-03",null]',
    );
    const { starts, values } = timeColumns(given, chartChoice(given)!);
    expect(starts.map((at) => at / 86_400_000_000_000n)).toEqual([20454n, 20455n, 20456n]);
    expect(values).toEqual([[1, 2, null]]);
  });

  it('have the digits of the result beside what is drawn', () => {
    const columns: [string, string][] = [
      ['t', 'DateTime'],
      ['big', 'Int64'],
    ];
    const given = result(columns, '["2026-01-01",9007199254740993]', '["2026-01-02",1.10]', '["2026-01-03",null]');
    expect(timeColumns(given, chartChoice(given)!).texts).toEqual([['9007199254740993', '1.10', null]]);
  });
});

describe('barsOf', () => {
  it('has each value to the digit', () => {
    const given = result(
      [
        ['city', 'String'],
        ['n', 'Int64'],
      ],
      '["Köln",9007199254740993]',
      '[null,-1]',
      '["x",null]',
    );
    expect(barsOf(given, chartChoice(given)!)).toEqual([
      { name: 'Köln', value: 9007199254740992, text: '9007199254740993' },
      { name: 'NULL', value: -1, text: '-1' },
    ]);
  });
});
