import Database from 'better-sqlite3';
import type { Append } from '../../../../src/store/contract/event-log';
import type { RowsAppend } from '../../../../src/store/contract/row-store';
import { Queries } from '../../../../src/store/sqlite/reader/queries';
import { SqliteSqlEngine } from '../../../../src/store/sqlite/sql/sqlite-sql-engine';
import { batchAt } from '../../support/batches';
import { longEvents, longQuarantine, longRows, numbers } from '../../support/long-batches';
import { failedRow, nothing, quarantineOf, recordOf, values } from '../../support/rows';
import { closeWriters, openWriter, sweepAll, type TestWriter } from '../support/test-writer';

const CLOSING: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of CLOSING.splice(0)) await close();
  closeWriters();
});

const APPEND = { topic: 't', streamId: 's', createTopic: true };

function longAppend(first: number, count: number, append: Partial<Append> = {}): Append {
  return { ...APPEND, batch: longEvents(first, count), ...append };
}

/** What readers see: those who read by pages, and SQL. */
function readersOf({ database }: TestWriter) {
  const connection = new Database(database.name, { readonly: true });
  const queries = new Queries(connection, { age: 0, bytes: 0 });
  const sql = new SqliteSqlEngine({
    databaseFile: database.name,
    busyTimeout: 100,
    processes: 1,
    timeout: 10_000,
    maxTextBytes: 1000,
    maxMemoryBytes: 100_000_000,
    maxTemporaryBytes: 0,
    maxResultRows: 1000,
    maxResultBytes: 100_000,
    describe: () => [{ name: 'a', type: 'Int64', nullable: false, form: 'plain' }],
  });
  CLOSING.push(
    () => connection.close(),
    () => sql.close(),
  );
  const ask = async (text: string): Promise<unknown> => {
    const query = { text: `${text} FORMAT TSV`, quoteLargeIntegers: false, mayRead: () => true, holder: 'h' };
    const { chunks } = await sql.query(query);
    return Buffer.concat(chunks).toString().trim();
  };
  const read = (after = 0) => {
    const place = { offset: after, generation: 0 };
    return queries.read({ topic: 't', after: place, limit: 100_000 });
  };
  return { queries, ask, read };
}

function append(writer: TestWriter, id: number, topic = 't'): void {
  writer.commit((batch) => void batch.appendEvents({ ...APPEND, topic, batch: batchAt(id) }));
}

