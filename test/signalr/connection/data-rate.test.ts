import { once } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { defineHub, type HubServerOptions, type LimitStrike, method } from '../../../src/signalr';
import { DataRate } from '../../../src/signalr/connection/data-rate';
import { Deferred } from '../support/deferred';
import { FakeClock } from '../support/fake-clock';
import { answerTo, HttpPeer } from '../support/http-peer';
import { useHubs } from '../support/hub-servers';
import type { WireClient } from '../support/wire-client';

const hubs = useHubs();
const TOO_SLOW = {
  type: 7,
  error: 'Connection closed with an error. HubException: a message came in more slowly than minimumDataRate',
  allowReconnect: true,
};

async function run(options: Omit<HubServerOptions<undefined>, 'logger'> = {}) {
  const clock = new FakeClock();
  const strikes: LimitStrike[] = [];
  const end = new Deferred();
  const hub = defineHub({ Echo: method(['json'], (_, value) => value), Wait: method([], () => end.promise) });
  const onLimit = (strike: LimitStrike): void => {
    strikes.push(strike);
  };
  const running = await hubs.run(hub, { clock, onLimit, keepAliveInterval: Infinity, ...options });
  return { ...running, clock, strikes, end };
}

/** Sends a fragment of so many bytes, or the last one. */
async function sendFragment(client: WireClient, size: number, fin = false): Promise<void> {
  client.socket.send(Buffer.alloc(size, 0x20), { fin, binary: true });
  await client.settle();
}

describe('DataRate', () => {
  const limits = { minimumDataRate: 100, dataRateGracePeriod: 5_000, clientTimeout: 30_000 };

  /** How long a message may be on its way that brings so many bytes each second. */
  function lifetime(bytesPerSecond: number, first = 0): number {
    const rate = new DataRate(limits, 0);
    rate.isTooSlow(0, 0, false);
    for (let second = 1; second <= 1_000; second++) {
      if (rate.isTooSlow(second * 1_000, first + second * bytesPerSecond, true)) return second;
    }
    return Infinity;
  }

  it.each([
    [0, 0, 7],
    [50, 0, 13],
    [99, 0, 601],
    [100, 0, Infinity],
    [5_000, 0, Infinity],
    // What came before earns no more than the time after which a silent client is gone.
    [0, 100_000_000, 32],
  ])('lets %i bytes a second go on, after %i at once, for %d s', (bytes, first, seconds) => {
    expect(lifetime(bytes, first)).toBe(seconds);
  });

  it('begins anew after a message, and measures nothing when it is turned off', () => {
    const rate = new DataRate(limits, 0);
    for (let i = 1; i < 100; i++) expect(rate.isTooSlow(i * 4_000, 0, i % 2 === 0)).toBe(false);
    const off = new DataRate({ ...limits, minimumDataRate: 0 }, 0);
    expect(off.isTooSlow(1e9, 0, true)).toBe(false);
  });
});

describe('minimumDataRate', () => {
  it('ends a connection whose WebSocket message stands still', async () => {
    const { connect, clock, strikes, log } = await run();
    const client = await connect();
    await sendFragment(client, 10);
    clock.advance(6_000);
    await client.settle();
    expect(client.unread).toEqual([]);
    clock.advance(1_000);
    expect(await client.nextMessage()).toEqual(TOO_SLOW);
    expect(await client.closed).toBe(1000);
    expect(strikes).toMatchObject([{ limit: 'minimumDataRate', remoteAddress: '127.0.0.1' }]);
    expect(log.takeErrors()).toEqual(['limit reached']);
  });

  it('ends a connection whose hub message stands still between two WebSocket messages', async () => {
    const { connect, clock, log } = await run();
    const client = await connect();
    client.sendRaw('{"type":1,');
    await client.settle();
    clock.advance(7_000);
    expect(await client.nextMessage()).toEqual(TOO_SLOW);
    expect(log.takeErrors()).toEqual(['limit reached']);
  });

  it('does not end a slow one that makes progress, though it takes minutes and pings come between', async () => {
    const { connect, clock } = await run();
    const client = await connect();
    client.send('{"type":6}');
    for (let second = 0; second < 100; second++) {
      await sendFragment(client, 250);
      clock.advance(1_000);
    }
    client.socket.send('{"type":1,"invocationId":"i","target":"Echo","arguments":[1]}\x1e', { fin: true });
    expect(await client.nextMessage()).toMatchObject({ result: 1 });
  });

  it('does not count the time in which the server does not read', async () => {
    const { connect, clock, server } = await run();
    const client = await connect();
    client.sendRaw('{"type":1,"invocationId":"i",');
    await client.settle();
    server.pauseReading();
    clock.advance(100_000);
    server.resumeReading();
    client.sendRaw('"target":"Echo","arguments":[1]}\x1e');
    expect(await client.nextMessage()).toMatchObject({ result: 1 });
  });

  it('does not count what waits for an invocation to end', async () => {
    const { connect, clock, end } = await run();
    const client = await connect();
    const wait = '{"type":1,"invocationId":"w","target":"Wait","arguments":[]}';
    client.send(wait, wait.replace('"w"', '"v"'), '{"type":6}');
    await client.settle();
    clock.advance(100_000);
    end.resolve();
    expect(await client.nextMessage()).toMatchObject({ invocationId: 'w' });
    expect(await client.nextMessage()).toMatchObject({ invocationId: 'v' });
  });

  it.each(['serverSentEvents', 'longPolling'] as const)(
    'answers a POST that stands still with 408 (%s)',
    async (kind) => {
      const { url, clock, http, log } = await run();
      const [peer, events] =
        kind === 'longPolling' ? [await HttpPeer.longPolling(url)] : await HttpPeer.serverSentEvents(url);
      const request = peer.open('POST', { 'content-length': '1000' });
      const arrived = once(http, 'request');
      const answer = answerTo(request);
      request.write('{"type":1,');
      await arrived;
      await turn();
      clock.advance(7_000);
      expect(await answer).toMatchObject({ status: 408, headers: { connection: 'close' } });
      const record = events === undefined ? peer.nextRecord() : events.next();
      expect(JSON.parse(await record)).toEqual(TOO_SLOW);
      expect(log.takeErrors()).toEqual(['limit reached']);
    },
  );
});
