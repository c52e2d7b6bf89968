import type { IdempotencyRecord } from '../../../../src/store/contract/idempotency';
import type { Batch } from '../../../../src/store/sqlite/queue/batch';
import type { Change, CommitResult } from '../../../../src/store/sqlite/channel/messages';
import { batchAt, batchOf } from '../../support/batches';
import { failedRow, nothing, quarantineOf, recordOf, values } from '../../support/rows';
import { closeWriters, openWriter, type TestWriter } from '../support/test-writer';

afterEach(() => {
  closeWriters();
  jest.useRealTimers();
});

const VERSION = '1.0';

/** An append of events with these timestamps to topic `t`. */
function events(batch: Batch, streamId: string, ...timestamps: number[]): Promise<unknown> {
  return batch.appendEvents({ topic: 't', streamId, batch: batchAt(...timestamps), createTopic: true });
}

function rows(batch: Batch, ...numbers: number[]): Promise<unknown> {
  return batch.appendRows({ topic: 'd', schemaVersion: VERSION, rows: values(...numbers), quarantine: nothing });
}

function change(batch: Batch, kind: Change['kind'], given: object): Promise<void> {
  return batch.change({ kind, ...given } as Change);
}

/** What became of each write of one commit: what it resolves to, or the code of its error. */
async function outcomes(
  writer: TestWriter,
  fill: (batch: Batch) => Promise<unknown>[],
): Promise<{ settled: unknown[]; result: CommitResult; batch: Batch }> {
  let [batch, writes]: [Batch | undefined, Promise<unknown>[]] = [undefined, []];
  const tried = writer.try((filled) => {
    batch = filled;
    writes = fill(filled);
  });
  const result = { ...tried, logBytes: 0 };
  batch!.settle(result);
  const settled = (await Promise.allSettled(writes)).map((outcome) =>
    outcome.status === 'fulfilled' ? outcome.value : (outcome.reason as { code: unknown }).code,
  );
  return { settled, result, batch: batch! };
}

const list = (writer: TestWriter, sql: string): unknown[] => writer.database.prepare(sql).raw().all();

