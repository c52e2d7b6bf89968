import { WriterHubError } from '../../src/errors';
import { type StoreBatch, storeUpload, type UploadSummary, type UploadWindow } from '../../src/hub/batch-upload';
import { HubException } from '../../src/signalr';
import { Deferred } from '../signalr/support/deferred';

const item = (streamId: unknown, events: unknown): string => JSON.stringify({ streamId, events });

async function* upload(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) {
    await Promise.resolve();
    yield Buffer.from(text);
  }
}

/** Stores an upload of events. */
function streamEvents(
  items: AsyncIterable<Uint8Array>,
  store: StoreBatch,
  window?: UploadWindow,
): Promise<UploadSummary> {
  const form = { content: 'events', code: 'invalid_events' } as const;
  return storeUpload(items, { form, store, ...(window && { window }) });
}

/** Stores what it is told to only when it is told. */
class SlowStore {
  readonly begun: { streamId: unknown; events: string; done: Deferred }[] = [];
  #onBegun: (() => void) | undefined;

  readonly store: StoreBatch = (streamId, events) => {
    const done = new Deferred();
    this.begun.push({ streamId, events: Buffer.from(events).toString(), done });
    this.#onBegun?.();
    return done.promise;
  };

  async until(count: number): Promise<void> {
    while (this.begun.length < count) {
      await new Promise<void>((resolve) => {
        this.#onBegun = resolve;
      });
    }
  }
}

/** Stores at once, and refuses what is `"bad"`. */
function quickStore(): { readonly stored: [unknown, string][]; readonly store: StoreBatch } {
  const stored: [unknown, string][] = [];
  return {
    stored,
    store: (streamId, events) => {
      const text = Buffer.from(events).toString();
      if (text === '"bad"') throw new WriterHubError('invalid_events', 'no events', { problems: [] });
      stored.push([streamId, text]);
      return Promise.resolve();
    },
  };
}

