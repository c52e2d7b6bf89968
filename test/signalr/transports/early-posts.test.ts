import { WebSocket } from 'ws';
import { defineHub, type HubContext, method } from '../../../src/signalr';
import { CountedMemory } from '../support/counted-memory';
import { FakeClock } from '../support/fake-clock';
import { type HubOptions, useHubs } from '../support/hub-servers';
import { HttpPeer } from '../support/http-peer';

const hubs = useHubs();
const SHAKE = '{"protocol":"json","version":1}';

function run(options: HubOptions = {}) {
  const clock = new FakeClock();
  const hub = defineHub<string>({
    Echo: method(['json'], (_, value) => value),
    Who: method([], ({ principal }: HubContext<string>) => principal),
  });
  const authenticate = ({ headers }: { headers: NodeJS.Dict<string | string[]> }) => ({
    principal: String(headers['x-token'] ?? 'none'),
    userId: 'ann',
  });
  return hubs.run<string>(hub, { clock, ...options, authenticate } as never).then((running) => ({ ...running, clock }));
}

const call = (target: string, ...args: unknown[]): string =>
  JSON.stringify({ type: 1, invocationId: 'i', target, arguments: args });

describe('a POST before there is a transport', () => {
  it('is answered 200 at once, and is the first that long polling brings', async () => {
    const { url } = await run();
    const peer = await HttpPeer.negotiate(url);
    expect(await peer.post(SHAKE, call('Echo', 1))).toMatchObject({ status: 200, body: '' });
    expect(await peer.post(call('Echo', 2))).toMatchObject({ status: 200, body: '' });
    expect(await peer.poll()).toMatchObject({ status: 200, body: '' });
    let body = '';
    while (!body.includes('"result":2')) body += (await peer.poll()).body;
    expect(body).toBe('{}\x1e{"type":3,"invocationId":"i","result":1}\x1e{"type":3,"invocationId":"i","result":2}\x1e');
  });

  it('is answered 200 at once, and is the first that Server-Sent Events bring', async () => {
    const { url } = await run();
    const peer = await HttpPeer.negotiate(url);
    expect(await peer.post(SHAKE)).toMatchObject({ status: 200, body: '' });
    expect(await peer.ask('POST', call('Echo', 1).slice(0, 20))).toMatchObject({ status: 200 });
    expect(await peer.ask('POST', `${call('Echo', 1).slice(20)}\x1e`)).toMatchObject({ status: 200 });
    const events = await peer.events();
    expect([await events.next(), await events.next()]).toEqual(['{}', '{"type":3,"invocationId":"i","result":1}']);
  });

  it('is answered 200 at once, and is the first that a WebSocket brings', async () => {
    const { url } = await run();
    const peer = await HttpPeer.negotiate(url, { 'x-token': 'posted' });
    expect(await peer.post(SHAKE, call('Who'))).toMatchObject({ status: 200, body: '' });
    const socket = new WebSocket(peer.url.replace('http', 'ws'), { headers: { 'x-token': 'upgraded' } });
    const records: string[] = [];
    const heard = new Promise<void>((resolve) => {
      socket.on('message', (data: Buffer) => {
        records.push(...data.toString().split('\x1e').slice(0, -1));
        if (records.length === 3) resolve();
      });
    });
    socket.on('open', () => {
      socket.send(`${call('Who')}\x1e`);
    });
    await heard;
    // Each has the rights of the request that brought it.
    expect(records).toEqual([
      '{}',
      '{"type":3,"invocationId":"i","result":"posted"}',
      '{"type":3,"invocationId":"i","result":"upgraded"}',
    ]);
    socket.terminate();
  });

  it('keeps the rights of whoever sent it', async () => {
    const { url } = await run();
    const peer = await HttpPeer.negotiate(url);
    await peer.as({ 'x-token': 'first' }).post(SHAKE, call('Who'));
    await peer.as({ 'x-token': 'second' }).post(call('Who'));
    const events = await peer.as({ 'x-token': 'third' }).events();
    expect([await events.next(), await events.next(), await events.next()]).toEqual([
      '{}',
      '{"type":3,"invocationId":"i","result":"first"}',
      '{"type":3,"invocationId":"i","result":"second"}',
    ]);
  });

  it('beyond 64 KiB waits for the transport', async () => {
    const hub = await run({ maximumReceiveMessageSize: 1024 * 1024 });
    const peer = await HttpPeer.negotiate(hub.url);
    await peer.post(SHAKE);
    let answered = false;
    const large = peer.post(call('Echo', 'x'.repeat(200_000)));
    void large.then(() => (answered = true));
    const behind = peer.post(call('Echo', 'behind'));
    // Other requests come and go meanwhile.
    for (let i = 0; i < 5; i++) await HttpPeer.negotiate(hub.url);
    expect(answered).toBe(false);
    const events = await peer.events();
    expect([(await large).status, (await behind).status]).toEqual([200, 200]);
    expect(await events.next()).toBe('{}');
    expect(await events.next()).toHaveLength(200_000 + 41);
    expect(await events.next()).toContain('behind');
  });

  it('is forgotten with its memory when no transport comes in time', async () => {
    const memory = new CountedMemory(10_000_000);
    const hub = await run({ memory });
    const peer = await HttpPeer.negotiate(hub.url);
    expect((await peer.post('x'.repeat(30_000))).status).toBe(200);
    expect(memory.used).toBeGreaterThan(0);
    hub.clock.advance(16_000);
    expect(memory.used).toBe(0);
    expect((await peer.poll()).status).toBe(404);
  });
});
