import { once } from 'node:events';
import { defineHub, type HubServerOptions, method } from '../../../src/signalr';
import { formatEvent } from '../../../src/signalr/transports/server-sent-events';
import { Deferred } from '../support/deferred';
import { FakeClock } from '../support/fake-clock';
import { type RunningHub, useHubs } from '../support/hub-servers';
import { HttpPeer } from '../support/http-peer';

const hubs = useHubs();

interface Watched extends RunningHub<undefined> {
  readonly clock: FakeClock;
  /** Why the connection ended. */
  readonly disconnected: Promise<Error | undefined>;
  /** Lets `Wait` end. */
  readonly end: Deferred;
  readonly waited: Promise<void>;
}

async function run(options: Omit<HubServerOptions<undefined>, 'logger'> = {}): Promise<Watched> {
  const clock = new FakeClock();
  const disconnected = new Deferred<Error | undefined>();
  const end = new Deferred();
  const waited = new Deferred();
  const hub = defineHub(
    {
      Echo: method(['json'], (_context, value) => value),
      Times: method(['number'], ({ caller }, count) => {
        for (let i = 0; i < count; i++) void caller.send('Tick', i);
      }),
      Leave: method([], (context) => {
        context.abort();
      }),
      Wait: method([], async () => {
        await end.promise;
        waited.resolve();
      }),
    },
    {
      onDisconnected: (_context, error) => {
        disconnected.resolve(error);
      },
    },
  );
  const running = await hubs.run(hub, { clock, ...options });
  return { ...running, clock, disconnected: disconnected.promise, end, waited: waited.promise };
}

function echo(value: unknown): string {
  return JSON.stringify({ type: 1, invocationId: 'i', target: 'Echo', arguments: [value] });
}

