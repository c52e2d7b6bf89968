import { defineHub, type HubContext, method } from '../../../src/signalr';
import { Deferred } from '../support/deferred';
import { type RunningHub, useHubs } from '../support/hub-servers';
import type { WireClient } from '../support/wire-client';

const hubs = useHubs();
let running: RunningHub<undefined>;
let client: WireClient;
let contexts: HubContext[];
let gate: Deferred;

/** Resolves when a signal is aborted. */
function whenAborted({ signal }: Pick<HubContext, 'signal'>): Promise<string> {
  return new Promise((resolve) => {
    const tell = (): void => {
      resolve('aborted');
    };
    if (signal.aborted) tell();
    else signal.addEventListener('abort', tell);
  });
}

const hub = defineHub({
  Wait: method([], (context: HubContext) => {
    contexts.push(context);
    return whenAborted(context);
  }),
  LookLate: method([], async (context: HubContext) => {
    contexts.push(context);
    await gate.promise;
    return [context.signal.aborted, context.connectionId];
  }),
  Now: method([], (context: HubContext) => {
    contexts.push(context);
    return context.signal.aborted;
  }),
});

beforeEach(async () => {
  contexts = [];
  gate = new Deferred();
  running = await hubs.run(hub, { maximumParallelInvocations: 3 });
  client = await running.connect();
});

const call = (target: string, invocationId?: string): string =>
  JSON.stringify({ type: 1, invocationId, target, arguments: [] });
const cancel = (invocationId: string): string => JSON.stringify({ type: 5, invocationId });

describe('context › signal', () => {
  it('is aborted when the client cancels the invocation, which is answered all the same', async () => {
    client.send(call('Wait', 'a'), call('LookLate', 'b'), cancel('a'));
    expect(await client.nextMessage()).toEqual({ type: 3, invocationId: 'a', result: 'aborted' });
    expect(contexts.map(({ signal }) => signal.aborted)).toEqual([true, false]);
    gate.resolve();
    expect(await client.nextMessage()).toMatchObject({ invocationId: 'b', result: [false, contexts[0]?.connectionId] });
  });

  it('is aborted although it is looked at only after the invocation was cancelled', async () => {
    client.send(call('LookLate', 'a'), cancel('a'));
    await client.settle();
    gate.resolve();
    expect(await client.nextMessage()).toMatchObject({ invocationId: 'a', result: [true, expect.any(String)] });
  });

  it('is aborted while the next invocation waits for this one to end', async () => {
    const single = await (await hubs.run(hub, {})).connect();
    single.send(call('Wait', 'a'), cancel('a'), call('Now', 'b'));
    expect(await single.nextMessage()).toEqual({ type: 3, invocationId: 'a', result: 'aborted' });
    expect(await single.nextMessage()).toEqual({ type: 3, invocationId: 'b', result: false });
  });

  it.each(['with an id', undefined])('is aborted when the connection ends, for an invocation %s', async (id) => {
    client.send(call('Wait', id));
    await client.settle();
    client.socket.terminate();
    await client.closed;
    expect(await whenAborted(contexts[0]!)).toBe('aborted');
  });

  it('of an invocation that has ended is not aborted any more; that of the connection is', async () => {
    client.send(call('Now', 'a'), call('Now', 'b'), cancel('a'));
    for (const invocationId of ['a', 'b']) {
      expect(await client.nextMessage()).toMatchObject({ invocationId, result: false });
    }
    const aborted = whenAborted({ signal: contexts[0]!.connectionAborted });
    client.socket.close();
    expect(await aborted).toBe('aborted');
    expect(contexts.map(({ signal }) => signal.aborted)).toEqual([false, false]);
  });

  it('is that of the first invocation of an id; a second one waits for it to end, and so does what follows', async () => {
    client.send(call('LookLate', 'a'), call('Now', 'a'), call('LookLate', 'a'), call('Now', 'b'));
    await client.settle();
    expect(contexts).toHaveLength(1);
    gate.resolve();
    const results: unknown[] = [];
    while (results.length < 4) results.push(await client.nextMessage());
    const late = { type: 3, invocationId: 'a', result: [false, contexts[0]!.connectionId] };
    expect(results.slice(0, 2)).toEqual([late, { type: 3, invocationId: 'a', result: false }]);
    expect(results).toEqual(expect.arrayContaining([late, { type: 3, invocationId: 'b', result: false }]));
    expect(contexts).toHaveLength(4);
  });
});
