import type { RowsAppend } from '../../../../src/store/contract/row-store';
import { WriterHubError } from '../../../../src/errors';
import { OutcomeUnknown } from '../../../../src/store/contract/outcome-unknown';
import type { CommitRecord, CommitRequest, CommitResult } from '../../../../src/store/sqlite/channel/messages';
import { ThreadLost } from '../../../../src/store/sqlite/channel/worker-calls';
import { WriteQueue } from '../../../../src/store/sqlite/queue/write-queue';
import { batchAt } from '../../support/batches';
import { nothing, recordOf, rowTexts, values } from '../../support/rows';

/** A writer that commits when it is told to, and a queue in front of it. */
function queueBeforeWriter(maxBytes = 1e6) {
  const requests: CommitRequest[] = [];
  const answers: ((result: CommitResult) => void)[] = [];
  const listener = { onPressure: jest.fn(), onCommitted: jest.fn(), onFailed: jest.fn() };
  const refusals: ((error: WriterHubError) => void)[] = [];
  const recall = jest.fn<Promise<CommitRecord | undefined>, [number]>();
  const commit = (request: CommitRequest): Promise<CommitResult> => {
    requests.push(request);
    return new Promise((resolve, reject) => {
      answers.push(resolve);
      refusals.push(reject);
    });
  };
  const queue = new WriteQueue({ commit, recall }, maxBytes, listener);
  const answer = (index: number): void => {
    const { events, packages } = requests[index]!.groups;
    const allStored = ({ topics }: { readonly topics: readonly unknown[] }) => ({
      failed: [],
      firstOffsets: Float64Array.from(topics, () => 1),
      generations: Float64Array.from(topics, () => 0),
    });
    answers[index]!({
      outcomes: { events: allStored(events), packages: allStored(packages), rows: { failed: [], repeated: [] } },
      failedChanges: [],
      advanced: { names: [], offsets: [], generations: [] },
      milliseconds: 1,
      logBytes: 0,
    });
  };
  const append = (streamId: string) => queue.append({ topic: 't', streamId, batch: batchAt(1), createTopic: true });
  return { queue, requests, answer, append, listener, recall, refusals };
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

  it('makes few topics in one commit', async () => {
    const { queue, requests } = queueBeforeWriter();
    const appends = Array.from({ length: 400 }, (_, number) => ({
      topic: `t${number % 200}`,
      streamId: 's',
      batch: batchAt(1),
      createTopic: true,
    }));
    for (const append of appends) void queue.append(append);
    await turnOfTheLoop();
    const [first, second] = requests.map(({ groups }) => groups.events.topics.length);
    expect(first).toBeLessThan(200);
    expect(first! + second!).toBeGreaterThanOrEqual(100);
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
    expect(listener.onPressure.mock.calls).toEqual([
      [true, undefined],
      [false, undefined],
    ]);
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

describe('WriteQueue whose writer is lost', () => {
  const lost = (): ThreadLost => new ThreadLost('the writer', undefined);
  const stored = (end: number): CommitRecord => ({ advanced: { names: ['t'], offsets: [end], generations: [0] } });
  const notStored = { code: 'store_unavailable', message: expect.stringContaining('before it had stored') as string };

  /** Two batches at a writer that is to be lost, and one that waits. */
  async function sendThree() {
    const parts = queueBeforeWriter();
    const { append, refusals } = parts;
    const first = [append('a'), append('b')];
    await turnOfTheLoop();
    const second = [append('a')];
    await turnOfTheLoop();
    const third = [append('c')];
    await turnOfTheLoop();
    expect(parts.requests.map(({ number }) => number)).toEqual([1, 2]);
    const lose = (): void => {
      for (const refuse of refusals) refuse(lost());
    };
    return { ...parts, first, second, third, lose };
  }

  it('asks for each commit, in order, and answers those that were made as if nothing had been', async () => {
    const { recall, requests, listener, first, second, third, answer, lose } = await sendThree();
    recall.mockResolvedValueOnce(stored(7)).mockResolvedValueOnce(stored(8));
    lose();
    expect(await Promise.all(first)).toEqual([{ position: '6' }, { position: '7' }]);
    expect(await Promise.all(second)).toEqual([{ position: '8' }]);
    expect(recall.mock.calls).toEqual([[1], [2]]);
    expect(listener.onFailed).not.toHaveBeenCalled();
    expect(listener.onCommitted).toHaveBeenCalledTimes(2);
    await turnOfTheLoop();
    expect(requests[2]).toMatchObject({ number: 3, knownFailure: 0 });
    answer(2);
    await Promise.all(third);
  });

  it('rejects those that were not made, and what waits behind them', async () => {
    const { recall, queue, requests, listener, first, second, third, lose } = await sendThree();
    recall.mockResolvedValueOnce(stored(2)).mockResolvedValueOnce(undefined);
    lose();
    const [one, two, three] = await Promise.all([first, second, third].map((appends) => Promise.allSettled(appends)));
    expect(one).toMatchObject([{ status: 'fulfilled' }, { status: 'fulfilled' }]);
    expect(two).toMatchObject([{ status: 'rejected', reason: notStored }]);
    expect(three).toMatchObject([{ status: 'rejected', reason: notStored }]);
    expect(listener.onFailed).toHaveBeenCalledTimes(1);
    expect(queue.size).toEqual({ appends: 0, bytes: 0 });
    expect(requests).toHaveLength(2);
  });

  it('gives exact answers of a commit in which some steps failed', async () => {
    const { append, queue, recall, refusals } = queueBeforeWriter();
    const appends = [append('a'), append('b'), append('c')];
    const change = queue.change({ kind: 'close_stream', topic: 't', streamId: 'x' });
    await turnOfTheLoop();
    const failure = { code: 'stream_limit', message: 'as many as it may' } as const;
    const failedChanges = [{ index: 0, failure: { code: 'unknown_stream', message: 'none' } as const }];
    const events = { failed: [{ index: 1, failure }], firstOffsets: [5, 0, 6], generations: [0, 0, 0] };
    const packages = { failed: [], firstOffsets: [], generations: [] };
    recall.mockResolvedValueOnce({
      ...stored(6),
      steps: { events, packages, rows: { failed: [], repeated: [] }, failedChanges },
    });
    refusals[0]!(lost());
    expect(await Promise.allSettled([...appends, change])).toMatchObject([
      { value: { position: '5' } },
      { reason: failure },
      { value: { position: '6' } },
      { reason: { code: 'unknown_stream' } },
    ]);
  });

  it('says that nobody knows while the writer cannot be asked, and commits nothing until it can', async () => {
    const { recall, queue, append, requests, listener, first, second, third, answer, lose } = await sendThree();
    recall.mockRejectedValue(lost());
    lose();
    const outcomes = await Promise.allSettled([...first, ...second, ...third]);
    const errors = outcomes.map((outcome) => (outcome as PromiseRejectedResult).reason as WriterHubError);
    expect(errors.map((error) => error.code)).toEqual(Array(4).fill('store_unavailable'));
    expect(errors.map((error) => error instanceof OutcomeUnknown)).toEqual([true, true, true, false]);
    expect(errors[0]!.message).toBe('the store cannot write: it cannot find out whether this is stored or not');
    const unknown = errors.filter((error) => error instanceof OutcomeUnknown);
    await expect(unknown[0]!.outcome()).rejects.toBeInstanceOf(OutcomeUnknown);
    await expect(append('d')).rejects.toThrow('it cannot find out what became of earlier writes');
    expect(requests).toHaveLength(2);
    expect(queue.size).toEqual({ appends: 0, bytes: 0 });

    recall.mockReset().mockResolvedValueOnce(stored(9)).mockResolvedValueOnce(undefined);
    const next = append('d');
    await expect(unknown[0]!.outcome()).resolves.toEqual({ position: '8' });
    await expect(unknown[1]!.outcome()).resolves.toEqual({ position: '9' });
    const last = unknown[2]!.outcome();
    await expect(last).rejects.toMatchObject(notStored);
    await expect(last).rejects.not.toBeInstanceOf(OutcomeUnknown);
    expect(listener.onCommitted).toHaveBeenCalledTimes(1);
    await turnOfTheLoop();
    answer(2);
    await next;
  });

  it('rejects what was called while it was found out that the one before was not made', async () => {
    const { recall, append, requests, refusals, answer, queue } = queueBeforeWriter();
    const first = append('a');
    await turnOfTheLoop();
    let found: (record: CommitRecord | undefined) => void = () => undefined;
    recall.mockReturnValueOnce(new Promise((resolve) => (found = resolve)));
    refusals[0]!(lost());
    const second = append('a');
    await turnOfTheLoop();
    found(undefined);
    expect(await Promise.allSettled([first, second])).toMatchObject([{ reason: notStored }, { reason: notStored }]);
    expect(requests).toHaveLength(1);
    expect(queue.size).toEqual({ appends: 0, bytes: 0 });
    const third = append('a');
    await turnOfTheLoop();
    expect(requests[1]).toMatchObject({ knownFailure: 1 });
    answer(1);
    await third;
  });

  it('carries out what was called once a failure was known that has taken others along', async () => {
    const { append, recall, requests, refusals, answer } = queueBeforeWriter();
    const first = append('a');
    await turnOfTheLoop();
    const second = append('a');
    await turnOfTheLoop();
    let found: (record: CommitRecord | undefined) => void = () => undefined;
    recall.mockResolvedValueOnce(undefined).mockReturnValueOnce(new Promise((resolve) => (found = resolve)));
    for (const refuse of refusals) refuse(lost());
    await expect(first).rejects.toMatchObject(notStored);
    const third = append('a');
    await turnOfTheLoop();
    found(undefined);
    await expect(second).rejects.toMatchObject(notStored);
    await turnOfTheLoop();
    expect(requests).toHaveLength(3);
    answer(2);
    await third;
  });

  it('finds out before it carries out what was called meanwhile', async () => {
    const { recall, append, requests, refusals, answer } = queueBeforeWriter();
    const first = append('a');
    await turnOfTheLoop();
    let found: (record: CommitRecord) => void = () => undefined;
    recall.mockReturnValueOnce(new Promise((resolve) => (found = resolve)));
    refusals[0]!(lost());
    const second = append('a');
    await turnOfTheLoop();
    await turnOfTheLoop();
    expect(requests).toHaveLength(1);
    found(stored(1));
    await first;
    await turnOfTheLoop();
    expect(requests).toHaveLength(2);
    answer(1);
    await second;
  });
});

describe('WriteQueue whose writer fails', () => {
  it('fails what waits behind a failure, and tells the writer which failures it knows of', async () => {
    const { append, requests, refusals, answer, listener } = queueBeforeWriter();
    const appends = [append('a')];
    for (const streamId of ['b', 'c']) {
      await turnOfTheLoop();
      appends.push(append(streamId));
    }
    await turnOfTheLoop();
    const settled = Promise.allSettled(appends);
    refusals[0]!(new WriterHubError('store_unavailable', 'the disk is full'));
    await turnOfTheLoop();
    const next = append('d');
    await turnOfTheLoop();
    // The writer refuses it: it was sent before its sender knew of the failure.
    refusals[1]!(new WriterHubError('store_unavailable', 'a write before this one has failed'));
    await turnOfTheLoop();
    answer(2);
    await next;
    expect((await settled).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(requests.map(({ number, knownFailure }) => [number, knownFailure])).toEqual([
      [1, 0],
      [2, 0],
      [3, 1],
    ]);
    expect(listener.onFailed).toHaveBeenCalledTimes(2);
  });
});