describe('storeUpload', () => {
  it('stores items in order, the text of their events to the byte, and says how much that was', async () => {
    const { stored, store } = quickStore();
    const items = [
      '{"streamId":"a","events":[ {"timestamp":1618133869000000001} ]}',
      ' { "Events" : [1.50] , "StreamId" : "b" } ',
      '{"\\u0073treamId":"\\u0063","events":{}}',
    ];
    expect(await streamEvents(upload(...items), store)).toEqual({ batches: 3, bytes: 45 });
    expect(stored).toEqual([
      ['a', '[ {"timestamp":1618133869000000001} ]'],
      ['b', '[1.50]'],
      ['c', '{}'],
    ]);
  });

  it('names what an item of its form holds', async () => {
    const form = { content: 'data', code: 'invalid_parameters' } as const;
    const { stored, store } = quickStore();
    const items = ['{"streamId":"a","data":{"timestamps":[1]}}', '{"StreamId":"b","Data":{}}'];
    expect(await storeUpload(upload(...items), { form, store })).toEqual({ batches: 2, bytes: 20 });
    expect(stored).toEqual([
      ['a', '{"timestamps":[1]}'],
      ['b', '{}'],
    ]);
    const refused = storeUpload(upload('{"streamId":"a","events":[]}'), { form, store });
    await expect(refused).rejects.toMatchObject({
      code: 'invalid_parameters',
      message: 'batch 0: the item has the unknown property "events" (0 before it are stored)',
    });
  });

  it('answers an empty upload', async () => {
    expect(await streamEvents(upload(), quickStore().store)).toEqual({ batches: 0, bytes: 0 });
  });

  it.each([
    ['nonsense', 'invalid_events: the item is not an object {streamId, events}'],
    ['{nonsense}', 'malformed_json: malformed JSON at byte 1'],
    ['[]', 'invalid_events: the item is not an object {streamId, events}'],
    ['{}', 'invalid_events: the item has no streamId'],
    ['{"streamId":"a"}', 'invalid_events: the item has no events'],
    ['{"events":[]}', 'invalid_events: the item has no streamId'],
    ['{"streamId":"a","events":[],"x":1}', 'invalid_events: the item has the unknown property "x"'],
    ['{"streamId":"a","events":[],"toString":1}', 'invalid_events: the item has the unknown property "toString"'],
    ['{"streamId":"a","StreamId":"a","events":[]}', 'invalid_events: the item has streamId twice'],
    ['{"streamId":"a","events":[]}}', 'malformed_json: malformed JSON at byte 28'],
    ['{"streamId":"a","events":[],}', 'malformed_json: malformed JSON at byte 28'],
    ['{"streamId":"a","events":[}', 'malformed_json: malformed JSON at byte 26'],
    [item('a', 'bad'), 'invalid_events: no events'],
  ])('ends at %s, of which nothing is stored, and says which batch that was', async (bad, reason) => {
    const { stored, store } = quickStore();
    const [code = '', text = ''] = reason.split(/: (.*)/);
    const failed = streamEvents(upload(item('a', [1]), item('b', [2]), bad, item('c', [3])), store);
    await expect(failed).rejects.toMatchObject({ code, message: expect.stringMatching(/^batch 2: /) as string });
    await expect(failed).rejects.toThrow(text);
    await expect(failed).rejects.toThrow(/\(2 before it are stored\)$/);
    expect(stored.map(([streamId]) => streamId)).toEqual(['a', 'b']);
  });

  it('takes no more items than the window is wide until one is stored', async () => {
    const slow = new SlowStore();
    let taken = 0;
    const items = async function* (): AsyncGenerator<Uint8Array> {
      for await (const text of upload(...Array.from({ length: 6 }, (_, i) => item('s', [i])))) {
        taken++;
        yield text;
      }
    };
    const summary = streamEvents(items(), slow.store, { batches: 2, bytes: 1000 });
    await slow.until(2);
    await new Promise(setImmediate);
    expect([taken, slow.begun.length]).toEqual([2, 2]);
    for (let i = 0; i < 6; i++) {
      await slow.until(i + 1);
      slow.begun[i]?.done.resolve();
    }
    expect(await summary).toMatchObject({ batches: 6 });
    expect(slow.begun.map(({ events }) => events)).toEqual(['[0]', '[1]', '[2]', '[3]', '[4]', '[5]']);
  });

  it('counts the bytes that are underway too', async () => {
    const slow = new SlowStore();
    const summary = streamEvents(upload(item('s', 'x'.repeat(50)), item('s', 1)), slow.store, {
      batches: 9,
      bytes: 50,
    });
    await slow.until(1);
    await new Promise(setImmediate);
    expect(slow.begun).toHaveLength(1);
    slow.begun[0]?.done.resolve();
    await slow.until(2);
    slow.begun[1]?.done.resolve();
    expect(await summary).toEqual({ batches: 2, bytes: 53 });
  });

  it('ends when the disk refuses a batch, although the client sends nothing, and says what is stored', async () => {
    const slow = new SlowStore();
    const silent = new Deferred<IteratorResult<Uint8Array>>();
    const texts = [item('a', 1), item('b', 2), item('c', 3)];
    const items: AsyncIterator<Uint8Array> & AsyncIterable<Uint8Array> = {
      next: () => {
        const text = texts.shift();
        return text === undefined ? silent.promise : Promise.resolve({ done: false, value: Buffer.from(text) });
      },
      return: () => {
        silent.resolve({ done: true, value: undefined });
        return silent.promise;
      },
      [Symbol.asyncIterator]: () => items,
    };
    const failed = streamEvents(items, slow.store);
    await slow.until(3);
    slow.begun[0]?.done.resolve();
    slow.begun[1]?.done.reject(new WriterHubError('store_unavailable', 'the disk is full'));
    slow.begun[2]?.done.resolve();
    await expect(failed).rejects.toMatchObject({
      code: 'store_unavailable',
      message: 'batch 1: the disk is full (1 before it are stored, and 1 after it)',
    });
  });

  it('waits for what is underway when the upload breaks off, and says how much is stored', async () => {
    const slow = new SlowStore();
    const items = async function* (): AsyncGenerator<Uint8Array> {
      yield* upload(item('a', 1), item('b', 2));
      throw new HubException('The underlying connection was closed.');
    };
    const failed = streamEvents(items(), slow.store);
    await slow.until(2);
    for (const { done } of slow.begun) done.resolve();
    const text = 'The underlying connection was closed. (2 batches are stored)';
    await expect(failed).rejects.toEqual(new HubException(text));
  });
});
