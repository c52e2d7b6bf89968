import { batchOf } from '../../support/batches';
import { recordOf, values } from '../../support/rows';
import { closeWriters, openWriter, sweepAll, type TestWriter } from '../support/test-writer';

afterEach(closeWriters);

/** Every table that holds what belongs to topics, with how many rows it has. */
function leftovers({ database, count }: TestWriter): Record<string, unknown> {
  const tables = database
    .prepare(`SELECT name FROM sqlite_schema WHERE name GLOB 'events_*' OR name GLOB 'discarded_*'`)
    .pluck()
    .all();
  const shared = ['topics', 'streams', 'runs', 'idempotency_records', 'marks', 'removals'];
  return { tables, ...Object.fromEntries(shared.map((table) => [table, count(table)])) };
}

function events(count: number, size = 10): ReturnType<typeof batchOf> {
  const value = 'x'.repeat(size);
  return batchOf(Array.from({ length: count }, (_, index) => ({ timestamp: BigInt(index), id: 'n', value })));
}

describe('the sweep of what was removed', () => {
  it('leaves nothing of a topic: events, runs, streams, records, marks', () => {
    const writer = openWriter();
    const { commit, database } = writer;
    for (const streamId of ['a', 'b', 'c']) {
      commit((batch) => {
        const record = recordOf(streamId, 'body');
        void batch.appendEvents({ topic: 't', streamId, batch: events(3000), createTopic: true, record });
      });
    }
    database.exec('INSERT INTO marks VALUES (1, 1, 0, 0), (1, 2, 0, 0)');
    commit((batch) => void batch.change({ kind: 'remove_topic', topic: 't' }));
    expect(leftovers(writer)).toMatchObject({ tables: ['events_1'], topics: 0, streams: 3, removals: 1 });
    sweepAll(writer.sweeper);
    expect(leftovers(writer)).toEqual({
      ...{ tables: [], topics: 0, streams: 0, runs: 0, idempotency_records: 0, marks: 0, removals: 0 },
    });
  });

  it('takes steps, each a commit, and goes on where another stopped', () => {
    const writer = openWriter();
    writer.commit((batch) => {
      for (let times = 0; times < 10; times++) {
        void batch.appendEvents({ topic: 't', streamId: 's', batch: events(20_000), createTopic: true });
      }
      void batch.change({ kind: 'remove_topic', topic: 't' });
    });
    const before = Number(writer.count('events_1'));
    expect(writer.sweeper.step()).toBe(true);
    const between = Number(writer.count('events_1'));
    expect(between).toBeLessThan(before);
    expect(between).toBeGreaterThan(0);
    expect(sweepAll(writer.newSweeper())).toBeGreaterThan(1);
    expect(leftovers(writer)).toMatchObject({ tables: [], removals: 0 });
  });

  it('deletes no more than about a mebibyte by one statement, however long the texts are', () => {
    const writer = openWriter();
    writer.commit((batch) => {
      void batch.appendEvents({ topic: 't', streamId: 's', batch: events(40, 1024 * 1024), createTopic: true });
      // The removal itself deletes a few, to make room for its note.
      void batch.change({ kind: 'remove_topic', topic: 't' });
    });
    expect(writer.count('events_1')).toBe(39);
  });

  it('deletes the events of a stream wherever they lie, and none of others', () => {
    const writer = openWriter();
    for (let times = 0; times < 50; times++) {
      writer.commit((batch) => {
        void batch.appendEvents({ topic: 't', streamId: 'a', batch: events(30), createTopic: true });
        void batch.appendEvents({ topic: 't', streamId: 'b', batch: events(20), createTopic: true });
      });
    }
    writer.commit((batch) => void batch.change({ kind: 'remove_stream', topic: 't', streamId: 'a' }));
    expect(writer.count('events_1')).toBe(2500);
    sweepAll(writer.sweeper);
    expect(writer.count('events_1')).toBe(1000);
    expect(writer.count('events_1 WHERE stream = 2')).toBe(1000);
    expect(writer.count('runs WHERE series = 1')).toBe(0);
    expect(writer.count('removals')).toBe(0);
  });

  it('never gives the number of a stream to another, also after another opening', () => {
    const writer = openWriter();
    const append = (streamId: string): void => {
      writer.commit((batch) => {
        void batch.appendEvents({ topic: 't', streamId, batch: events(1), createTopic: true });
      });
    };
    append('a');
    append('b');
    writer.commit((batch) => void batch.change({ kind: 'remove_stream', topic: 't', streamId: 'b' }));
    writer.reopen();
    append('c');
    expect(writer.database.prepare('SELECT stream FROM events_1').pluck().all()).toEqual([1, 2, 3]);
    writer.commit((batch) => void batch.change({ kind: 'remove_topic', topic: 't' }));
    sweepAll(writer.newSweeper());
    writer.reopen();
    append('d');
    expect(writer.database.prepare('SELECT id FROM streams').pluck().all()).toEqual([4]);
  });

  it('removes a stream whose topic is removed before its events were', () => {
    const writer = openWriter();
    writer.commit((batch) => {
      void batch.appendEvents({ topic: 't', streamId: 'a', batch: events(2000), createTopic: true });
      void batch.appendEvents({ topic: 't', streamId: 'b', batch: events(2000), createTopic: true });
      void batch.change({ kind: 'remove_stream', topic: 't', streamId: 'a' });
      void batch.change({ kind: 'remove_topic', topic: 't' });
    });
    sweepAll(writer.sweeper);
    expect(leftovers(writer)).toMatchObject({ tables: [], streams: 0, runs: 0, removals: 0 });
  });

  it('leaves nothing of a data source that was dropped', () => {
    const writer = openWriter();
    writer.createSource();
    writer.commit((batch) => {
      void batch.appendRows({
        ...{
          topic: 'd',
          schemaVersion: '1.0',
          rows: values(1, 2),
          quarantine: values(),
          record: recordOf('k', 'body'),
        },
      });
      void batch.change({ kind: 'drop_data_source', name: 'd' });
    });
    sweepAll(writer.sweeper);
    expect(leftovers(writer)).toMatchObject({ tables: [], topics: 0, idempotency_records: 0, removals: 0 });
  });
});