describe('Server-Sent Events', () => {
  it('begins with a comment, before there is any event', async () => {
    const { url, server } = await run();
    const peer = await HttpPeer.negotiate(url);
    const events = await peer.events();
    await once(events.response, 'data');
    expect(events.raw).toBe(':\r\n');
    expect(events.response.headers).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache, no-store, no-transform',
      pragma: 'no-cache',
      'content-encoding': 'identity',
      'x-accel-buffering': 'no',
    });
    expect(server.connections).toBe(1);
  });

  it('answers what is posted as events', async () => {
    const { url } = await run();
    const [peer, events] = await HttpPeer.serverSentEvents(url);
    const { status, headers, body } = await peer.post(echo('é'));
    expect([status, headers['content-type'], headers['content-length'], body]).toEqual([200, 'text/plain', '0', '']);
    expect(await events.next()).toBe('{"type":3,"invocationId":"i","result":"é"}');
    expect(events.raw).toBe(':\r\ndata: {}\x1e\r\n\r\ndata: {"type":3,"invocationId":"i","result":"é"}\x1e\r\n\r\n');
  });

  it('does not split a message over events and keeps the order, however much is sent', async () => {
    const { url } = await run({ maximumParallelInvocations: 10 });
    const [peer, events] = await HttpPeer.serverSentEvents(url);
    await peer.post('{"type":1,"target":"Times","arguments":[5000]}', '{"type":1,"target":"Times","arguments":[1]}');
    const ticks: unknown[] = [];
    while (ticks.length < 5001) {
      ticks.push((JSON.parse(await events.next()) as { arguments: unknown[] }).arguments[0]);
    }
    expect(ticks).toEqual([...Array(5000).keys(), 0]);
  });

  it.each([
    ['nothing', '', 'data: \r\n\r\n'],
    ['a line feed', 'a\nb', 'data: a\r\ndata: b\r\n\r\n'],
    ['both', 'a\r\n\r\nb', 'data: a\r\ndata: \r\ndata: b\r\n\r\n'],
    ['a carriage return', 'a\rb', 'data: a\r\ndata: b\r\n\r\n'],
    ['a field name', 'a\nid: 7', 'data: a\r\ndata: id: 7\r\n\r\n'],
  ])('writes data with %s as one event', (_, data, event) => {
    expect(formatEvent(data)).toBe(event);
  });

  it('pings when it has nothing else to say', async () => {
    const { url, clock } = await run();
    const [, events] = await HttpPeer.serverSentEvents(url);
    clock.advance(16_000);
    expect(await events.next()).toBe('{"type":6}');
  });

  it('refuses a protocol that is not text', async () => {
    const { url } = await run();
    const peer = await HttpPeer.negotiate(url);
    const events = await peer.events();
    await peer.post('{"protocol":"messagepack","version":1}');
    expect(await events.next()).toBe(
      `{"error":"Cannot use the 'messagepack' protocol on the current transport. The transport does not support 'Binary' transfer format."}`,
    );
    await events.closed;
  });

  it('sends a Close message and ends the response when the server ends the connection', async () => {
    const { url, disconnected } = await run();
    const [peer, events] = await HttpPeer.serverSentEvents(url);
    await peer.post('{"type":1,"target":"Leave","arguments":[]}');
    expect(await events.next()).toBe('{"type":7}');
    await events.closed;
    expect(await disconnected).toBeUndefined();
    expect((await peer.post(echo(1))).status).toBe(404);
  });

  it('takes a client that closes the response for one that leaves in good order', async () => {
    const { url, disconnected, end, waited, server } = await run({ maximumParallelInvocations: 2 });
    const [peer, events] = await HttpPeer.serverSentEvents(url);
    await peer.post('{"type":1,"target":"Wait","arguments":[]}');
    events.response.destroy();
    // The token is no longer valid although an invocation is still running.
    while ((await peer.post(echo(1))).status !== 404);
    expect((await peer.ask('GET', '', { accept: 'text/event-stream' })).status).toBe(404);
    expect(server.connections).toBe(0);
    end.resolve();
    await waited;
    expect(await disconnected).toBeUndefined();
    expect(server.connections).toBe(0);
  });

  it('drops a client that does not take its events', async () => {
    const { url, clock, disconnected, log } = await run({ maximumSendBufferSize: 64 * 1024 * 1024 });
    const [peer, events] = await HttpPeer.serverSentEvents(url);
    events.response.pause();
    await peer.post('{"type":1,"target":"Times","arguments":[400000]}');
    for (let second = 0; second < 12; second++) clock.advance(1_000);
    expect((await disconnected)?.message).toMatch('sendTimeout has passed');
    expect(log.takeErrors()).toEqual(['limit reached']);
    events.response.resume();
    await events.closed;
  });

  it('drops a client that takes nothing when more than maximumSendBufferSize waits', async () => {
    const { url, disconnected, log } = await run({ maximumSendBufferSize: 100_000 });
    const [peer, events] = await HttpPeer.serverSentEvents(url);
    events.response.pause();
    await peer.post('{"type":1,"target":"Times","arguments":[400000]}');
    expect((await disconnected)?.message).toMatch('maximumSendBufferSize');
    expect(log.takeErrors()).toEqual(['limit reached']);
    events.response.resume();
    await events.closed;
  });

  it('closes a connection that does not shake hands in time', async () => {
    const { url, clock, server } = await run();
    const peer = await HttpPeer.negotiate(url);
    const events = await peer.events();
    clock.advance(16_000);
    expect(await events.next()).toBe('{"error":"Handshake was canceled."}');
    await events.closed;
    expect(server.connections).toBe(0);
  });

  it('closes a connection whose client pings no more', async () => {
    const { url, clock, disconnected } = await run({ keepAliveInterval: 60_000 });
    const [peer, events] = await HttpPeer.serverSentEvents(url);
    await peer.post('{"type":6}', echo(1));
    await events.next();
    clock.advance(29_000);
    clock.advance(3_000);
    expect(await events.next()).toBe('{"type":7,"error":"Connection closed with an error.","allowReconnect":true}');
    expect((await disconnected)?.message).toMatch('clientTimeout');
  });

  it('says goodbye when the server closes', async () => {
    const { url, server } = await run();
    const [, events] = await HttpPeer.serverSentEvents(url);
    const closed = server.close();
    expect(await events.next()).toBe('{"type":7,"allowReconnect":true}');
    await closed;
    await events.closed;
  });
});
