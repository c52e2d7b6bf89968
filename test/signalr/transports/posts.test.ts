import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { createHubServer, defineHub, type HubServerOptions, method } from '../../../src/signalr';
import { Deferred } from '../support/deferred';
import { FakeClock } from '../support/fake-clock';
import { type RunningHub, useHubs } from '../support/hub-servers';
import { answerTo, HttpPeer } from '../support/http-peer';

const hubs = useHubs();

interface Watched extends RunningHub<undefined> {
  readonly clock: FakeClock;
  readonly disconnected: Promise<Error | undefined>;
  /** Lets invocations of `Wait` end. */
  readonly end: Deferred;
}

async function run(options: Omit<HubServerOptions<undefined>, 'logger'> = {}): Promise<Watched> {
  const clock = new FakeClock();
  const disconnected = new Deferred<Error | undefined>();
  const end = new Deferred();
  const hub = defineHub(
    { Echo: method(['json'], (_context, value) => value), Wait: method([], () => end.promise) },
    {
      onDisconnected: (_context, error) => {
        disconnected.resolve(error);
      },
    },
  );
  return { ...(await hubs.run(hub, { clock, ...options })), clock, disconnected: disconnected.promise, end };
}

function echo(value: unknown): string {
  return JSON.stringify({ type: 1, invocationId: 'i', target: 'Echo', arguments: [value] });
}

const WAIT = '{"type":1,"target":"Wait","arguments":[]}';

/** Resolves when `count` more requests have come to the server and were authenticated. */
async function requestsArrived(hub: RunningHub<undefined>, count: number): Promise<void> {
  for (let i = 0; i < count; i++) await once(hub.http, 'request');
  await new Promise((resolve) => setImmediate(resolve));
}

describe('POST', () => {
  it('takes a message in as many pieces and as many requests as it comes in', async () => {
    const { url } = await run();
    const [peer, events] = await HttpPeer.serverSentEvents(url);
    const [first, second] = [echo('split').slice(0, 30), `${echo('split').slice(30)}\x1e`];
    expect((await peer.ask('POST', first)).status).toBe(200);
    const request = peer.open('POST', { 'transfer-encoding': 'chunked' });
    const answer = answerTo(request);
    for (const byte of Buffer.from(second)) request.write(Buffer.of(byte));
    request.end();
    expect((await answer).status).toBe(200);
    expect(await events.next()).toBe('{"type":3,"invocationId":"i","result":"split"}');
  });

  it('is answered 200 without a body and when it is empty', async () => {
    const { url } = await run();
    const [peer] = await HttpPeer.serverSentEvents(url);
    expect(await peer.ask('POST')).toMatchObject({
      status: 200,
      headers: { 'content-type': 'text/plain', 'content-length': '0' },
      body: '',
    });
  });

  it('is answered 404 when the transport it waits for does not come in time', async () => {
    const hub = await run();
    const peer = await HttpPeer.negotiate(hub.url);
    const arrived = requestsArrived(hub, 1);
    // More than is taken without a transport.
    const posted = peer.post('x'.repeat(100_000));
    await arrived;
    hub.clock.advance(16_000);
    expect(await posted).toMatchObject({ status: 404, body: '' });
    expect((await peer.poll()).status).toBe(404);
  });

  it('is answered when all its bytes were taken, and not before', async () => {
    const hub = await run({ maximumReceiveMessageSize: 1024 * 1024 });
    const [peer, events] = await HttpPeer.serverSentEvents(hub.url);
    await peer.post(WAIT);
    // While an invocation runs, the next one is held and little is read ahead.
    let answered = false;
    const posted = peer.post(echo('held'), echo('x'.repeat(200_000)), echo('y')).then((answer) => {
      answered = true;
      return answer;
    });
    await requestsArrived(hub, 1);
    hub.clock.advance(16_000);
    expect(await events.next()).toBe('{"type":6}');
    expect(answered).toBe(false);
    hub.end.resolve();
    expect((await posted).status).toBe(200);
    expect(await events.next()).toContain('held');
    expect(await events.next()).toContain('xxx');
    expect(await events.next()).toBe('{"type":3,"invocationId":"i","result":"y"}');
  });

  it('waits for the one before; beyond ten that wait, it is answered 409 and the connection goes on', async () => {
    const hub = await run();
    const [peer, events] = await HttpPeer.serverSentEvents(hub.url);
    const first = peer.open('POST', { 'content-length': String(echo(0).length + 1) });
    const firstAnswer = answerTo(first);
    const arrived = requestsArrived(hub, 13);
    first.write(echo(0));
    await once(hub.http, 'request');
    const answers = Array.from({ length: 12 }, (_, i) => peer.post(echo(i + 1)));
    await arrived;
    first.end('\x1e');
    expect((await firstAnswer).status).toBe(200);
    const statuses = (await Promise.all(answers)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(10);
    expect(statuses.filter((status) => status === 409)).toHaveLength(2);
    for (let i = 0; i < 11; i++) expect(await events.next()).toContain(`"result":`);
  });

  it('leaves nothing behind when a short body breaks off', async () => {
    const hub = await run();
    const [peer, events] = await HttpPeer.serverSentEvents(hub.url);
    const request = peer.open('POST', { 'content-length': '1000' });
    request.on('error', () => undefined);
    const arrived = once(hub.http, 'request');
    request.write(echo('half').slice(0, 20));
    const [incoming] = (await arrived) as [NodeJS.ReadableStream];
    await once(incoming, 'data');
    const closed = new Promise((resolve) => incoming.on('close', resolve));
    request.destroy();
    await closed;
    await peer.post(echo('whole'));
    expect(await events.next()).toBe('{"type":3,"invocationId":"i","result":"whole"}');
  });

  it('ends the connection when a long body breaks off, as half a message may have been taken', async () => {
    const hub = await run({ maximumReceiveMessageSize: 1024 * 1024 });
    const [peer, events] = await HttpPeer.serverSentEvents(hub.url);
    const request = peer.open('POST', { 'content-length': '1000000' });
    request.on('error', () => undefined);
    const arrived = once(hub.http, 'request');
    request.write(echo('x'.repeat(300_000)));
    const [incoming] = (await arrived) as [NodeJS.ReadableStream];
    let received = 0;
    incoming.on('data', (bytes: Buffer) => {
      received += bytes.length;
      if (received > 200_000) request.destroy();
    });
    expect((await hub.disconnected)?.message).toBe('the body of a POST broke off');
    await events.closed;
  });

  it('closes the connection over a message that is too large, whatever its length says', async () => {
    const { url } = await run({ maximumReceiveMessageSize: 1000 });
    const [peer, events] = await HttpPeer.serverSentEvents(url);
    const posted = peer.post(echo('x'.repeat(100_000)));
    expect(await events.next()).toMatch(/^{"type":7,"error":".*The maximum message size of 1000B was exceeded/);
    await events.closed;
    // The connection may be gone before all of it was taken.
    expect([200, 404]).toContain((await posted).status);
  });

  it('takes what `express.text` and its like have read before', async () => {
    const server = createHubServer(defineHub({ Echo: method(['json'], (_context, value) => value) }));
    const app = express();
    app.use(express.text({ type: '*/*' }));
    app.use('/hub', server.handler);
    const http = createServer(app);
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}/hub`;
    const [peer, events] = await HttpPeer.serverSentEvents(url);
    expect((await peer.post(echo('read'))).status).toBe(200);
    expect(await events.next()).toBe('{"type":3,"invocationId":"i","result":"read"}');
    await server.close();
    http.closeAllConnections();
    http.close();
  });
});