describe('a long append of events', () => {
  it('is not seen before its last part is committed, by page, by time or by SQL', async () => {
    const writer = openWriter();
    append(writer, 1);
    const { queries, ask, read } = readersOf(writer);
    const parts = writer.partsOfEvents(longAppend(2, 9000));
    expect(parts).toHaveLength(3);
    for (const part of parts.slice(0, -1)) {
      expect(part().outcomes.events.failed).toEqual([]);
      expect(read()).toMatchObject({ offsets: [1], after: 1, more: false });
      expect(read(5)).toMatchObject({ offsets: [], after: 5, more: false });
      expect(queries.read({ topic: 't', after: undefined, from: 0n, limit: 10 }).offsets).toEqual([1]);
      expect(queries.read({ topic: 't', streamId: 's', after: undefined, limit: 10 }).offsets).toEqual([1]);
      expect(queries.topic('t')).toMatchObject({ nextOffset: 2, recordCount: 1 });
      expect(queries.stream('t', 's')).toMatchObject({ eventCount: 1, lastTimestamp: 1n });
      expect(await ask('SELECT count(*), max("offset"), count(stream_id) FROM t')).toBe('1\t1\t1');
      expect(await ask('SELECT count(*) FROM t WHERE "offset" > 100')).toBe('0');
    }
    const stored = Number(writer.count('events_1'));
    expect(stored).toBeGreaterThan(7000);
    const { advanced, outcomes } = parts.at(-1)!();
    expect(outcomes.events).toMatchObject({ failed: [], firstOffsets: Float64Array.of(stored + 1) });
    expect(advanced).toEqual({ names: ['t'], offsets: [9001], generations: [0] });
    const [first, rest] = [read(), read(4000)];
    expect([first.ids[0], first.ids[3999], rest.ids[0]]).toEqual(['1', '4000', '4001']);
    expect(queries.stream('t', 's')).toMatchObject({ eventCount: 9001, firstTimestamp: 1n, lastTimestamp: 9001n });
    expect(queries.topic('t')).toMatchObject({ nextOffset: 9002, recordCount: 9001 });
    expect(queries.topic('t')!.bytes).toBeGreaterThan(9000 * 60);
    expect(await ask('SELECT count(*), max("offset") FROM t')).toBe('9001\t9001');
    expect(writer.count('unfinished_appends')).toBe(0);
  });

  it('makes its topic and its stream with its last part', () => {
    const writer = openWriter();
    const { queries } = readersOf(writer);
    const [first, ...rest] = writer.partsOfEvents(longAppend(1, 9000));
    first!();
    append(writer, 1, 'other');
    expect(queries.topics({ limit: 10 }).map(({ name }) => name)).toEqual(['other']);
    for (const part of rest) part();
    expect(queries.topics({ limit: 10 }).map(({ name }) => name)).toEqual(['other', 't']);
    expect(queries.streams('t', { limit: 10 })).toMatchObject([{ streamId: 's', eventCount: 9000 }]);
    expect(queries.streams('other', { limit: 10 })).toMatchObject([{ streamId: 's', eventCount: 1 }]);
    expect(writer.database.prepare('SELECT count(DISTINCT id) FROM streams').pluck().get()).toBe(2);
  });

  it('stores its record with its last part, and nothing when it is repeated', () => {
    const writer = openWriter();
    const guarded = longAppend(1, 9000, { record: recordOf('k', 'body') });
    writer.partsOfEvents(guarded)[0]!();
    expect(writer.count('idempotency_records')).toBe(0);
    writer.failUnfinished();
    for (const part of writer.partsOfEvents(guarded)) part();
    sweepAll(writer.sweeper);
    const [repeated] = writer.partsOfEvents(guarded);
    expect(repeated!().outcomes.events.firstOffsets).toEqual(Float64Array.of(0));
    const [other] = writer.partsOfEvents({ ...guarded, record: recordOf('k', 'another body') });
    expect(other!().outcomes.events.failed).toMatchObject([{ failure: { code: 'idempotency_mismatch' } }]);
    expect(writer.ofTopic('event_count')).toBe(9000);
    expect(writer.count('unfinished_appends')).toBe(0);
  });

  it('is refused with its first part as a short one is, and then with all others', () => {
    const writer = openWriter();
    writer.createSource();
    const refusals = [
      [longAppend(1, 9000, { createTopic: false }), 'unknown_topic'],
      [longAppend(1, 9000, { topic: 'd' }), 'wrong_topic_kind'],
    ] as const;
    for (const [refused, code] of refusals) {
      const [first, ...rest] = writer.partsOfEvents(refused);
      expect(first!().outcomes.events.failed).toMatchObject([{ failure: { code } }]);
      for (const part of rest) {
        expect(part().outcomes.events.failed).toHaveLength(1);
      }
    }
    expect(writer.count('unfinished_appends')).toBe(0);
    expect(writer.count('topics')).toBe(1);
  });

  it('is refused with its last part when the last topic was taken meanwhile, and leaves nothing', () => {
    const writer = openWriter();
    for (let number = 1; number < 10; number++) append(writer, 1, `t${number}`);
    const parts = writer.partsOfEvents(longAppend(1, 9000));
    for (const part of parts.slice(0, -1)) part();
    append(writer, 1, 't10');
    expect(parts.at(-1)!().outcomes.events.failed).toMatchObject([{ failure: { code: 'topic_limit' } }]);
    sweepAll(writer.sweeper);
    expect(tablesOf(writer).filter((table) => table.startsWith('events_'))).toHaveLength(10);
    expect([writer.count('unfinished_appends'), writer.count('removals')]).toEqual([0, 0]);
  });
});

