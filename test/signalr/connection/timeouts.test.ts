import { once } from 'node:events';
import type { Socket } from 'node:net';
import { defineHub, type HubServerOptions, method } from '../../../src/signalr';
import { Deferred } from '../support/deferred';
import { FakeClock } from '../support/fake-clock';
import { useHubs } from '../support/hub-servers';
import type { WireClient } from '../support/wire-client';

const hubs = useHubs();
const PING = '{"type":6}';
const TIMED_OUT = { type: 7, error: 'Connection closed with an error.', allowReconnect: true };

async function run(options: Omit<HubServerOptions<undefined>, 'logger'> = {}) {
  const clock = new FakeClock();
  const end = new Deferred();
  const gone = new Deferred<Error | undefined>();
  const started = new Deferred();
  const hub = defineHub(
    {
      Echo: method(['json'], (_, value) => value),
      Wait: method([], () => {
        started.resolve();
        return end.promise;
      }),
    },
    {
      onDisconnected: (_, error) => {
        gone.resolve(error);
      },
    },
  );
  const running = await hubs.run(hub, { clock, ...options });
  return { ...running, clock, end, gone: gone.promise, started: started.promise };
}

/** Advances the clock a second at a time, and lets sockets deliver in between. */
async function pass(clock: FakeClock, client: WireClient, seconds: number): Promise<void> {
  for (let i = 0; i < seconds; i++) {
    clock.advance(1_000);
    await client.settle();
  }
}

describe('keep-alive', () => {
  it('pings a client that was sent nothing for 15 s', async () => {
    const { connect, clock } = await run();
    const client = await connect();
    await pass(clock, client, 15);
    expect(client.unread).toEqual([]);
    await pass(clock, client, 1);
    expect(client.unread).toEqual([PING]);
    await pass(clock, client, 17);
    expect(client.unread).toEqual([PING, PING]);
  });

  it.each([
    [1_000, 100],
    [250, 25],
    [3_000, 300],
    [20_000, 1_000],
  ])('set to %i ms, pings are that far apart, and none is later than %i ms', async (keepAliveInterval, beat) => {
    const { connect, clock } = await run({ keepAliveInterval });
    const client = await connect();
    const times: number[] = [];
    client.socket.on('message', () => times.push(clock.now()));
    const step = keepAliveInterval / 20;
    while (times.length < 8) {
      clock.advance(step);
      await client.settle();
    }
    // The handshake counts from the beat after it.
    expect(times[0]! - keepAliveInterval).toBeLessThanOrEqual(beat);
    const gaps = times.slice(1).map((time, i) => time - times[i]!);
    expect(gaps).toEqual(gaps.map(() => keepAliveInterval));
  });

  it('pings a client whose clock beats unevenly by one beat late at most', async () => {
    const { connect, clock } = await run({ keepAliveInterval: 1_000 });
    const client = await connect();
    const times: number[] = [];
    client.socket.on('message', () => times.push(clock.now()));
    // Written between two beats: what follows is late by one of them.
    for (let i = 1; i < 400; i++) {
      clock.advance(37);
      if (i % 60 === 0) await client.invoke('Echo', i);
      else await client.settle();
    }
    const gaps = times.slice(1).map((time, i) => time - times[i]!);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(1_100 + 37);
    expect(Math.max(...gaps)).toBeGreaterThanOrEqual(1_000);
  });

  it('does not ping a client that gets answers', async () => {
    const { connect, clock } = await run();
    const client = await connect();
    for (let i = 0; i < 6; i++) {
      await pass(clock, client, 10);
      expect(await client.invoke('Echo', i)).toMatchObject({ result: i });
    }
    expect(client.unread).toEqual([]);
  });

  it('does not ping before the handshake', async () => {
    const { open, clock } = await run({ handshakeTimeout: Infinity });
    const client = await open();
    await pass(clock, client, 40);
    expect(client.unread).toEqual([]);
  });
});

