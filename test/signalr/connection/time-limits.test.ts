import { once } from 'node:events';
import { defineHub, type HubServerSettings, method } from '../../../src/signalr';
import { Deferred } from '../support/deferred';
import { FakeClock } from '../support/fake-clock';
import { type RunningHub, useHubs } from '../support/hub-servers';
import { HttpPeer } from '../support/http-peer';
import { setImmediate as turn } from 'node:timers/promises';

const hubs = useHubs();
const LIMIT = 2_000;
/** All are looked at once a second. */
const BEAT = 1_000;

interface Watched extends RunningHub<undefined> {
  readonly clock: FakeClock;
  readonly gone: Promise<unknown>;
}

async function run(options: HubServerSettings, phase: number): Promise<Watched> {
  const clock = new FakeClock();
  const gone = new Deferred<unknown>();
  const hub = defineHub(
    {
      Hang: method([], () => new Promise(() => undefined)),
      Ask: method([], ({ caller }) =>
        caller.invoke('Answer').catch(() => {
          gone.resolve('asked');
        }),
      ),
    },
    {
      onDisconnected: (_, error) => {
        gone.resolve(error ?? 'left');
      },
    },
  );
  const running = await hubs.run<undefined>(hub, { clock, keepAliveInterval: Infinity, ...options });
  clock.advance(phase);
  return { ...running, clock, gone: gone.promise };
}

/** What has begun, and what happens when a limit ends it. */
interface Begun {
  readonly end: Promise<unknown>;
}

/** Begins what each limit ends. */
const LIMITS: Record<string, (hub: Watched) => Promise<Begun>> = {
  handshakeTimeout: async ({ open }) => ({ end: (await open()).next() }),
  keepAliveInterval: async ({ connect }) => ({ end: (await connect()).next() }),
  clientTimeout: async ({ connect }) => {
    const client = await connect();
    client.send('{"type":6}');
    await client.settle();
    return { end: client.next() };
  },
  pollTimeout: async (hub) => {
    const peer = await HttpPeer.longPolling(hub.url);
    const arrived = once(hub.http, 'request');
    const answer = peer.poll();
    await arrived;
    for (let i = 0; i < 3; i++) await turn();
    return { end: answer };
  },
  disconnectTimeout: async (hub) => {
    await HttpPeer.longPolling(hub.url);
    return { end: hub.gone };
  },
  negotiationTimeout: async (hub) => {
    const peer = await HttpPeer.negotiate(hub.url);
    // More than is taken without a transport.
    const arrived = once(hub.http, 'request');
    const answer = peer.post('x'.repeat(100_000));
    await arrived;
    return { end: answer };
  },
  closeTimeout: async ({ connect, server }) => {
    const client = await connect();
    client.send('{"type":1,"target":"Hang","arguments":[]}');
    await client.settle();
    server.closeConnections(() => true);
    return { end: client.next() };
  },
  clientResultTimeout: async (hub) => {
    const client = await hub.connect();
    client.send('{"type":1,"target":"Ask","arguments":[]}');
    await client.next();
    return { end: hub.gone };
  },
};

describe.each(Object.keys(LIMITS))('%s', (name) => {
  it.each([0, 1, 250, 500, 999])(
    'never ends anything early, and late by a beat at most: begun %i ms after one',
    async (phase) => {
      const hub = await run({ [name]: LIMIT }, phase);
      const { end } = await LIMITS[name]!(hub);
      let ended = false;
      void end.then(() => (ended = true));
      const began = hub.clock.now();
      const settle = async (): Promise<void> => {
        // A request there and back: what was sent before has come.
        for (let i = 0; i < 3; i++) await HttpPeer.negotiate(hub.url);
      };
      hub.clock.advance(LIMIT - 1);
      await settle();
      expect([hub.clock.now() - began, ended]).toEqual([LIMIT - 1, false]);
      hub.clock.advance(BEAT + 1);
      await end;
    },
  );
});
