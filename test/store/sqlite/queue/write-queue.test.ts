import type { RowsAppend } from '../../../../src/store/contract/row-store';
import type { CommitRequest, CommitResult } from '../../../../src/store/sqlite/channel/messages';
import { WriteQueue } from '../../../../src/store/sqlite/queue/write-queue';
import { batchAt } from '../../support/batches';
import { nothing, recordOf, rowTexts, values } from '../../support/rows';

/** A writer that commits when it is told to, and a queue in front of it. */
function queueBeforeWriter(maxBytes = 1e6) {
  const requests: CommitRequest[] = [];
  const answers: ((result: CommitResult) => void)[] = [];
  const listener = { onPressure: jest.fn(), onCommitted: jest.fn(), onFailed: jest.fn() };
  const queue = new WriteQueue(
    (request) => {
      requests.push(request);
      return new Promise((resolve) => answers.push(resolve));
    },
    maxBytes,
    listener,
  );
  const answer = (index: number): void => {
    const { topics } = requests[index]!.groups.events;
    const places = {
      firstOffsets: Float64Array.from(topics, () => 1),
      generations: Float64Array.from(topics, () => 0),
    };
    answers[index]!({
      outcomes: { events: { failed: [], ...places }, rows: { failed: [], repeated: [] } },
      failedChanges: [],
      advanced: { names: [], offsets: [], generations: [] },
      milliseconds: 1,
    });
  };
  const append = (streamId: string) => queue.append({ topic: 't', streamId, batch: batchAt(1), createTopic: true });
  return { queue, requests, answer, append, listener };
}

const turnOfTheLoop = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