describe('what is left of a long append of events', () => {
  it.each(['written over by what comes next', 'swept'])(
    'is %s, and the next offset is the one behind the end',
    (how) => {
      const writer = openWriter();
      append(writer, 1);
      writer.partsOfEvents(longAppend(2, 9000))[0]!();
      writer.reopen();
      if (how === 'swept') {
        sweepAll(writer.sweeper);
        expect([writer.count('events_1'), writer.count('unfinished_appends')]).toEqual([1, 0]);
      }
      append(writer, 2);
      const { read } = readersOf(writer);
      expect(read()).toMatchObject({ offsets: [1, 2], ids: ['1', '2'], more: false });
      sweepAll(writer.sweeper);
      expect([writer.count('events_1'), writer.count('unfinished_appends')]).toEqual([2, 0]);
      append(writer, 3);
      expect(read()).toMatchObject({ offsets: [1, 2, 3], ids: ['1', '2', '3'] });
    },
  );

  it('is nothing that a part of it can go on with, once something else was written', () => {
    const writer = openWriter();
    append(writer, 1);
    const [first, second] = writer.partsOfEvents(longAppend(2, 9000));
    first!();
    append(writer, 2);
    expect(second!().outcomes.events.failed).toMatchObject([{ failure: { code: 'store_unavailable' } }]);
    expect(writer.ofTopic('next_offset')).toBe(3);
  });

  it('is written over by a longer one and a shorter one', () => {
    const writer = openWriter();
    append(writer, 1);
    const { read } = readersOf(writer);
    writer
      .partsOfEvents(longAppend(100, 17_000))
      .slice(0, 4)
      .forEach((part) => part());
    for (const part of writer.partsOfEvents(longAppend(2, 9000))) part();
    expect(read(8999)).toMatchObject({ ids: ['9000', '9001'] });
    expect(writer.count('events_1')).toBeGreaterThan(9001);
    writer.failUnfinished();
    sweepAll(writer.sweeper);
    expect(writer.count('events_1')).toBe(9001);
    expect(writer.database.prepare('SELECT id FROM events_1 ORDER BY offset').pluck().all()).toEqual(numbers(1, 9001));
  });

  it('is not swept while it goes on', () => {
    const writer = openWriter();
    append(writer, 1);
    const [first, ...rest] = writer.partsOfEvents(longAppend(2, 9000));
    first!();
    sweepAll(writer.sweeper);
    for (const part of rest) expect(part().outcomes.events.failed).toEqual([]);
    expect(writer.count('events_1')).toBe(9001);
  });

  it('goes with the topic, or with the retention of nothing else', () => {
    const writer = openWriter();
    append(writer, 1);
    writer.partsOfEvents(longAppend(2, 9000))[0]!();
    writer.failUnfinished();
    writer.commit((batch) => void batch.change({ kind: 'remove_topic', topic: 't' }));
    sweepAll(writer.sweeper);
    expect([tablesOf(writer).includes('events_1'), writer.count('unfinished_appends')]).toEqual([false, 0]);
    append(writer, 1);
    expect(writer.ofTopic('next_offset')).toBe(2);
  });

  it('goes in steps, and the topic that it would have made with it', () => {
    const writer = openWriter();
    writer.partsOfEvents(longAppend(1, 9000))[0]!();
    writer.reopen();
    sweepAll(writer.sweeper);
    expect(tablesOf(writer).filter((table) => table.startsWith('events_'))).toEqual([]);
    append(writer, 1);
    expect(writer.ofTopic('next_offset')).toBe(2);
  });
});