describe('clientTimeout', () => {
  it('closes the connection of a client that has pinged and then is silent for 30 s', async () => {
    const { connect, clock, gone } = await run();
    const client = await connect();
    client.send(PING);
    await client.settle();
    await pass(clock, client, 30);
    expect(client.unread).toEqual([PING]);
    clock.advance(1_000);
    expect(await client.next()).toBe(PING);
    expect(await client.nextMessage()).toEqual(TIMED_OUT);
    expect(await client.closed).toBe(1000);
    expect((await gone)?.message).toBe('the client has sent nothing, not even a ping: clientTimeout has passed');
  });

  it('does not concern a client that never pings', async () => {
    const { connect, clock } = await run();
    const client = await connect();
    await pass(clock, client, 100);
    expect(await client.next()).toBe(PING);
  });

  it('begins anew with any message', async () => {
    const { connect, clock } = await run();
    const client = await connect();
    client.send(PING);
    for (let i = 0; i < 5; i++) {
      await pass(clock, client, 25);
      client.send('{"type":5,"invocationId":"x"}');
      await client.settle();
    }
    expect(client.unread).not.toContainEqual(expect.stringContaining('"type":7'));
  });

  it('does not pass while invocations keep the server from reading: one runs, the next waits', async () => {
    const { connect, clock, end, started } = await run();
    const client = await connect();
    client.send(PING, '{"type":1,"invocationId":"w","target":"Wait","arguments":[]}');
    client.send('{"type":1,"invocationId":"v","target":"Wait","arguments":[]}');
    await started;
    await pass(clock, client, 100);
    end.resolve();
    await pass(clock, client, 25);
    expect(client.unread).not.toContainEqual(expect.stringContaining('"type":7'));
    expect(client.unread).toContain('{"type":3,"invocationId":"w","result":null}');
    expect(client.unread).toContain('{"type":3,"invocationId":"v","result":null}');
  });

  it('passes while an invocation runs beside which others may start', async () => {
    const { connect, clock, started } = await run({
      maximumParallelInvocations: 2,
      keepAliveInterval: Infinity,
      closeTimeout: 1,
    });
    const client = await connect();
    client.send(PING, '{"type":1,"invocationId":"w","target":"Wait","arguments":[]}');
    await started;
    await pass(clock, client, 29);
    clock.advance(3_000);
    expect(await client.nextMessage()).toEqual(TIMED_OUT);
  });

  it('does not pass while the server has paused reading', async () => {
    const { connect, clock, server } = await run();
    const client = await connect();
    client.send(PING);
    await client.settle();
    server.pauseReading();
    clock.advance(100_000);
    server.resumeReading();
    expect(await client.invoke('Echo', 1)).toMatchObject({ type: 6 });
    expect(client.unread).not.toContainEqual(expect.stringContaining('"type":7'));
  });
});

describe('closeTimeout', () => {
  it('lets the socket of a peer go that does not answer the close frame', async () => {
    const { connect, clock, http, server, gone } = await run();
    const accepted = once(http, 'connection') as Promise<[Socket]>;
    const client = await connect();
    const [socket] = await accepted;
    client.socket.pause();
    server.closeConnections(() => true);
    // The hub hears of it at once.
    expect(await gone).toBeUndefined();
    expect(server.connections).toBe(0);
    clock.advance(4_000);
    expect(socket.destroyed).toBe(false);
    clock.advance(2_000);
    expect(socket.destroyed).toBe(true);
  });
});

describe('closeOnAuthenticationExpiration', () => {
  const hub = defineHub<string>({});

  it.each([
    [true, '{"type":7,"allowReconnect":true}'],
    [false, PING],
  ])(
    'when %p, the next thing a client hears after its expiry is %s',
    async (closeOnAuthenticationExpiration, record) => {
      const clock = new FakeClock();
      const running = await hubs.run(hub, {
        clock,
        closeOnAuthenticationExpiration,
        authenticate: () => ({ principal: 'ann', expiresAt: clock.date() + 10_000 }),
      });
      const client = await running.connect();
      await pass(clock, client, 9);
      expect(client.unread).toEqual([]);
      clock.advance(10_000);
      expect(await client.next()).toBe(record);
    },
  );
});
