import type { CommitRequest, CommitResult } from '../../../src/store/sqlite/messages';
import { WriteQueue } from '../../../src/store/sqlite/write-queue';
import { batchAt } from '../batches';

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
    const firstOffsets = Float64Array.from(requests[index]!.groups.topics, () => 1);
    answers[index]!({ firstOffsets, failedGroups: [], failedChanges: [], milliseconds: 1 });
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
    expect(requests.map(({ groups }) => groups.streamIds)).toEqual([['a', 'b']]);
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
    expect(requests.map(({ groups }) => groups.streamIds)).toEqual([['a'], ['b']]);
    answer(0);
    await first;
    await turnOfTheLoop();
    expect(requests.map(({ groups }) => groups.streamIds)).toEqual([['a'], ['b'], ['c', 'd']]);
  });

  it('does not join appends across a change', async () => {
    const { append, queue, requests } = queueBeforeWriter();
    void append('a');
    void queue.change({ kind: 'close_stream', topic: 't', streamId: 'a' });
    void append('a');
    await turnOfTheLoop();
    expect(requests[0]!.groups.streamIds).toEqual(['a', 'a']);
    expect(requests[0]!.changes).toMatchObject([{ beforeGroup: 1 }]);
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