describe('a long append of rows', () => {
  const ROWS: RowsAppend = {
    topic: 'd',
    schemaVersion: '1.0',
    rows: longRows(1, 25_000),
    quarantine: longQuarantine(1, 4000),
  };

  function openSource(): TestWriter {
    const writer = openWriter();
    writer.createSource();
    writer.commit(
      (batch) =>
        void batch.appendRows({
          ...ROWS,
          rows: values(0),
          quarantine: quarantineOf(failedRow('first'), failedRow('second')),
        }),
    );
    return writer;
  }

  it('is not seen before its last part is committed, nor its quarantined rows', async () => {
    const writer = openSource();
    const { queries, ask } = readersOf(writer);
    const parts = writer.partsOfRows({ ...ROWS, replaced: ['1'] });
    expect(parts).toHaveLength(5);
    for (const part of parts.slice(0, -1)) {
      expect(part().outcomes.rows).toEqual({ failed: [], repeated: [] });
      expect(queries.quarantinedRows('d', { after: 0, limit: 10 })).toHaveLength(2);
      expect(queries.topic('d')).toMatchObject({ rowCount: 1, quarantineCount: 2, nextOffset: 2 });
      expect(await ask('SELECT count(*), max(a) FROM d')).toBe('1\t0');
      expect(await ask('SELECT count(*) FROM d_quarantine')).toBe('2');
    }
    expect(parts.at(-1)!().advanced).toEqual({
      ...{ names: ['d'], offsets: [25_001], generations: [0] },
      quarantines: { names: ['d'], offsets: [4002], generations: [0] },
    });
    expect(queries.topic('d')).toMatchObject({ rowCount: 25_001, quarantineCount: 4001, nextOffset: 25_002 });
    expect(await ask('SELECT count(*), max(a), sum(a) FROM d')).toBe('25001\t25000\t312512500');
    expect(await ask('SELECT count(*) FROM d_quarantine')).toBe('4001');
    const [first, second] = queries.quarantinedRows('d', { after: 0, limit: 2 });
    expect([first, second].map((row) => [row!.offset, Buffer.from(row!.raw).toString()])).toEqual([
      [2, 'second'],
      [3, '1'],
    ]);
    expect(writer.count('unfinished_appends')).toBe(0);
  });

  it('is refused with its last part when what it replaces is gone, and leaves nothing', () => {
    const writer = openSource();
    const parts = writer.partsOfRows({ ...ROWS, replaced: ['7'] });
    for (const part of parts.slice(0, -1)) part();
    expect(parts.at(-1)!().outcomes.rows.failed).toMatchObject([{ failure: { code: 'schema_changed' } }]);
    expect(sweepAll(writer.sweeper)).toBeGreaterThan(1);
    expect([writer.count('rows_1'), writer.count('quarantine_1'), writer.count('unfinished_appends')]).toEqual([
      1, 2, 0,
    ]);
  });

  it('is refused with its first part for another version, and answered when it is repeated', () => {
    const writer = openSource();
    const [refused] = writer.partsOfRows({ ...ROWS, schemaVersion: '1.7' });
    expect(refused!().outcomes.rows.failed).toMatchObject([{ failure: { code: 'schema_changed' } }]);
    const guarded = { ...ROWS, record: recordOf('k', 'body') };
    for (const part of writer.partsOfRows(guarded)) part();
    expect(writer.partsOfRows(guarded)[0]!().outcomes.rows.repeated).toEqual([{ index: 0, answer: 'stored body' }]);
  });

  it('leaves nothing that the next rows stumble over', () => {
    const writer = openSource();
    for (const part of writer.partsOfRows(ROWS).slice(0, 4)) part();
    writer.reopen();
    const [rows, quarantine] = [values(7, 8), quarantineOf(failedRow('third'))];
    writer.commit((batch) => void batch.appendRows({ ...ROWS, rows, quarantine }));
    const { queries } = readersOf(writer);
    expect(queries.topic('d')).toMatchObject({ rowCount: 3, quarantineCount: 3, nextOffset: 4 });
    sweepAll(writer.sweeper);
    expect(writer.database.prepare('SELECT offset, c1 FROM rows_1 ORDER BY offset').raw().all()).toEqual([
      [1, 0],
      [2, 7],
      [3, 8],
    ]);
    expect([writer.count('quarantine_1'), writer.count('unfinished_appends')]).toEqual([3, 0]);
    writer.commit((batch) => void batch.appendRows({ ...ROWS, rows: values(9), quarantine: nothing }));
    expect(writer.count('rows_1')).toBe(4);
  });

  it('leaves nothing behind a truncation or in the way of it', () => {
    const writer = openSource();
    for (const part of writer.partsOfRows(ROWS).slice(0, 4)) part();
    writer.reopen();
    writer.commit((batch) => void batch.change({ kind: 'truncate_data_source', name: 'd', part: 'rows' }));
    expect(writer.count('discarded')).toBe(1);
    writer.commit((batch) => void batch.appendRows({ ...ROWS, rows: values(9), quarantine: nothing }));
    sweepAll(writer.sweeper);
    expect([writer.count('rows_1'), writer.count('quarantine_1'), writer.count('unfinished_appends')]).toEqual([
      1, 2, 0,
    ]);
    writer.commit((batch) => void batch.change({ kind: 'drop_data_source', name: 'd' }));
    expect(tablesOf(writer).filter((table) => table.startsWith('rows_'))).toEqual([]);
  });
});

function tablesOf({ database }: TestWriter): string[] {
  return database.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table'`).pluck().all() as string[];
}