describe('Committer', () => {
  it('carries out appends and changes in the order of the calls', () => {
    const writer = openWriter();
    writer.createSource();
    const status = (): unknown => writer.database.prepare('SELECT status FROM streams').pluck().get();
    writer.commit((batch) => {
      void events(batch, 's', 1);
      void change(batch, 'close_stream', { topic: 't', streamId: 's' });
      void events(batch, 's', 2);
      void rows(batch, 1, 2);
      void change(batch, 'truncate_data_source', { name: 'd', part: 'rows' });
      void rows(batch, 3);
    });
    expect(status()).toBe('open');
    expect(list(writer, 'SELECT offset, timestamp FROM events_2')).toEqual([
      [1, 1],
      [2, 2],
    ]);
    expect(list(writer, 'SELECT offset, c1 FROM rows_1')).toEqual([[3, 3]]);
    expect(writer.ofTopic('row_count', 'd')).toBe(1);
    writer.commit((batch) => {
      void events(batch, 's', 3);
      void change(batch, 'close_stream', { topic: 't', streamId: 's' });
      void rows(batch, 4);
      void change(batch, 'truncate_data_source', { name: 'd', part: 'rows' });
    });
    expect(status()).toBe('closed');
    expect([writer.count('events_2'), writer.count('rows_1'), writer.ofTopic('row_count', 'd')]).toEqual([3, 0, 0]);
  });

  it('fails what breaks a rule, and that alone', async () => {
    const writer = openWriter();
    writer.createSource();
    const appendTo = (batch: Batch, topic: string, createTopic: boolean): Promise<unknown> =>
      batch.appendEvents({ topic, streamId: 's', batch: batchAt(1), createTopic });
    const { settled, result } = await outcomes(writer, (batch) => [
      appendTo(batch, 'none', false),
      events(batch, 's', 1),
      appendTo(batch, 'd', true),
      change(batch, 'close_stream', { topic: 'none', streamId: 's' }),
      change(batch, 'close_stream', { topic: 't', streamId: 'none' }),
      change(batch, 'put_stream', { topic: 'none', streamId: 's', properties: '{}', createTopic: false }),
      change(batch, 'remove_topic', { topic: 'none' }),
      change(batch, 'remove_stream', { topic: 't', streamId: 'none' }),
      change(batch, 'put_stream', { topic: 't', streamId: 'new', properties: '{"a":1}', createTopic: false }),
      change(batch, 'create_data_source', { name: 't', definition: '', columns: [] }),
      change(batch, 'truncate_data_source', { name: 't', part: 'rows' }),
      change(batch, 'drop_data_source', { name: 'none' }),
      change(batch, 'set_retention', { topic: 'none', age: 1, confirmed: true }),
      batch.appendRows({ topic: 't', schemaVersion: VERSION, rows: values(1), quarantine: nothing }),
      batch.appendRows({ topic: 'd', schemaVersion: '1.7', rows: values(2), quarantine: nothing }),
      rows(batch, 3),
    ]);
    expect(settled).toEqual([
      ...['unknown_topic', { position: '1' }, 'wrong_topic_kind'],
      ...['unknown_topic', 'unknown_stream', 'unknown_topic', 'unknown_topic', 'unknown_stream', undefined],
      ...['topic_exists', 'wrong_topic_kind', 'unknown_topic', 'unknown_topic'],
      ...['wrong_topic_kind', 'schema_changed', expect.anything() as unknown],
    ]);
    expect(result.outcomes.events.failed[0]).toEqual({
      index: 0,
      failure: { code: 'unknown_topic', message: 'there is no topic "none"' },
    });
    expect(result.failedChanges.map(({ index, failure }) => [index, failure.message])).toEqual([
      [0, 'there is no topic "none"'],
      [1, 'the topic has no stream "none"'],
      [2, 'there is no topic "none"'],
      [3, 'there is no topic "none"'],
      [4, 'the topic has no stream "none"'],
      [6, 'there is a topic or data source "t" already'],
      [7, expect.stringContaining('"t"')],
      [8, 'there is no data source "none"'],
      [9, 'there is no topic "none"'],
    ]);
    expect(list(writer, 'SELECT stream_id, properties, event_count FROM streams')).toEqual([
      ['s', '{}', 1],
      ['new', '{"a":1}', 0],
    ]);
    expect(list(writer, 'SELECT c1 FROM rows_1')).toEqual([[3]]);
    expect(writer.ofTopic('stream_count')).toBe(2);
  });

  it('says where each append begins, and how far each topic has come', () => {
    const writer = openWriter();
    writer.createSource();
    const commit = (fill: (batch: Batch) => void) => {
      const { outcomes: made, advanced, milliseconds } = writer.try(fill);
      expect(milliseconds).toBeGreaterThan(0);
      expect(milliseconds).toBeLessThan(60_000);
      return [[...made.events.firstOffsets], advanced];
    };
    const t = (offset: number, generation = 0) => ({ names: ['t'], offsets: [offset], generations: [generation] });
    expect(commit((batch) => void events(batch, 'a', 1, 2, 3))).toEqual([[1], t(3)]);
    expect(
      commit((batch) => {
        void events(batch, 'b', 4);
        void events(batch, 'a', 5, 6);
        void rows(batch, 7, 8);
      }),
    ).toEqual([[4, 5], { names: ['t', 'd'], offsets: [6, 2], generations: [0, 0] }]);
    expect(commit((batch) => void change(batch, 'close_stream', { topic: 't', streamId: 'a' }))).toEqual([
      [],
      { names: [], offsets: [], generations: [] },
    ]);
    writer.commit((batch) => void change(batch, 'remove_topic', { topic: 't' }));
    const { outcomes: again, advanced } = writer.try((batch) => void events(batch, 'a', 9));
    expect([[...again.events.firstOffsets], [...again.events.generations], advanced]).toEqual([[1], [3], t(1, 3)]);
  });

  it('keeps count of what a topic and its streams hold, and goes on from there after a restart', () => {
    const writer = openWriter();
    const streams = () =>
      list(writer, 'SELECT stream_id, event_count, first_timestamp, last_timestamp FROM streams ORDER BY id');
    writer.commit((batch) => {
      void events(batch, 'a', 5, 3, 4);
      void events(batch, 'b', 10);
    });
    expect(streams()).toEqual([
      ['a', 3, 3, 5],
      ['b', 1, 10, 10],
    ]);
    writer.reopen();
    writer.commit((batch) => {
      void batch.appendEvents({ topic: 't', streamId: 'a', batch: batchAt(4, -1), createTopic: false });
    });
    writer.commit((batch) => void events(batch, 'a', 7));
    expect(streams()).toEqual([
      ['a', 6, -1, 7],
      ['b', 1, 10, 10],
    ]);
    expect(writer.ofTopic('event_count')).toBe(7);
    expect(writer.ofTopic('next_offset')).toBe(8);
    expect(writer.ofTopic('stream_count')).toBe(2);
    // As arrays: two brackets and the commas between.
    const texts = [batchAt(5, 3, 4), batchAt(10), batchAt(4, -1), batchAt(7)];
    expect(writer.ofTopic('text_bytes')).toBe(texts.reduce((sum, { json }) => sum + json.length + 2, 0));
  });

  it('knows the span of the timestamps of several appends of one commit', () => {
    for (const timestamps of [
      [5, 3, 9, 4],
      [3, 9, 5, 4],
      [9, 3, 4, 5],
    ]) {
      const writer = openWriter();
      writer.commit((batch) => {
        for (const timestamp of timestamps) {
          void events(batch, 's', timestamp);
          void change(batch, 'close_stream', { topic: 't', streamId: 's' });
        }
      });
      expect(list(writer, 'SELECT first_timestamp, last_timestamp, event_count FROM streams')).toEqual([[3, 9, 4]]);
    }
  });

  it('says of no topic that it has come farther that is only changed, or gone', () => {
    const writer = openWriter();
    writer.commit((batch) => void events(batch, 's', 1));
    const put = { topic: 't', streamId: 'new', properties: '{}', createTopic: false };
    expect(writer.try((batch) => void change(batch, 'put_stream', put)).advanced.names).toEqual([]);
    expect(list(writer, 'SELECT stream_id, status FROM streams')).toEqual([
      ['s', 'open'],
      ['new', 'open'],
    ]);
    const { advanced } = writer.try((batch) => {
      void events(batch, 's', 2);
      void batch.appendEvents({ topic: 'u', streamId: 's', batch: batchAt(3), createTopic: true });
      void change(batch, 'remove_topic', { topic: 't' });
    });
    expect(advanced.names).toEqual(['u']);
    expect(list(writer, 'SELECT kind FROM removals')).toEqual([['events']]);
  });

  it('fails a text that is not what it should be with what the engine says of it', () => {
    const writer = openWriter();
    const broken = { ...batchAt(1), json: Buffer.from('{"id":') };
    const { outcomes: made } = writer.try(
      (batch) => void batch.appendEvents({ topic: 't', streamId: 's', batch: broken, createTopic: true }),
    );
    expect(made.events.failed).toEqual([
      {
        index: 0,
        failure: { code: 'internal', message: expect.stringContaining('malformed JSON (SQLITE_ERROR)') as string },
      },
    ]);
  });

  it('makes as many topics and streams as it may, and says when there are too many', async () => {
    const writer = openWriter();
    const range = (count: number) => Array.from({ length: count }, (_, index) => `n${index}`);
    const append = (batch: Batch, topic: string, streamId: string) =>
      batch.appendEvents({ topic, streamId, batch: batchAt(1), createTopic: true });
    const topics = await outcomes(writer, (batch) => range(11).map((topic) => append(batch, topic, 's')));
    expect(topics.settled.slice(9)).toEqual([{ position: '1' }, 'topic_limit']);
    const streams = await outcomes(writer, (batch) => range(100).map((streamId) => append(batch, 'n0', streamId)));
    expect(streams.settled.slice(98)).toEqual([{ position: '100' }, 'stream_limit']);
    expect(streams.result.outcomes.events.failed).toMatchObject([
      { index: 99, failure: { message: 'the topic holds 100 streams, as many as it may' } },
    ]);
    await outcomes(writer, (batch) => [
      change(batch, 'remove_topic', { topic: 'n9' }),
      change(batch, 'remove_stream', { topic: 'n0', streamId: 'n7' }),
    ]);
    const more = await outcomes(writer, (batch) => [append(batch, 'x', 's'), append(batch, 'n0', 'x')]);
    expect(more.settled).toEqual([{ position: expect.any(String) as string }, { position: '101' }]);
  });

  it('removes a stream with all that it counts for', () => {
    const writer = openWriter();
    writer.commit((batch) => {
      void events(batch, 'a', 1, 2);
      void events(batch, 'b', 3);
    });
    writer.commit((batch) => {
      void events(batch, 'a', 4);
      void change(batch, 'remove_stream', { topic: 't', streamId: 'a' });
    });
    expect([writer.ofTopic('event_count'), writer.ofTopic('stream_count')]).toEqual([1, 1]);
    expect(list(writer, 'SELECT stream_id FROM streams')).toEqual([['b']]);
    expect(list(writer, 'SELECT kind, stream FROM removals')).toEqual([['stream', 1]]);
    writer.commit((batch) => void events(batch, 'a', 5));
    expect(list(writer, 'SELECT stream_id, event_count FROM streams ORDER BY id')).toEqual([
      ['b', 1],
      ['a', 1],
    ]);
  });
});

