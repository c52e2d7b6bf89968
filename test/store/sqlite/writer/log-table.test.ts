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
        ...{ name: 'a', identity: 'i', next: 4, chunks: [] },
        writers: [
          ['one', 2],
          ['two', 1],
        ],
      },
      { name: 'b', identity: 'i', next: 5, writers: [['one', 3]], chunks: [] },
    ]);
    expect(table.find('a')).toEqual({ next: 4, outcomes: [] });
    table.delete('a');
    expect([table.find('a'), writersOf('b')]).toEqual([undefined, [['one', 3]]]);
  });

  it('keeps chunks of a writer in order until they are dropped, its log is deleted, or another write begins', () => {
    const chunk = (index: number, text: string) => ({ writer: 'w', index, bytes: Buffer.from(text) });
    const texts = (): unknown => table.logs[0]?.chunks?.map(({ bytes }) => Buffer.from(bytes).toString());
    put('a', 1, [['w', 1]], 0);
    for (const [index, text] of ['left', 'over'].entries()) table.keepChunk('a', chunk(index, text));
    for (const [index, text] of ['one', 'two'].entries()) table.keepChunk('a', chunk(index, text));
    expect(texts()).toEqual(['one', 'two']);
    table.dropChunks('a', 'w');
    expect(texts()).toEqual([]);
    table.keepChunk('a', chunk(0, 'one'));
    table.delete('a');
    put('a', 1, [['w', 1]], 0);
    expect(texts()).toEqual([]);
  });

  it('forgets the chunks of a writer with the writer, and those of no other', () => {
    put('a', 1, [['old', 1]], 0);
    for (const writer of ['old', 'new', 'newer']) table.keepChunk('a', { writer, index: 0, bytes: Buffer.from('x') });
    put(
      'a',
      2,
      [
        ['new', 1],
        ['newer', 1],
      ],
      8 * DAY,
    );
    expect(table.logs[0]?.chunks?.map(({ writer }) => writer)).toEqual(['new', 'newer']);
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
