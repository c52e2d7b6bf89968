import { once } from 'node:events';
import type { Socket } from 'node:net';
import { defineHub, type HubServerOptions, method } from '../../../src/signalr';
import { Deferred } from '../support/deferred';
import { type RunningHub, useHubs } from '../support/hub-servers';

const hubs = useHubs();

interface Slow {
  readonly hub: RunningHub<undefined>;
  /** Names of the invocations that have started, in order. */
  readonly started: string[];
  /** Ends an invocation. */
  readonly end: (name: string) => void;
  /** Resolves when an invocation starts. */
  readonly begun: (name: string) => Promise<void>;
}

/** A hub whose method `Wait` ends when it is told to. */
async function runSlow(options: Omit<HubServerOptions<undefined>, 'logger'> = {}): Promise<Slow> {
  const started: string[] = [];
  const running = new Map<string, Deferred>();
  const begun = new Map<string, Deferred>();
  const begin = (name: string): Deferred => {
    const deferred = begun.get(name) ?? new Deferred();
    begun.set(name, deferred);
    return deferred;
  };
  const hub = defineHub({
    Wait: method(['string', 'json'], async (_, name) => {
      started.push(name);
      const deferred = new Deferred();
      running.set(name, deferred);
      begin(name).resolve();
      await deferred.promise;
      return name;
    }),
    Now: method(['string'], (_, name) => {
      started.push(name);
      return name;
    }),
  });
  return {
    hub: await hubs.run(hub, options),
    started,
    end: (name) => running.get(name)?.resolve(),
    begun: (name) => begin(name).promise,
  };
}

const wait = (name: string, padding = ''): string =>
  JSON.stringify({ type: 1, invocationId: name, target: 'Wait', arguments: [name, padding] });
const now = (name: string): string => JSON.stringify({ type: 1, invocationId: name, target: 'Now', arguments: [name] });
const done = (name: string): object => ({ type: 3, invocationId: name, result: name });

describe('maximumParallelInvocations', () => {
  it('is 1 by default: the next starts when the last has completed', async () => {
    const { hub, started, end, begun } = await runSlow();
    const client = await hub.connect();
    client.send(wait('a'), wait('b'), now('c'));
    client.send(wait('d'));
    await client.settle();
    expect(started).toEqual(['a']);
    end('a');
    await begun('b');
    expect(started).toEqual(['a', 'b']);
    end('b');
    await begun('d');
    end('d');
    for (const name of ['a', 'b', 'c', 'd']) expect(await client.nextMessage()).toEqual(done(name));
    expect(started).toEqual(['a', 'b', 'c', 'd']);
  });

  it('when raised, starts invocations in order of arrival and lets them complete in any', async () => {
    const { hub, started, end } = await runSlow({ maximumParallelInvocations: 3 });
    const client = await hub.connect();
    client.send(wait('a'), wait('b'), now('c'), wait('d'), wait('e'));
    expect(await client.nextMessage()).toEqual(done('c'));
    expect(started).toEqual(['a', 'b', 'c', 'd']);
    end('d');
    expect(await client.nextMessage()).toEqual(done('d'));
    expect(started).toEqual(['a', 'b', 'c', 'd', 'e']);
    for (const name of ['e', 'a', 'b']) {
      end(name);
      expect(await client.nextMessage()).toEqual(done(name));
    }
  });

  it('counts for each connection alone', async () => {
    const { hub, begun, end } = await runSlow();
    const clients = [await hub.connect(), await hub.connect()];
    for (const [i, client] of clients.entries()) client.send(wait(`w${i}`));
    await begun('w0');
    await begun('w1');
    end('w1');
    end('w0');
  });
});

describe('maximumParallelInvocationBytes', () => {
  it('holds back the next invocation while running ones came in so many bytes', async () => {
    const { hub, started, end, begun } = await runSlow({
      maximumParallelInvocations: 9,
      maximumParallelInvocationBytes: 1000,
    });
    const client = await hub.connect();
    client.send(wait('a'), wait('b', 'x'.repeat(1000)), wait('c'));
    await client.settle();
    expect(started).toEqual(['a', 'b']);
    end('b');
    await begun('c');
    end('a');
    end('c');
  });
});

describe('a connection that may not start more', () => {
  it('stops its socket instead of gathering what comes', async () => {
    const { hub, end, begun } = await runSlow({ maximumReceiveMessageSize: 100_000 });
    const sockets: Socket[] = [];
    hub.http.on('connection', (accepted) => sockets.push(accepted));
    const client = await hub.connect();
    const [socket] = sockets;
    if (socket === undefined) throw new Error('There is no socket.');
    client.send(wait('a'));
    await begun('a');
    const paused = once(socket, 'pause');
    const flood = Array.from({ length: 100 }, (_, i) => wait(`f${i}`, 'x'.repeat(90_000)));
    for (const record of flood) client.send(record);
    await paused;
    await new Promise(setImmediate);
    // What the transport reads ahead, and the chunk that was in transit.
    expect(socket.bytesRead).toBeLessThan(500_000);
    end('a');
    for (let i = 0; i < flood.length; i++) {
      await begun(`f${i}`);
      end(`f${i}`);
    }
    expect(await client.nextMessage()).toEqual(done('a'));
    for (let i = 0; i < flood.length; i++) expect(await client.nextMessage()).toEqual(done(`f${i}`));
  });
});

describe('pauseReading', () => {
  it('starts nothing until resumeReading, and lets what runs complete', async () => {
    const { hub, started, end, begun } = await runSlow({ maximumParallelInvocations: 5 });
    const client = await hub.connect();
    client.send(wait('a'));
    await begun('a');
    hub.server.pauseReading();
    client.send(now('b'), now('c'));
    end('a');
    expect(await client.nextMessage()).toEqual(done('a'));
    expect(started).toEqual(['a']);
    hub.server.resumeReading();
    expect([await client.nextMessage(), await client.nextMessage()]).toEqual([done('b'), done('c')]);
  });

  it('takes effect between two messages of one frame', async () => {
    const started: number[] = [];
    const hub = await hubs.run(
      defineHub({
        Pause: method(['number'], (_, number) => {
          started.push(number);
          hub.server.pauseReading();
        }),
      }),
      {},
    );
    const client = await hub.connect();
    const record = (n: number): string => `{"type":1,"invocationId":"${n}","target":"Pause","arguments":[${n}]}`;
    client.send(record(1), record(2));
    await client.next();
    expect(started).toEqual([1]);
    hub.server.resumeReading();
    await client.next();
    expect(started).toEqual([1, 2]);
    hub.server.resumeReading();
  });

  it('applies to connections that come later', async () => {
    const { hub } = await runSlow();
    hub.server.pauseReading();
    const client = await hub.open();
    client.send('{"protocol":"json","version":1}', now('a'));
    hub.server.resumeReading();
    expect([await client.next(), await client.nextMessage()]).toEqual(['{}', done('a')]);
  });
});