describe('Committer › what was sent before', () => {
  const keyed = (batch: Batch, streamId: string, record: IdempotencyRecord) =>
    batch.appendEvents({ topic: 't', streamId, batch: batchAt(1, 2), createTopic: true, record });

  it('is stored once, within a commit and across commits', async () => {
    const writer = openWriter();
    const record = recordOf('k', 'body');
    const first = await outcomes(writer, (batch) => [keyed(batch, 's', record), keyed(batch, 's', record)]);
    expect(first.settled).toEqual([{ position: '2' }, { position: undefined }]);
    writer.reopen();
    const second = await outcomes(writer, (batch) => [keyed(batch, 's', record), events(batch, 's', 3)]);
    expect(second.settled).toEqual([{ position: undefined }, { position: '3' }]);
    expect(writer.count('events_1')).toBe(3);
  });

  it('is something else under another stream, subject or key', async () => {
    const writer = openWriter();
    await outcomes(writer, (batch) => [keyed(batch, 's', recordOf('k', 'body'))]);
    const { settled } = await outcomes(writer, (batch) => [
      keyed(batch, 'other', recordOf('k', 'body')),
      keyed(batch, 's', recordOf('k', 'body', { subject: 'me' })),
      keyed(batch, 's', recordOf('other', 'body')),
    ]);
    expect(settled).toEqual([{ position: '4' }, { position: '6' }, { position: '8' }]);
  });

  it('is refused under the same key with another body, and stores nothing', async () => {
    const writer = openWriter();
    const { settled, result } = await outcomes(writer, (batch) => [
      keyed(batch, 's', recordOf('k', 'body')),
      keyed(batch, 's', recordOf('k', 'another body')),
    ]);
    expect(settled).toEqual([{ position: '2' }, 'idempotency_mismatch']);
    expect(result.outcomes.events.failed).toMatchObject([
      { failure: { message: 'the idempotency key was used before with another body or for another purpose' } },
    ]);
    expect(writer.count('events_1')).toBe(2);
  });

  it('is stored again once its record has expired, or its stream was removed', async () => {
    jest.useFakeTimers({ now: 1_700_000_000_000, doNotFake: ['performance'] });
    const writer = openWriter();
    const record = recordOf('k', 'body', { expiresAt: Date.now() + 999.5 });
    const send = async () => (await outcomes(writer, (batch) => [keyed(batch, 's', record)])).settled;
    expect(await send()).toEqual([{ position: '2' }]);
    jest.setSystemTime(Date.now() + 999);
    expect(await send()).toEqual([{ position: undefined }]);
    jest.setSystemTime(Date.now() + 1);
    expect(await send()).toEqual([{ position: '4' }]);
    await outcomes(writer, (batch) => [change(batch, 'remove_stream', { topic: 't', streamId: 's' })]);
    expect(await send()).toEqual([{ position: '6' }]);
  });

  it('is answered as the first was, for rows', async () => {
    const writer = openWriter();
    writer.createSource();
    const send = (batch: Batch, record: IdempotencyRecord) =>
      batch.appendRows({
        ...{ topic: 'd', schemaVersion: VERSION, rows: values(1), quarantine: quarantineOf(failedRow('x')), record },
      });
    const { settled, result } = await outcomes(writer, (batch) => [
      send(batch, recordOf('k', 'body')),
      send(batch, recordOf('k', 'body')),
      send(batch, recordOf('k', 'another body')),
      rows(batch, 2),
    ]);
    expect(settled.slice(1, 3)).toEqual([expect.objectContaining({ answer: 'stored body' }), 'idempotency_mismatch']);
    expect(result.outcomes.rows.repeated).toEqual([{ index: 1, answer: 'stored body' }]);
    expect([writer.ofTopic('row_count', 'd'), writer.ofTopic('quarantine_count', 'd')]).toEqual([2, 1]);
    expect(list(writer, 'SELECT c1 FROM rows_1')).toEqual([[1], [2]]);
    expect(list(writer, 'SELECT key, stream_id, stream FROM idempotency_records')).toEqual([['k', '', null]]);
  });
});

