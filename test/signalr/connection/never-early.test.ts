import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import type { WebSocket } from 'ws';
import { defineHub, method, type HubServerOptions } from '../../../src/signalr';
import { Heartbeat } from '../../../src/signalr/connection/heartbeat';
import { Outbox, FlushQueue } from '../../../src/signalr/connection/outbox';
import type { TransportConnection } from '../../../src/signalr/transports/transport-connection';
import { FakeClock } from '../support/fake-clock';
import { useHubs } from '../support/hub-servers';

const hubs = useHubs();

async function run(options: Omit<HubServerOptions<undefined>, 'logger'> = {}) {
  const clock = new FakeClock();
  const hub = defineHub({ Size: method(['rawJson'], (_, text) => text.length) });
  const running = await hubs.run(hub, { clock, keepAliveInterval: Infinity, ...options });
  return { ...running, clock };
}

/** RFC 6455, 5.2: the frame of a text message as a client sends it, with a mask that changes nothing. */
function frameOf(text: string): Buffer {
  const payload = Buffer.from(text);
  const head = Buffer.alloc(14);
  head.set([0x81, 0x80 | 127]);
  head.writeBigUInt64BE(BigInt(payload.length), 2);
  return Buffer.concat([head, payload]);
}

describe('a duration', () => {
  it('begins when it begins, and not at the heartbeat before', async () => {
    const { open, clock } = await run({ handshakeTimeout: 1000 });
    clock.advance(946);
    const client = await open();
    let closed = false;
    void client.closed.then(() => (closed = true));
    clock.advance(54);
    await client.settle();
    clock.advance(945);
    await client.settle();
    expect(closed).toBe(false);
    clock.advance(1000);
    expect(await client.nextMessage()).toEqual({ error: 'Handshake was canceled.' });
  });

  it('is measured in a time that goes on between two heartbeats, and stands still with the process', () => {
    const clock = new FakeClock();
    const beats: number[] = [];
    const heartbeat = new Heartbeat(clock, 1000, (now) => beats.push(now));
    clock.advance(300);
    expect(heartbeat.now).toBe(300);
    clock.advance(1200);
    expect([heartbeat.now, ...beats]).toEqual([1500, 1000]);
    clock.advance(500);
    expect([heartbeat.now, ...beats]).toEqual([2000, 1000, 2000]);
    heartbeat.stop();
    clock.advance(3_600_000);
    expect(heartbeat.now).toBe(4000);
  });

  it('of what is not taken begins when it is noticed that something waits', () => {
    let unsentBytes = 0;
    const transport = { unsentBytes: 0, send: () => undefined } as Partial<TransportConnection>;
    Object.defineProperty(transport, 'unsentBytes', { get: () => unsentBytes });
    const outbox = new Outbox(transport as TransportConnection, new FlushQueue(), 10_000);
    expect(outbox.isStuck(100_000)).toBe(false);
    unsentBytes = 10;
    expect(outbox.isStuck(200_000)).toBe(false);
    expect(outbox.isStuck(209_999)).toBe(false);
    expect(outbox.isStuck(210_000)).toBe(true);
    outbox.onSent();
    expect(outbox.isStuck(215_000)).toBe(false);
    expect(outbox.isStuck(225_000)).toBe(true);
    unsentBytes = 0;
    expect(outbox.isStuck(300_000)).toBe(false);
  });
});

describe('an upload over a slow line', () => {
  it.each([
    ['as one frame of 4 MiB', (text: string) => [frameOf(text)]],
    ['as frames of 12 KiB', (text: string) => text.match(/[^]{1,12288}/g)!.map(frameOf)],
  ])('keeps its connection for as long as bytes come: %s', async (_, framesOf) => {
    const { connect, http, clock } = await run({ maximumReceiveMessageSize: 8 * 1024 * 1024 });
    const accepted = once(http, 'connection') as Promise<[Socket]>;
    const client = await connect();
    const [atServer] = await accepted;
    client.send('{"type":6}');
    await client.settle();
    const value = JSON.stringify('x'.repeat(4 * 1024 * 1024));
    const message = `{"type":1,"invocationId":"u","target":"Size","arguments":[${value}]}\x1e`;
    const bytes = Buffer.concat(framesOf(message));
    const socket = (client.socket as WebSocket & { _socket: Socket })._socket;
    const seconds = 120;
    const piece = Math.ceil(bytes.length / seconds);
    let received = atServer.bytesRead;
    for (let second = 0; second < seconds; second++) {
      const part = bytes.subarray(second * piece, (second + 1) * piece);
      socket.write(part);
      received += part.length;
      while (atServer.bytesRead < received) await turn();
      clock.advance(1000);
    }
    expect(await client.nextMessage()).toEqual({ type: 3, invocationId: 'u', result: value.length });
  });
});
