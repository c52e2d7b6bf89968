import type { StoredBatch } from '../../src/client';
import { freshName, SharedHub } from '../support/shared-hub';
import { TestHub, token } from '../support/test-hub';
import { clientOf, numbers, valuesOf, watchInvocations } from './support/client';
import { MemoryStore } from './support/memory-store';

const NOWHERE = 'http://127.0.0.1:1';
const sharedServer = new SharedHub();
const event = (value: string) => ({ id: 'e', value });

/** Sends without a server and ends, as a page does that is closed. */
async function leave(store: MemoryStore, ...calls: [stream: string, events: object | object[]][]): Promise<void> {
  const client = clientOf(NOWHERE, { offlineStore: store, batchDelayMs: 0 });
  const results = Promise.allSettled(calls.map(([stream, events]) => client.send('t', stream, events as never)));
  await client.close();
  // Pages come one after the other, and so do their keys.
  const now = Date.now();
  while (Date.now() === now) await new Promise((resolve) => setImmediate(resolve));
  expect((await results).every(({ status }) => status === 'rejected')).toBe(true);
}

describe('the offline store', () => {
  it('holds events until the server has them', async () => {
    const [hub, t] = [await sharedServer.hub(), freshName('t')];
    const store = new MemoryStore();
    const client = clientOf(hub.url, { offlineStore: store });
    await Promise.all(numbers(3).map((stream) => client.send(t, stream, event('0'))));
    expect(store.kept).toHaveLength(3);
    await client.close();
    expect(store.batches.size).toBe(0);
  });

  it('has a later client send what an earlier one has left, in order and before its own events', async () => {
    const hub = await TestHub.start();
    const store = new MemoryStore();
    for (const n of numbers(5)) await leave(store, ['s', event(n)], ['other', event(n)]);
    expect(store.batches.size).toBe(10);
    const client = clientOf(hub.url, { offlineStore: store });
    await client.send('t', 's', event('5'));
    await client.flush();
    expect(await valuesOf(hub, 't', 's')).toEqual(numbers(6));
    expect(await valuesOf(hub, 't', 'other')).toEqual(numbers(5));
    await client.close();
    expect(store.batches.size).toBe(0);
  });

  it('lets events be sent again under the same key, so that none is stored twice', async () => {
    const hub = await TestHub.start();
    const store = new MemoryStore();
    await leave(store, ['s', event('0')]);
    const copies = [new MemoryStore(), new MemoryStore()];
    for (const copy of copies) for (const [key, text] of store.batches) copy.batches.set(key, text);
    const invocations = watchInvocations();
    for (const offlineStore of copies) await clientOf(hub.url, { offlineStore }).flush();
    expect(invocations.map(({ key }) => key)).toEqual([...store.batches.keys(), ...store.batches.keys()]);
    expect(await valuesOf(hub, 't', 's')).toEqual(['0']);
  });

  it('is told which of its events are refused for good, and only those', async () => {
    const hub = await TestHub.start();
    const store = new MemoryStore();
    const bad = { id: 'e', timestamp: 2n ** 63n };
    await leave(store, ['s', event('0')], ['s', [event('x'), bad]], ['s', event('1')]);
    expect(store.batches.size).toBe(1);
    const client = clientOf(hub.url, { offlineStore: store });
    await client.flush();
    expect(await valuesOf(hub, 't', 's')).toEqual(['0', '1']);
    expect(store.refusals).toMatchObject([
      {
        batch: { topic: 't', streamId: 's', sizes: [2], events: [{ value: 'x' }, {}] },
        error: { code: 'invalid_events' },
      },
    ]);
    await client.close();
    expect(store.batches.size).toBe(0);
  });

  it.each(['not a token', token('read:t')])('is not emptied by a refused token: %#', async (wrong) => {
    const hub = await TestHub.start();
    const store = new MemoryStore();
    await leave(store, ['s', event('0')]);
    let bearer = wrong;
    let trouble = 0;
    const client = clientOf(hub.url, {
      offlineStore: store,
      token: () => bearer,
      onState: (_, error) => {
        trouble += error === undefined ? 0 : 1;
      },
    });
    if (wrong === 'not a token') {
      while (trouble < 3) await new Promise((resolve) => setImmediate(resolve));
      expect(store.batches.size).toBe(1);
      bearer = token('admin');
      await client.flush();
      expect(await valuesOf(hub, 't', 's')).toEqual(['0']);
    } else {
      // The token is good, and may not do it: those are the server's words on the events.
      await client.flush();
      expect(store.refusals).toMatchObject([{ error: { code: 'forbidden' } }]);
    }
  });

  it('that fails is told of, and events are sent from memory', async () => {
    const [hub, t] = [await sharedServer.hub(), freshName('t')];
    const errors: unknown[] = [];
    const full = new Error('the quota is exceeded');
    const store = new MemoryStore();
    jest.spyOn(store, 'save').mockRejectedValue(full);
    jest.spyOn(store, 'load').mockRejectedValue(full);
    const client = clientOf(hub.url, { offlineStore: store, onStoreError: (error) => errors.push(error) });
    await client.send(t, 's', event('0'));
    expect(await valuesOf(hub, t, 's')).toEqual(['0']);
    expect(errors).toEqual([full, full]);
  });

  it('may answer at once, without a promise', async () => {
    const [hub, t] = [await sharedServer.hub(), freshName('t')];
    const batches = new Map<string, StoredBatch>();
    const errors: unknown[] = [];
    const client = clientOf(hub.url, {
      offlineStore: {
        name: 'at once',
        load: () => [
          { key: '0-left', topic: t, streamId: 's', events: [{ id: 'e', timestamp: '1', value: '0' }], sizes: [1] },
        ],
        save: (batch) => void batches.set(batch.key, batch),
        remove: (key) => void batches.delete(key),
        refused: () => undefined,
      },
      onStoreError: (error) => errors.push(error),
    });
    const sent = client.send(t, 's', event('1'));
    await client.flush();
    await sent;
    await client.close();
    expect(await valuesOf(hub, t, 's')).toEqual(['0', '1']);
    expect([errors, batches.size]).toEqual([[], 0]);
  });

  it('that throws at once is told of as one that rejects is, whatever it was asked', async () => {
    const hub = await TestHub.start();
    const store = new MemoryStore();
    await leave(store, ['s', [event('x'), { id: 'e', timestamp: 2n ** 63n }]]);
    const errors: unknown[] = [];
    for (const name of ['save', 'remove', 'refused'] as const) {
      jest.spyOn(store, name).mockImplementation(() => {
        throw new Error(name);
      });
    }
    const options = { offlineStore: store, onStoreError: (error: unknown) => errors.push(String(error)) };
    const client = clientOf(hub.url, options);
    await client.send('t', 's', event('0'));
    await client.flush();
    jest.spyOn(store, 'load').mockImplementation(() => {
      throw new Error('load');
    });
    await clientOf(hub.url, options).send('t', 's', event('1'));
    await new Promise((resolve) => setImmediate(resolve));
    expect(await valuesOf(hub, 't', 's')).toEqual(['0', '1']);
    expect(new Set(errors)).toEqual(new Set(['save', 'remove', 'refused', 'load'].map((name) => `Error: ${name}`)));
  });
});