describe('Committer › rows that replace quarantined ones', () => {
  it('takes each once, and leaves nothing of a replay that comes second', async () => {
    const writer = openWriter();
    writer.createSource();
    const send = (batch: Batch, number: number, replaced: string[]) =>
      batch.appendRows({
        ...{ topic: 'd', schemaVersion: VERSION, rows: values(number), quarantine: nothing, replaced },
      });
    writer.commit((batch) => {
      const quarantine = quarantineOf(failedRow('a'), failedRow('b'), failedRow('c'));
      void batch.appendRows({ topic: 'd', schemaVersion: VERSION, rows: nothing, quarantine });
    });
    const { settled } = await outcomes(writer, (batch) => [
      send(batch, 1, ['1', '3']),
      send(batch, 2, ['2', '3']),
      rows(batch, 3),
    ]);
    expect(settled).toEqual([expect.anything() as unknown, 'schema_changed', expect.anything() as unknown]);
    expect(list(writer, 'SELECT offset, c1 FROM rows_1')).toEqual([
      [1, 1],
      [2, 3],
    ]);
    expect(list(writer, 'SELECT offset FROM quarantine_1')).toEqual([[2]]);
    expect([writer.ofTopic('row_count', 'd'), writer.ofTopic('quarantine_count', 'd')]).toEqual([2, 1]);
  });
});

