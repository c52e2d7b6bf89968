import { once } from 'node:events';
import { connect } from 'node:net';
import { defineHub, type HubServerOptions, method } from '../../../src/signalr';
import { Deferred } from '../support/deferred';
import { FakeClock } from '../support/fake-clock';
import { type RunningHub, useHubs } from '../support/hub-servers';
import { HttpPeer } from '../support/http-peer';

const hubs = useHubs();

interface Watched extends RunningHub<undefined> {
  readonly clock: FakeClock;
  /** Why the connection ended. */
  readonly disconnected: Promise<Error | undefined>;
}

async function run(options: Omit<HubServerOptions<undefined>, 'logger'> = {}): Promise<Watched> {
  const clock = new FakeClock();
  const disconnected = new Deferred<Error | undefined>();
  const hub = defineHub(
    {
      Echo: method(['json'], (_context, value) => value),
      Times: method(['number'], ({ caller }, count) => {
        for (let i = 0; i < count; i++) void caller.send('Tick', i);
      }),
      Leave: method([], (context) => {
        context.abort();
      }),
    },
    {
      onDisconnected: (_context, error) => {
        disconnected.resolve(error);
      },
    },
  );
  return { ...(await hubs.run(hub, { clock, ...options })), clock, disconnected: disconnected.promise };
}

function echo(value: unknown, invocationId = 'i'): string {
  return JSON.stringify({ type: 1, invocationId, target: 'Echo', arguments: [value] });
}

/** Resolves when the server holds a poll of the peer that will begin now. */
async function waitingPoll(
  hub: RunningHub<undefined>,
  peer: HttpPeer,
): Promise<{ answer: ReturnType<HttpPeer['poll']> }> {
  const arrived = once(hub.http, 'request');
  const answer = peer.poll();
  await arrived;
  // The server authenticates a request within a turn of the event loop.
  await new Promise((resolve) => setImmediate(resolve));
  return { answer };
}

const NO_CACHE = {
  'cache-control': 'no-cache, no-store',
  pragma: 'no-cache',
  expires: 'Thu, 01 Jan 1970 00:00:00 GMT',
};

