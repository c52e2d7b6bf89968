import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { defineHub, type HubServerOptions, type LimitStrike, method } from '../../../src/signalr';
import { Deferred } from '../support/deferred';
import { FakeClock } from '../support/fake-clock';
import { useHubs } from '../support/hub-servers';

const hubs = useHubs();
const BIG = 'x'.repeat(100_000);
/** Makes all calls together larger than what is read ahead. */
const PADDING = 'x'.repeat(300);
const CALLS = 400;

/** A hub with large results, and a client that does not read them. */
async function run(options: Omit<HubServerOptions<undefined>, 'logger'> = {}) {
  let started = 0;
  const strikes: LimitStrike[] = [];
  const onLimit = (strike: LimitStrike): void => {
    strikes.push(strike);
  };
  const gone = new Deferred<Error | undefined>();
  const hub = defineHub(
    {
      Big: method([], () => {
        started++;
        return BIG;
      }),
      Flood: method(['number'], ({ caller, signal }, count) => {
        let sent = 0;
        while (sent < count && !signal.aborted) {
          void caller.send('big', BIG);
          sent++;
        }
        return sent;
      }),
      Polite: method([], async ({ caller }) => {
        let sent = 0;
        while (sent < 50 && (await caller.send('big', BIG))) sent++;
        return sent;
      }),
    },
    {
      onDisconnected: (_, error) => {
        gone.resolve(error);
      },
    },
  );
  const running = await hubs.run(hub, { onLimit, ...options });
  const sockets: Socket[] = [];
  running.http.on('connection', (socket) => sockets.push(socket));
  const client = await running.connect();
  const [socket] = sockets;
  if (socket === undefined) throw new Error('There is no socket.');
  return { ...running, client, socket, strikes, gone: gone.promise, started: () => started };
}

const callBig = (i: number): string =>
  JSON.stringify({ type: 1, invocationId: `big-${i}`, target: 'Big', arguments: [], ignored: PADDING });

describe('a client that does not read', () => {
  it('has no further invocation started until it has taken its answers, of which none is lost', async () => {
    const { client, socket, started, gone } = await run();
    client.socket.pause();
    const paused = once(socket, 'pause');
    for (let i = 0; i < CALLS; i++) client.send(callBig(i));
    await paused;
    const before = started();
    // The system's socket buffers take some; after that no more than the high-water mark and one result wait here.
    expect(before).toBeLessThan(CALLS / 2);
    expect(socket.writableLength).toBeLessThan(300_000);
    client.socket.resume();
    for (let i = 0; i < CALLS; i++) expect(await client.nextMessage()).toMatchObject({ invocationId: `big-${i}` });
    expect(started()).toBe(CALLS);
    client.socket.close();
    expect(await gone).toBeUndefined();
  });

  it('is dropped when it takes nothing for sendTimeout, which is reported', async () => {
    const clock = new FakeClock();
    const { client, socket, gone, server, strikes, log } = await run({ clock });
    client.socket.pause();
    for (let i = 0; i < CALLS; i++) client.send(callBig(i));
    while (socket.writableLength < BIG.length) await turn();
    clock.advance(12_000);
    expect((await gone)?.message).toBe('the client takes nothing of what is sent to it: sendTimeout has passed');
    expect(server.connections).toBe(0);
    expect(strikes).toEqual([expect.objectContaining({ limit: 'sendTimeout', remoteAddress: '127.0.0.1' })]);
    expect(log.takeErrors()).toEqual(['limit reached']);
  });

  it('is dropped when calls to it exceed maximumSendBufferSize, which is reported', async () => {
    const { client, socket, gone, strikes, log } = await run();
    client.socket.pause();
    client.send('{"type":1,"invocationId":"f","target":"Flood","arguments":[100000]}');
    expect((await gone)?.message).toBe(
      'the client does not take what is sent to it: maximumSendBufferSize was exceeded',
    );
    expect(socket.destroyed).toBe(true);
    expect(strikes.map(({ limit }) => limit)).toEqual(['maximumSendBufferSize']);
    expect(log.takeErrors()).toEqual(['limit reached']);
  });

  it('is not dropped by a method that awaits each send', async () => {
    const { client } = await run();
    client.send('{"type":1,"invocationId":"p","target":"Polite","arguments":[]}');
    const first = await client.nextMessage();
    expect(first).toMatchObject({ type: 1, target: 'big' });
    let last = first;
    while ((last as { type: number }).type === 1) last = await client.nextMessage();
    expect(last).toMatchObject({ type: 3, invocationId: 'p', result: 50 });
  });
});
