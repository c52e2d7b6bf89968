import { defineHub, type HubContext, HubException, type HubFilter, method, streamMethod } from '../../../src/signalr';
import { Deferred } from '../support/deferred';
import { type RunningHub, useHubs } from '../support/hub-servers';
import type { WireClient } from '../support/wire-client';

const hubs = useHubs();
let running: RunningHub<undefined>;
let client: WireClient;
let seen: unknown[];

const hub = defineHub(
  {
    Echo: method(['json'], (_: HubContext, value) => {
      seen.push('method');
      return value;
    }),
    Throw: method([], () => {
      throw new HubException('no');
    }),
    Count: streamMethod(['number'], function* (_: HubContext, count) {
      for (let i = 0; i < count; i++) yield i;
    }),
    Upload: method(['stream'], async (_: HubContext, items) => {
      const all: unknown[] = [];
      for await (const item of items) all.push(item);
      return all;
    }),
  },
  {
    onConnected: () => seen.push('onConnected'),
    onDisconnected: (_, error) => seen.push(['onDisconnected', error?.message]),
  },
);

async function connect(...filters: HubFilter[]): Promise<void> {
  running = await hubs.run(hub, { filters });
  client = await running.connect();
}

beforeEach(() => {
  seen = [];
});

const error = (text: string): object => ({ type: 3, invocationId: 'i', error: text });

describe('filter › invoke', () => {
  it('surrounds invocations, the first outermost, and knows the method by its declared name', async () => {
    const filter = (name: string): HubFilter => ({
      invoke: async ({ method: target, args, context }, next) => {
        seen.push([name, target, args, typeof context.connectionId]);
        const result = await next();
        seen.push(name);
        return `${name}(${String(result)})`;
      },
    });
    await connect(filter('a'), {}, filter('b'));
    expect(await client.invoke('ECHO', 1)).toMatchObject({ result: 'a(b(1))' });
    expect(seen).toEqual([
      'onConnected',
      ['a', 'Echo', [1], 'string'],
      ['b', 'Echo', [1], 'string'],
      'method',
      'b',
      'a',
    ]);
  });

  it('may answer, refuse and change what is invoked, or turn an error into a result', async () => {
    await connect({
      invoke: async (invocation, next) => {
        const [first] = invocation.args;
        if (first === 'answer') return 'answered';
        if (first === 'refuse') throw new HubException('not you');
        if (first === 'change') return next({ ...invocation, args: ['changed'] });
        if (first === 'elsewhere') return next({ ...invocation, method: 'Nowhere' });
        try {
          return await next();
        } catch (reason) {
          return `caught ${String(reason)}`;
        }
      },
    });
    expect(await client.invoke('Echo', 'answer')).toMatchObject({ result: 'answered' });
    const unexpected = "An unexpected error occurred invoking 'Echo' on the server.";
    expect(await client.invoke('Echo', 'refuse')).toEqual(error(`${unexpected} HubException: not you`));
    expect(await client.invoke('Echo', 'change')).toMatchObject({ result: 'changed' });
    expect(await client.invoke('Throw')).toMatchObject({ result: 'caught HubException: no' });
    expect(seen).toEqual(['onConnected', 'method']);
    expect(await client.invoke('Echo', 'elsewhere')).toEqual(error(unexpected));
    expect(running.log.takeErrors()).toEqual(['hub method failed']);
  });

  it('surrounds methods that stream either way', async () => {
    await connect({
      invoke: async ({ method: target }, next) => {
        seen.push(target);
        const result = await next();
        return target === 'Count' ? [...(result as Iterable<unknown>), 'and more'] : result;
      },
    });
    client.send('{"type":4,"invocationId":"s","target":"Count","arguments":[1]}');
    expect(await client.nextMessage()).toMatchObject({ item: 0 });
    expect(await client.nextMessage()).toMatchObject({ item: 'and more' });
    expect(await client.nextMessage()).toEqual({ type: 3, invocationId: 's' });
    client.send('{"type":1,"invocationId":"i","target":"Upload","arguments":[],"streamIds":["1"]}');
    client.send('{"type":2,"invocationId":"1","item":5}', '{"type":3,"invocationId":"1"}');
    expect(await client.nextMessage()).toMatchObject({ result: [5] });
    expect(seen).toEqual(['onConnected', 'Count', 'Upload']);
  });

  it('is not asked about what cannot be invoked', async () => {
    await connect({ invoke: (_, next) => next() });
    expect(await client.invoke('nope')).toMatchObject({ error: expect.stringContaining('does not exist') as string });
    expect(seen).toEqual(['onConnected']);
  });
});

describe('filter › connected, disconnected', () => {
  it('surround the hooks', async () => {
    const gone = new Deferred();
    await connect(
      {
        connected: async (_, next) => {
          seen.push('connecting');
          await next();
          seen.push('connected');
        },
        disconnected: async (_, reason, next) => {
          seen.push(['disconnecting', reason?.message]);
          await next();
          seen.push('disconnected');
          gone.resolve();
        },
      },
      { connected: (_, next) => next() },
    );
    await client.invoke('Echo', 1);
    client.socket.terminate();
    await gone.promise;
    const lost = 'the connection was lost';
    expect(seen).toEqual([
      ...['connecting', 'onConnected', 'connected', 'method'],
      ['disconnecting', lost],
      ['onDisconnected', lost],
      'disconnected',
    ]);
  });

  it('may keep a client out', async () => {
    await connect({
      connected: () => {
        throw new HubException('not today');
      },
    });
    expect(await client.nextMessage()).toEqual({
      type: 7,
      error: 'Connection closed with an error. HubException: not today',
    });
    expect(running.log.takeErrors()).toEqual(['onConnected failed']);
    expect(seen).toEqual([['onDisconnected', 'not today']]);
    await client.closed;
  });

  it('work where the hub has no hooks', async () => {
    const bare = await hubs.run(defineHub({}), {
      filters: [{ connected: async (_, next) => seen.push(await next()), disconnected: (_, __, next) => next() }],
    });
    await bare.connect();
    expect(seen).toEqual([undefined]);
  });
});