describe('long polling', () => {
  it('answers the first poll at once, without data', async () => {
    const { url, server } = await run();
    const peer = await HttpPeer.negotiate(url);
    const { status, headers, body } = await peer.poll();
    expect([status, body, headers['content-length'], headers['content-type']]).toEqual([
      200,
      '',
      '0',
      'application/octet-stream',
    ]);
    expect(headers).toMatchObject(NO_CACHE);
    expect(server.connections).toBe(1);
  });

  it('answers a poll with all that waits, in one body', async () => {
    const { url } = await run();
    const peer = await HttpPeer.longPolling(url);
    expect(await peer.post(echo(1, 'a'), echo('é', 'b'))).toMatchObject({ status: 200, body: '' });
    const { status, headers, body } = await peer.poll();
    expect([status, headers['content-type'], headers['content-length']]).toEqual([
      200,
      'application/octet-stream',
      String(Buffer.byteLength(body)),
    ]);
    expect(headers).toMatchObject(NO_CACHE);
    expect(body).toBe('{"type":3,"invocationId":"a","result":1}\x1e{"type":3,"invocationId":"b","result":"é"}\x1e');
  });

  it('answers a poll that waits as soon as there is something', async () => {
    const hub = await run();
    const peer = await HttpPeer.longPolling(hub.url);
    const { answer } = await waitingPoll(hub, peer);
    await peer.post(echo(1));
    expect((await answer).body).toBe('{"type":3,"invocationId":"i","result":1}\x1e');
  });

  it('answers a poll without data when pollTimeout has passed', async () => {
    const hub = await run({ pollTimeout: 20_000 });
    const peer = await HttpPeer.longPolling(hub.url);
    const { answer } = await waitingPoll(hub, peer);
    hub.clock.advance(21_000);
    const { status, headers, body } = await answer;
    expect([status, headers['content-length'], headers['content-type'], body]).toEqual([200, '0', 'text/plain', '']);
    await peer.post(echo(1));
    expect((await peer.poll()).body).toContain('"result":1');
  });

  it('answers 204 to a poll when another one comes', async () => {
    const hub = await run();
    const peer = await HttpPeer.longPolling(hub.url);
    const { answer: first } = await waitingPoll(hub, peer);
    const { answer: second } = await waitingPoll(hub, peer);
    expect(await first).toMatchObject({ status: 204, body: '' });
    await peer.post(echo(1));
    expect((await second).body).toContain('"result":1');
  });

  it('sends no pings', async () => {
    const hub = await run({ keepAliveInterval: 5_000 });
    const peer = await HttpPeer.longPolling(hub.url);
    const { answer } = await waitingPoll(hub, peer);
    hub.clock.advance(30_000);
    await peer.post(echo(1));
    expect((await answer).body).toBe('{"type":3,"invocationId":"i","result":1}\x1e');
  });

  it('takes a connection that does not poll for disconnectTimeout for gone', async () => {
    const { url, clock, disconnected, server } = await run();
    const peer = await HttpPeer.longPolling(url);
    clock.advance(14_000);
    expect(server.connections).toBe(1);
    clock.advance(2_000);
    expect((await disconnected)?.message).toBe('the client has stopped polling: disconnectTimeout has passed');
    expect(server.connections).toBe(0);
    expect(await peer.poll()).toMatchObject({ status: 404, body: 'No Connection with that ID' });
    expect(await peer.post(echo(1))).toMatchObject({ status: 404, body: 'No Connection with that ID' });
  });

  it('keeps a connection whose poll broke off until disconnectTimeout', async () => {
    const hub = await run();
    const peer = await HttpPeer.longPolling(hub.url);
    const request = peer.open('GET');
    const arrived = once(hub.http, 'request');
    request.on('error', () => undefined).end();
    const [, response] = (await arrived) as [unknown, NodeJS.EventEmitter];
    hub.clock.advance(14_000);
    request.destroy();
    await once(response, 'close');
    hub.clock.advance(14_000);
    await peer.post(echo('kept'));
    expect((await peer.poll()).body).toContain('"result":"kept"');
  });

  it('delivers what waits before it answers 204 at the end', async () => {
    const { url, disconnected } = await run();
    const peer = await HttpPeer.longPolling(url);
    await peer.post(echo(1), '{"type":1,"target":"Leave","arguments":[]}');
    expect((await peer.poll()).body).toBe('{"type":3,"invocationId":"i","result":1}\x1e{"type":7}\x1e');
    expect(await peer.poll()).toMatchObject({ status: 204, body: '' });
    expect(await disconnected).toBeUndefined();
    expect((await peer.poll()).status).toBe(404);
  });

  it('lets a client that does not fetch its end go after closeTimeout', async () => {
    const { url, clock, server, disconnected } = await run();
    const peer = await HttpPeer.longPolling(url);
    await peer.post('{"type":1,"target":"Leave","arguments":[]}');
    clock.advance(6_000);
    await disconnected;
    expect(server.connections).toBe(0);
  });

  it('ends with DELETE: 202, and 204 for the poll that waits', async () => {
    const hub = await run();
    const peer = await HttpPeer.longPolling(hub.url);
    const { answer } = await waitingPoll(hub, peer);
    const { status, headers, body } = await peer.ask('DELETE');
    expect([status, headers['content-type'], body]).toEqual([202, 'text/plain', '']);
    expect((await answer).status).toBe(204);
    expect(await hub.disconnected).toBeUndefined();
    expect((await peer.ask('DELETE')).status).toBe(404);
  });

  it('never splits a message over polls and keeps the order, however much is sent', async () => {
    const { url } = await run({ maximumParallelInvocations: 10 });
    const peer = await HttpPeer.longPolling(url);
    await peer.post('{"type":1,"target":"Times","arguments":[5000]}', '{"type":1,"target":"Times","arguments":[1]}');
    const ticks: unknown[] = [];
    while (ticks.length < 5001) {
      const { body } = await peer.poll();
      expect(body.endsWith('\x1e')).toBe(true);
      for (const record of body.slice(0, -1).split('\x1e')) {
        ticks.push((JSON.parse(record) as { arguments: unknown[] }).arguments[0]);
      }
    }
    expect(ticks).toEqual([...Array(5000).keys(), 0]);
  });

  it('drops a client that does not take the answer to its poll, and reports it', async () => {
    const limits: string[] = [];
    const { url, clock, disconnected, log } = await run({
      maximumSendBufferSize: 64 * 1024 * 1024,
      onLimit: ({ limit }) => limits.push(limit),
    });
    const peer = await HttpPeer.longPolling(url);
    await peer.post('{"type":1,"target":"Times","arguments":[400000]}');
    const request = peer.open('GET');
    request.on('response', (response) => response.pause());
    request.on('error', () => undefined).end();
    await once(request, 'response');
    clock.advance(9_000);
    clock.advance(2_000);
    expect((await disconnected)?.message).toBe(
      'the client does not take the response to its poll: sendTimeout has passed',
    );
    expect(limits).toEqual(['sendTimeout']);
    expect(log.takeErrors()).toEqual(['limit reached']);
    request.destroy();
  });

  it('ends its polls when the server closes', async () => {
    const hub = await run();
    const peer = await HttpPeer.longPolling(hub.url);
    const { answer } = await waitingPoll(hub, peer);
    const closed = hub.server.close();
    expect((await answer).body).toBe('{"type":7,"allowReconnect":true}\x1e');
    expect((await peer.poll()).status).toBe(204);
    await closed;
  });

  it('answers 503 to a first poll when there are as many connections as may be', async () => {
    const { url, log } = await run({ maximumConnections: 1 });
    await HttpPeer.longPolling(url);
    const second = await HttpPeer.negotiate(url);
    expect(await second.poll()).toMatchObject({ status: 503, headers: NO_CACHE });
    expect(log.takeErrors()).toEqual(['limit reached']);
  });

  it('serves polls that are pipelined on one connection', async () => {
    const { url } = await run();
    const peer = await HttpPeer.longPolling(url);
    const { hostname, port, pathname, search } = new URL(peer.url);
    const target = `${pathname}${search} HTTP/1.1\r\nHost: x\r\n`;
    const body = `${echo(1)}\x1e`;
    const socket = connect(Number(port), hostname);
    socket.write(`GET ${target}\r\nPOST ${target}Content-Length: ${body.length}\r\n\r\n${body}`);
    let text = '';
    for await (const bytes of socket) {
      text += String(bytes);
      if (text.split('HTTP/1.1 200 OK').length > 2) break;
    }
    const [, first, second] = text.split('HTTP/1.1 200 OK');
    expect(first).toContain('"result":1}\x1e');
    expect(second).toContain('Content-Length: 0');
  });
});