describe('Committer › a failure of the engine', () => {
  const broken = (batch: Batch) => change(batch, 'put_stream', { topic: 't', streamId: 's', properties: {} });

  it('undoes the whole commit, and nothing of it is taken for known', async () => {
    const writer = openWriter();
    writer.createSource();
    writer.commit((batch) => void events(batch, 's', 1));
    expect(() =>
      writer.try((batch) => {
        void events(batch, 's', 2);
        void events(batch, 'new', 3);
        void batch.appendEvents({ topic: 'new', streamId: 's', batch: batchAt(4), createTopic: true });
        void rows(batch, 5);
        void change(batch, 'truncate_data_source', { name: 'd', part: 'rows' });
        void broken(batch);
      }),
    ).toThrow();
    expect(writer.database.inTransaction).toBe(false);
    expect(writer.recall()).toBeUndefined();
    expect([writer.count('events_2'), writer.count('rows_1'), writer.count('streams')]).toEqual([1, 0, 1]);
    const { settled } = await outcomes(writer, (batch) => [
      events(batch, 's', 6),
      events(batch, 'new', 7),
      batch.appendEvents({ topic: 'new', streamId: 's', batch: batchAt(8), createTopic: false }),
      rows(batch, 9),
    ]);
    expect(settled.slice(0, 3)).toEqual([{ position: '2' }, { position: '3' }, 'unknown_topic']);
    expect(list(writer, 'SELECT offset, c1 FROM rows_1')).toEqual([[1, 9]]);
    expect([writer.ofTopic('event_count'), writer.ofTopic('stream_count')]).toEqual([3, 2]);
    expect(list(writer, 'SELECT id, event_count FROM streams ORDER BY id')).toEqual([
      [1, 2],
      [2, 1],
    ]);
  });

  it('is thrown as it is when the engine has undone everything by itself', () => {
    const writer = openWriter();
    writer.commit((batch) => void events(batch, 's', 1));
    const pages = Number(writer.database.pragma('page_count', { simple: true }));
    writer.database.pragma(`max_page_count = ${pages}`);
    const large = batchOf([{ timestamp: 1n, id: 'large', value: 'x'.repeat(100_000) }]);
    const send = () =>
      writer.try((batch) => void batch.appendEvents({ topic: 't', streamId: 's', batch: large, createTopic: true }));
    expect(send).toThrow(expect.objectContaining({ code: 'SQLITE_FULL' }) as Error);
    expect(writer.database.inTransaction).toBe(false);
    writer.database.pragma('max_page_count = 1000000');
    expect([...send().outcomes.events.firstOffsets]).toEqual([2]);
  });
});

