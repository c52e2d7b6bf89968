import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import cors from 'cors';
import express from 'express';
import { createHubServer, defineHub, type HubServerOptions, method } from '../../../src/signalr';
import { FakeClock } from '../support/fake-clock';
import { type RunningHub, useHubs } from '../support/hub-servers';
import { type Answer, HttpPeer } from '../support/http-peer';

const hubs = useHubs();
const hub = defineHub({ Echo: method(['json'], (_context, value) => value) });
const ECHO = '{"type":1,"invocationId":"i","target":"Echo","arguments":[1]}';
const ANSWER = '{"type":3,"invocationId":"i","result":1}';

async function run(
  options: Omit<HubServerOptions<undefined>, 'logger'> = {},
): Promise<RunningHub<undefined> & { readonly clock: FakeClock }> {
  const clock = new FakeClock();
  return { ...(await hubs.run(hub, { clock, ...options })), clock };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

describe('peers that do as they like', () => {
  it('who open an event stream and leave are forgotten at once', async () => {
    const { url, server } = await run();
    for (let i = 0; i < 50; i++) {
      const events = await (await HttpPeer.negotiate(url)).events();
      events.response.destroy();
    }
    await until(() => server.connections === 0);
  });

  it('who poll once and leave are forgotten in time', async () => {
    const { url, server, clock } = await run();
    for (let i = 0; i < 50; i++) await (await HttpPeer.negotiate(url)).poll();
    expect(server.connections).toBe(50);
    clock.advance(16_000);
    clock.advance(6_000);
    await until(() => server.connections === 0);
  });

  it('who poll a hundred times at once have one poll that waits', async () => {
    const { url } = await run();
    const peer = await HttpPeer.longPolling(url);
    const answers: Answer[] = [];
    const polls = Array.from({ length: 100 }, async () => answers.push(await peer.poll()));
    await until(() => answers.length === 99);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([204]));
    await peer.post(ECHO);
    await Promise.all(polls);
    expect(answers[99]?.body).toBe(`${ANSWER}\x1e`);
  });

  it.each([
    ['nothing', '\x1e'],
    ['no JSON', 'garbage\x1e'],
    ['no text, too much of it', Buffer.alloc(40_000, 0xff)],
    ['half messages', '{"type":1}\x1e'.repeat(1000)],
  ])('who post %s are told, and their polls end', async (_, garbage) => {
    const { url } = await run();
    const peer = await HttpPeer.longPolling(url);
    await peer.ask('POST', garbage);
    expect(await peer.nextRecord()).toMatch(/^{"type":7,"error":"Connection closed with an error\./);
    expect((await peer.poll()).status).toBe(204);
    expect((await peer.post(ECHO)).status).toBe(404);
  });

  it('who reset everything in the middle leave a server that serves others', async () => {
    const { url, server, clock } = await run();
    const { port } = new URL(url);
    for (let i = 0; i < 100; i++) {
      const peer = await HttpPeer.negotiate(url);
      if (i % 2 === 0) await peer.poll();
      const { search } = new URL(peer.url);
      const socket = connect(Number(port), '127.0.0.1');
      socket.on('error', () => undefined);
      await once(socket, 'connect');
      const starts = [
        `GET /hub${search} HTTP/1.1\r\nHost: x\r\n\r\n`,
        `GET /hub${search} HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n`,
        `POST /hub${search} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf`,
        `POST /hub${search} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzzz\r\n`,
        `DELETE /hub${search} HTTP/1.1\r\nHost: x\r\n\r\n`,
      ];
      socket.write(starts[i % starts.length]!);
      await new Promise((resolve) => setImmediate(resolve));
      if (i % 3 === 0) socket.resetAndDestroy();
      else socket.end();
    }
    const [peer, events] = await HttpPeer.serverSentEvents(url);
    await peer.post(ECHO);
    expect(await events.next()).toBe(ANSWER);
    events.response.destroy();
    for (let second = 0; second < 40; second++) clock.advance(1_000);
    await until(() => server.connections === 0);
  });

  it('who ask for an event stream behind a poll on one connection, and leave, are forgotten in time', async () => {
    const { url, server, clock, http } = await run();
    const [first, second] = [await HttpPeer.longPolling(url), await HttpPeer.negotiate(url)];
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    const [poll, stream] = [first, second].map((peer) => `GET /hub${new URL(peer.url).search} HTTP/1.1\r\nHost: x\r\n`);
    socket.write(`${poll}\r\n${stream}Accept: text/event-stream\r\n\r\n`);
    await once(http, 'request');
    await until(() => server.connections === 2);
    socket.resetAndDestroy();
    for (let second = 0; second < 120; second++) clock.advance(1_000);
    await until(() => server.connections === 0);
  });

  it('who negotiate without end are answered 503 until others have gone', async () => {
    const { url, clock, log } = await run({ maximumConnections: 20 });
    const statuses: number[] = [];
    for (let i = 0; i < 100; i++) statuses.push((await fetch(`${url}/negotiate`, { method: 'POST' })).status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(20);
    expect(log.takeErrors()).toEqual(['limit reached']);
    clock.advance(16_000);
    expect((await fetch(`${url}/negotiate`, { method: 'POST' })).status).toBe(200);
  });
});

describe('authentication that expires', () => {
  it('is renewed by a poll that brings a later end', async () => {
    const clock = new FakeClock();
    const start = clock.date();
    const { url, server } = await hubs.run(hub, {
      clock,
      closeOnAuthenticationExpiration: true,
      authenticate: ({ headers }) => ({
        principal: undefined,
        expiresAt: start + 1_000 * Number(headers['x-seconds']),
      }),
    });
    const peer = await HttpPeer.longPolling(url, { 'x-seconds': '10' });
    const renewed = peer.as({ 'x-seconds': '20' });
    await peer.post(ECHO);
    expect((await renewed.poll()).body).toContain(ANSWER);
    clock.advance(12_000);
    expect(server.connections).toBe(1);
    const last = renewed.poll();
    await renewed.post(ECHO);
    expect((await last).body).toContain(ANSWER);
    clock.advance(10_000);
    expect((await renewed.poll()).body).toBe('{"type":7,"allowReconnect":true}\x1e');
  });
});

describe('pages of other origins', () => {
  it('get what the application grants them on every request', async () => {
    const server = createHubServer(hub, { isOriginAllowed: (origin) => origin === 'https://page.example' });
    const app = express();
    // SignalR clients send credentials, for which a wildcard is not enough.
    app.use(cors({ origin: 'https://page.example', credentials: true }));
    app.use('/hub', server.handler);
    const http = createServer(app);
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}/hub`;
    const granted = {
      'access-control-allow-origin': 'https://page.example',
      'access-control-allow-credentials': 'true',
    };
    const page = { origin: 'https://page.example' };

    const peer = await HttpPeer.negotiate(url, page);
    expect((await peer.poll()).headers).toMatchObject(granted);
    expect((await peer.post('{"protocol":"json","version":1}')).headers).toMatchObject(granted);
    expect((await peer.poll()).headers).toMatchObject(granted);
    expect((await peer.ask('DELETE')).headers).toMatchObject(granted);
    const [other, events] = await HttpPeer.serverSentEvents(url, page);
    expect(events.response.headers).toMatchObject(granted);
    expect((await other.as({ origin: 'https://evil.example' }).post(ECHO)).status).toBe(403);
    const preflight = await other.ask('OPTIONS', '', { 'access-control-request-method': 'DELETE' });
    expect([preflight.status, preflight.headers]).toMatchObject([204, granted]);
    expect(preflight.headers['access-control-allow-methods']).toContain('DELETE');

    events.response.destroy();
    await server.close();
    http.closeAllConnections();
    http.close();
  });
});
