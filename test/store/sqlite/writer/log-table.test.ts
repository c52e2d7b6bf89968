import Database from 'better-sqlite3';
import { migrate } from '../../../../src/store/sqlite/file/schema';
import { LogTable } from '../../../../src/store/sqlite/writer/log-table';

const DAY = 24 * 3600 * 1000;

describe('LogTable', () => {
  let table: LogTable;

  beforeEach(() => {
    const database = new Database(':memory:');
    migrate(database);
    table = new LogTable(database);
  });

  /** Something that was carried out of a log, by who has written it last. */
  function put(name: string, next: number, writers: readonly (readonly [string, number])[], at: number): void {
    table.put({ name, identity: 'i', next, writers }, [], at);
  }

  const writersOf = (log: string): unknown => table.logs.find(({ name }) => name === log)?.writers;

  it('keeps how far a log is carried out, and the last number of each writer', () => {
    put('a', 1, [['one', 1]], 0);
    put('b', 5, [['one', 3]], 0);
    put(
      'a',
      4,
      [
        ['one', 2],
        ['two', 1],
      ],
      1,
    );
    expect(table.logs).toEqual([
      {
        ...{ name: 'a', identity: 'i', next: 4 },
        writers: [
          ['one', 2],
          ['two', 1],
        ],
      },
      { name: 'b', identity: 'i', next: 5, writers: [['one', 3]] },
    ]);
    expect(table.find('a')).toEqual({ next: 4, outcomes: [] });
    table.delete('a');
    expect([table.find('a'), writersOf('b')]).toEqual([undefined, [['one', 3]]]);
  });

  it('forgets writers that have written nothing to a log for a week when another one comes', () => {
    put('a', 1, [['old', 1]], DAY);
    put('a', 2, [['steady', 1]], DAY);
    put('b', 1, [['old', 1]], DAY);
    put('a', 3, [['steady', 2]], 8 * DAY + 1);
    expect(writersOf('a')).toEqual([
      ['old', 1],
      ['steady', 2],
    ]);
    put('a', 4, [['new', 1]], 8 * DAY + 1);
    expect(writersOf('a')).toEqual([
      ['new', 1],
      ['steady', 2],
    ]);
    expect(writersOf('b')).toEqual([['old', 1]]);
  });

  it('remembers those that wrote less than a week ago', () => {
    put('a', 1, [['one', 1]], DAY);
    put('a', 2, [['two', 1]], 8 * DAY);
    expect(writersOf('a')).toHaveLength(2);
  });
});