describe('Committer › recall', () => {
  it('knows what became of the last two commits, also when the thread has begun anew, and of no other', () => {
    const writer = openWriter();
    for (const timestamp of [1, 2, 3]) writer.commit((batch) => void events(batch, 's', timestamp));
    writer.reopen('thread');
    const t = (offset: number) => ({ advanced: { names: ['t'], offsets: [offset], generations: [0] } });
    expect([1, 2, 3, 4].map((number) => writer.recall(number))).toEqual([undefined, t(2), t(3), undefined]);
    writer.reopen('store');
    expect(writer.recall(3)).toBeUndefined();
  });

  it.each<[string, (batch: Batch) => Promise<unknown>[]]>([
    ['appends alone', (batch) => [events(batch, 'a', 1), events(batch, 'b', 2, 3), events(batch, 'a', 4)]],
    ['appends that fail', (batch) => [events(batch, 'a', 1), batch.appendEvents(appendToNone())]],
    ['rows that fail', (batch) => [rows(batch, 1), batch.appendRows({ ...rowsToNone(), topic: 'none' })]],
    [
      'appends sent before',
      (batch) =>
        ['k', 'k'].map((key) =>
          batch.appendEvents({ ...appendToNone(), createTopic: true, record: recordOf(key, 'body') }),
        ),
    ],
    [
      'rows sent before',
      (batch) => ['k', 'k'].map((key) => batch.appendRows({ ...rowsToNone(), record: recordOf(key, 'body') })),
    ],
    [
      'an append that fails beside rows sent before',
      (batch) => [
        batch.appendEvents(appendToNone()),
        ...['k', 'k'].map((key) => batch.appendRows({ ...rowsToNone(), record: recordOf(key, 'body') })),
      ],
    ],
    [
      'rows that fail beside rows sent before',
      (batch) => [
        ...['k', 'k'].map((key) => batch.appendRows({ ...rowsToNone(), record: recordOf(key, 'body') })),
        batch.appendRows({ ...rowsToNone(), topic: 'none' }),
      ],
    ],
    [
      'an append and rows that fail',
      (batch) => [batch.appendEvents(appendToNone()), batch.appendRows({ ...rowsToNone(), topic: 'none' })],
    ],
    ['changes', (batch) => [events(batch, 'a', 1), change(batch, 'close_stream', { topic: 't', streamId: 'a' })]],
    ['changes that fail', (batch) => [change(batch, 'close_stream', { topic: 'none', streamId: 'a' })]],
  ])('gives of %s what the commit itself gave', async (_, fill) => {
    const writer = openWriter();
    writer.createSource();
    const { result, batch } = await outcomes(writer, fill);
    const record = writer.recall();
    expect(batch.recall(record!)).toEqual({ ...result, refusedCreators: undefined, milliseconds: 0 });
  });

  it('writes down no more than how far the topics came when every append was stored', () => {
    const writer = openWriter();
    writer.commit((batch) => void events(batch, 's', 1));
    expect(Object.keys(writer.recall()!)).toEqual(['advanced']);
  });
});

