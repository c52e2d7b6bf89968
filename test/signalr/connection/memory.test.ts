import { once } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { defineHub, type LimitStrike, method } from '../../../src/signalr';
import { CountedMemory } from '../support/counted-memory';
import { Deferred } from '../support/deferred';
import { FakeClock } from '../support/fake-clock';
import { answerTo, HttpPeer } from '../support/http-peer';
import { useHubs } from '../support/hub-servers';
import type { WireClient } from '../support/wire-client';

const hubs = useHubs();
const MEBIBYTE = 1024 * 1024;
const FRAGMENT = Buffer.alloc(64 * 1024, 0x20);

async function run(size: number) {
  const clock = new FakeClock();
  const memory = new CountedMemory(size);
  const strikes: LimitStrike[] = [];
  const errors: (Error | undefined)[] = [];
  const end = new Deferred();
  const hub = defineHub<string>(
    {
      Echo: method(['json'], (_, value) => value),
      Wait: method([], () => end.promise),
    },
    {
      onDisconnected: (_, error) => {
        errors.push(error);
      },
    },
  );
  const running = await hubs.run(hub, {
    clock,
    memory,
    maximumReceiveMessageSize: MEBIBYTE,
    maximumSendBufferSize: 100 * MEBIBYTE,
    authenticate: ({ headers }) => {
      const holder = String(headers['x-holder']);
      return { principal: holder, holder };
    },
    onLimit: (strike) => {
      strikes.push(strike);
    },
  });
  const connect = (holder: string) => running.connect({ headers: { 'x-holder': holder } });
  return { ...running, clock, memory, strikes, errors, end, connect };
}

/** Sends fragments of a message that never ends, until the server has closed. */
async function sendFragments(client: WireClient): Promise<void> {
  const { socket } = client;
  while (socket.readyState === socket.OPEN) {
    await new Promise((resolve) => {
      socket.send(FRAGMENT, { fin: false, binary: true }, resolve);
    });
    await turn();
  }
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await turn();
}

describe('memory that clients take together', () => {
  it('is given to fragments of unfinished messages up to the budget; beyond it, clients are told and close', async () => {
    const { connect, memory, strikes, clock, log, server } = await run(4 * MEBIBYTE);
    const clients = await Promise.all(Array.from({ length: 10 }, (_, i) => connect(`h${i}`)));
    const honest = await connect('honest');
    const attacks = clients.map((client) => sendFragments(client));
    await until(() => strikes.length >= 3);
    expect(memory.most).toBeGreaterThan(3 * MEBIBYTE);
    expect(memory.most).toBeLessThanOrEqual(4 * MEBIBYTE);
    expect(strikes[0]).toMatchObject({ limit: 'memory', remoteAddress: '127.0.0.1' });
    expect(await honest.invoke('Echo', 1)).toMatchObject({ result: 1 });
    for (const client of clients) client.socket.terminate();
    await Promise.all(attacks);
    clock.advance(2_000);
    await until(() => server.connections === 1 && memory.used === 0);
    expect(new Set(log.takeErrors())).toEqual(new Set(['limit reached']));
  });

  it('is shared by holders: who is over its share is told so, and its memory is given back within a second', async () => {
    const { connect, memory, strikes, clock, log, errors } = await run(MEBIBYTE);
    const greedy = await connect('greedy');
    await sendFragments(greedy);
    expect(await greedy.nextMessage()).toEqual({
      type: 7,
      error:
        'Connection closed with an error. HubException: your share of the memory for messages on their way is used up',
      allowReconnect: true,
    });
    expect(memory.most).toBeLessThanOrEqual(MEBIBYTE / 2);
    expect(strikes).toEqual([
      {
        limit: 'memoryShare',
        holder: 'greedy',
        remoteAddress: '127.0.0.1',
        connectionId: expect.any(String) as string,
      },
    ]);
    expect(log.takeErrors()).toEqual(['limit reached']);
    clock.advance(2_000);
    await until(() => errors.length === 1);
    expect(memory.used).toBe(0);
    expect(errors[0]?.message).toContain('your share');
  });

  it('takes what waits for a method, and gives it back when it was taken', async () => {
    const { connect, memory, end } = await run(4 * MEBIBYTE);
    const client = await connect('ann');
    client.send('{"type":1,"invocationId":"w","target":"Wait","arguments":[]}');
    client.send(JSON.stringify({ type: 1, invocationId: 'e', target: 'Echo', arguments: ['x'.repeat(500_000)] }));
    await until(() => memory.used >= 490_000);
    end.resolve();
    expect(await client.next()).toContain('"w"');
    expect((await client.next()).length).toBeGreaterThan(500_000);
    client.socket.close();
    await until(() => memory.used === 0);
  });

  it('costs nothing for messages that arrive in one piece', async () => {
    const { connect, memory } = await run(MEBIBYTE);
    const client = await connect('ann');
    for (let i = 0; i < 100; i++) await client.invoke('Echo', 'x'.repeat(1000));
    expect(memory.most).toBe(0);
  });

  it('is taken by answers that nobody reads; over it, the reader is dropped', async () => {
    const { connect, memory, strikes, log, errors, server } = await run(16 * MEBIBYTE);
    const client = await connect('deaf');
    client.socket.pause();
    for (let i = 0; i < 50; i++) {
      void server.clients.all.send('News', 'x'.repeat(MEBIBYTE));
      await turn();
    }
    await until(() => errors.length === 1);
    expect(strikes.map(({ limit }) => limit)).toEqual(['memoryShare']);
    expect(memory.used).toBe(0);
    expect(memory.most).toBeGreaterThan(0);
    expect(log.takeErrors()).toEqual(['limit reached']);
  });

  it.each([
    [429, 'memoryShare', 0],
    [503, 'memory', 60 * 1024],
  ])('is taken by POSTs that wait; further ones are answered %i (%s)', async (status, limit, takenByOthers) => {
    const { url, memory, strikes, log, http } = await run(64 * 1024);
    memory.used = takenByOthers;
    const peer = await HttpPeer.negotiate(url, { 'x-holder': 'ann' });
    const requests = Array.from({ length: 9 }, () => peer.open('POST', { 'content-length': '50000' }));
    const statuses: (number | undefined)[] = [];
    for (const request of requests) {
      request.on('error', () => undefined);
      answerTo(request).then(
        (answer) => statuses.push(answer.status === status ? Number(answer.headers['retry-after']) : undefined),
        () => undefined,
      );
      request.flushHeaders();
      await once(http, 'request');
      await turn();
    }
    await until(() => statuses.length > 0);
    expect(statuses[0]).toBe(5);
    expect(strikes[0]).toMatchObject({ limit, holder: 'ann' });
    for (const request of requests) request.destroy();
    await until(() => memory.used === takenByOthers);
    expect(log.takeErrors()).toEqual(['limit reached']);
  });
});