describe('WriteQueue', () => {
  it('hands over at the end of the turn what came in it, joined by stream', async () => {
    const { append, requests } = queueBeforeWriter();
    for (const streamId of ['a', 'b', 'a']) void append(streamId);
    expect(requests).toEqual([]);
    await turnOfTheLoop();
    expect(requests.map(({ groups }) => groups.events.streamIds)).toEqual([['a', 'b']]);
    expect(Buffer.from(requests[0]!.text).toString()).toBe(
      '[{"timestamp":1,"id":"1"},{"timestamp":1,"id":"1"}][{"timestamp":1,"id":"1"}]',
    );
  });

  it('keeps at most two batches at the writer, and lets what waits grow into the next', async () => {
    const { append, requests, answer } = queueBeforeWriter();
    const first = append('a');
    await turnOfTheLoop();
    for (const streamId of ['b', 'c', 'd']) {
      void append(streamId);
      await turnOfTheLoop();
    }
    expect(requests.map(({ groups }) => groups.events.streamIds)).toEqual([['a'], ['b']]);
    answer(0);
    await first;
    await turnOfTheLoop();
    expect(requests.map(({ groups }) => groups.events.streamIds)).toEqual([['a'], ['b'], ['c', 'd']]);
  });

  it('does not join appends across a change', async () => {
    const { append, queue, requests } = queueBeforeWriter();
    void append('a');
    void queue.change({ kind: 'close_stream', topic: 't', streamId: 'a' });
    void append('a');
    await turnOfTheLoop();
    expect(requests[0]!.groups.events.streamIds).toEqual(['a', 'a']);
    expect(requests[0]!.changes).toMatchObject([{ before: { events: 1, rows: 0 } }]);
  });

  it('joins rows by data source, and leaves alone what is more than rows', async () => {
    const { queue, requests } = queueBeforeWriter();
    const send = (append: Partial<RowsAppend>) =>
      void queue.appendRows({ topic: 'd', schemaVersion: '1.0', rows: nothing, quarantine: nothing, ...append });
    for (const topic of ['d', 'e', 'd']) send({ topic, rows: values(1) });
    send({ rows: values(2), record: recordOf('k', 'body') });
    for (const schemaVersion of ['1.0', '1.1', '1.1']) send({ schemaVersion, rows: values(3) });
    send({ rows: values(4), quarantine: rowTexts('["YQ==",[],[],[]]') });
    send({ replaced: ['7'] });
    void queue.change({ kind: 'truncate_data_source', name: 'd', part: 'rows' });
    send({ rows: values(5) });
    await turnOfTheLoop();
    const { groups, text, records, changes } = requests[0]!;
    const { rows } = groups;
    const ends = [...rows.rowsEnds].flatMap((end, index) => [end, rows.quarantineEnds[index]!]);
    const texts = ends.map((end, index) => Buffer.from(text.subarray(ends[index - 1] ?? 0, end)).toString());
    expect(
      rows.topics.map((topic, index) => [topic, rows.schemaVersions[index], texts[index * 2], texts[index * 2 + 1]]),
    ).toEqual([
      ['d', '1.0', '[[null,1],[null,1]]', ''],
      ['e', '1.0', '[[null,1]]', ''],
      ['d', '1.0', '[[null,2]]', ''],
      ['d', '1.0', '[[null,3]]', ''],
      ['d', '1.1', '[[null,3],[null,3]]', ''],
      ['d', '1.0', '[[null,4]]', '[["YQ==",[],[],[]]]'],
      ['d', '1.0', '', ''],
      ['d', '1.0', '[[null,5]]', ''],
    ]);
    expect(text).toHaveLength(ends.at(-1)!);
    expect([...rows.records]).toEqual([-1, -1, 0, -1, -1, -1, -1, -1]);
    expect(records.keys).toEqual(['k']);
    expect(rows.replaced).toEqual([{ group: 6, offsets: [7] }]);
    expect(changes).toMatchObject([{ before: { events: 0, rows: 7 } }]);
  });

  it('counts what records, definitions and ids of replaced rows hold, beside texts', async () => {
    const { queue, answer, requests } = queueBeforeWriter();
    const weights = [0];
    const weigh = (): unknown => weights.push(queue.size.bytes - weights.reduce((sum, weight) => sum + weight));
    const append = { topic: 'd', schemaVersion: '1.0', rows: nothing, quarantine: nothing };
    const writes = [queue.appendRows(append)];
    weigh();
    writes.push(queue.appendRows({ ...append, record: recordOf('k', 'body', { answer: 'x'.repeat(10_000) }) }));
    weigh();
    writes.push(queue.appendRows({ ...append, replaced: Array.from({ length: 1000 }, (_, index) => String(index)) }));
    weigh();
    const created = queue.change({
      kind: 'create_data_source',
      name: 'd',
      definition: 'x'.repeat(10_000),
      columns: [],
    });
    weigh();
    expect(weights).toEqual([0, 256, expect.closeTo(10_300, -2), expect.closeTo(8256, -2), expect.closeTo(10_256, -2)]);
    await turnOfTheLoop();
    expect(requests).toHaveLength(1);
    answer(0);
    await Promise.all([...writes, created]);
    expect(queue.size).toEqual({ appends: 0, bytes: 0 });
  });

  it('stays full until it has fallen to half its limit', async () => {
    const { append, queue, answer, listener } = queueBeforeWriter(1000);
    const first = append('a');
    await turnOfTheLoop();
    const rest = Promise.all([append('b'), append('c'), append('d')]);
    await turnOfTheLoop();
    expect(queue.full).toBe(true);
    answer(0);
    await first;
    expect(queue.full).toBe(true);
    answer(1);
    await rest;
    expect(queue.full).toBe(false);
    expect(listener.onPressure.mock.calls).toEqual([[true], [false]]);
  });

  it('is idle when nothing waits', async () => {
    const { append, queue, answer } = queueBeforeWriter();
    await expect(queue.idle()).resolves.toBeUndefined();
    void append('a');
    let idle = false;
    const becameIdle = queue.idle().then(() => (idle = true));
    await turnOfTheLoop();
    expect(idle).toBe(false);
    answer(0);
    await becameIdle;
    expect(queue.size).toEqual({ appends: 0, bytes: 0 });
  });
});