function appendToNone() {
  return { topic: 'none', streamId: 's', batch: batchAt(1), createTopic: false };
}

function rowsToNone() {
  return { topic: 'd', schemaVersion: VERSION, rows: values(1), quarantine: nothing };
}

describe('Committer › changes', () => {
  it('revokes a token for the longest time it was revoked for, and drops those that have expired', () => {
    const writer = openWriter();
    const now = Date.now();
    const revoke = (...revocations: [string, number | null][]): unknown[] => {
      writer.commit((batch) => {
        for (const [tokenId, expiresAt] of revocations) void change(batch, 'revoke_token', { tokenId, expiresAt });
      });
      return list(writer, 'SELECT token_id, expires_at FROM revoked_tokens ORDER BY token_id');
    };
    const [soon, late] = [now + 3_600_000, now + 7_200_000];
    expect(revoke(['a', soon], ['b', late], ['c', null], ['d', 1])).toHaveLength(4);
    expect(revoke(['a', late], ['b', soon], ['c', soon])).toEqual([
      ['a', late],
      ['b', late],
      ['c', null],
    ]);
  });

  it('probes by writing as many bytes as are asked for, in place of those before', () => {
    const writer = openWriter();
    for (const bytes of [10, 5000]) writer.commit((batch) => void change(batch, 'probe', { bytes }));
    expect(list(writer, 'SELECT length(filler), at > 0 FROM probes')).toEqual([[5000, 1]]);
  });

  it('counts what the same commit has stored when it is asked to keep none of it', async () => {
    const writer = openWriter();
    const retention = (batch: Batch) => change(batch, 'set_retention', { topic: 't', bytes: 1, confirmed: false });
    const { settled } = await outcomes(writer, (batch) => [events(batch, 's', 1, 2, 3), retention(batch)]);
    expect(settled).toEqual([{ position: '3' }, 'confirmation_required']);
  });

  it('replaces the properties of a stream, which it makes if there is none, and leaves its status', () => {
    const writer = openWriter();
    const put = (batch: Batch, properties: string) =>
      change(batch, 'put_stream', { topic: 't', streamId: 's', properties, createTopic: true });
    writer.commit((batch) => {
      void put(batch, '{"a":1}');
      void change(batch, 'close_stream', { topic: 't', streamId: 's' });
    });
    writer.commit((batch) => void put(batch, '{"b":2}'));
    expect(list(writer, 'SELECT properties, status FROM streams')).toEqual([['{"b":2}', 'closed']]);
  });

  it('adds columns to a data source, whose rows are of the new schema from then on', async () => {
    const writer = openWriter();
    writer.createSource();
    const { settled } = await outcomes(writer, (batch) => [
      rows(batch, 1),
      change(batch, 'change_data_source', {
        ...{ name: 'd', schemaVersion: VERSION, definition: 'new', added: [{ name: 'b', storage: 'any', fill: 'x' }] },
      }),
      rows(batch, 2),
      batch.appendRows({
        ...{ topic: 'd', schemaVersion: '1.1', quarantine: nothing },
        rows: { json: Buffer.from('[null,3,"y"]'), count: 1 },
      }),
    ]);
    expect(settled).toEqual([expect.anything() as unknown, undefined, 'schema_changed', expect.anything() as unknown]);
    expect(list(writer, 'SELECT c1, c2 FROM rows_1')).toEqual([
      [1, 'x'],
      [3, 'y'],
    ]);
    expect(writer.ofTopic('definition', 'd')).toBe('new');
    writer.commit((batch) => void change(batch, 'drop_data_source', { name: 'd' }));
    expect(writer.count('topics')).toBe(0);
  });
});
