import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { type Authenticate, createHubServer, defineHub, method } from '../../../src/signalr';
import { FakeClock } from '../support/fake-clock';
import { type HubOptions, type RunningHub, useHubs } from '../support/hub-servers';
import { HttpPeer } from '../support/http-peer';
import { WireClient } from '../support/wire-client';

const hubs = useHubs();
const hub = defineHub({ Add: method(['number', 'number'], (_, a, b) => a + b) });

function run(options: HubOptions = {}): Promise<RunningHub<undefined>> {
  return hubs.run<undefined>(hub, { clock: new FakeClock(), ...options });
}

const UPGRADE =
  'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';

/** What is answered to a request by hand: the status, the headers and the body. */
async function answer(port: number, target: string, head: string, verb = 'GET'): Promise<[number, string, string]> {
  const socket = connect(port, '127.0.0.1');
  socket.write(`${verb} ${target} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n${head}\r\n`);
  let text = '';
  for (;;) {
    const [bytes] = (await once(socket, 'data')) as [Buffer];
    text += bytes.toString();
    const end = text.indexOf('\r\n\r\n');
    const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0);
    if (end === -1 || text.length < end + 4 + length) continue;
    socket.destroy();
    return [Number(text.slice(9, 12)), text.slice(0, end), text.slice(end + 4)];
  }
}

const portOf = ({ http }: RunningHub<undefined>): number => (http.address() as AddressInfo).port;

const NO_VERSION = 'Missing or invalid Sec-WebSocket-Version header';

describe('a refusal', () => {
  const EVENTS = 'Accept: text/event-stream\r\n';
  const offered = 'transport not supported by this end point type';

  it.each([
    ['GET', '/hub', '', 400, 'Connection ID required'],
    ['GET', '/hub?id=', EVENTS, 400, 'Connection ID required'],
    ['POST', '/hub', '', 400, 'Connection ID required'],
    ['DELETE', '/hub', '', 400, 'Connection ID required'],
    ['GET', '/hub?id=x', '', 404, 'No Connection with that ID'],
    ['GET', '/hub?id=x', EVENTS, 404, 'No Connection with that ID'],
    ['GET', '/hub?id=x', UPGRADE, 404, 'No Connection with that ID'],
    ['POST', '/hub?id=x', '', 404, 'No Connection with that ID'],
    ['DELETE', '/hub?id=x', '', 404, 'No Connection with that ID'],
    ['GET', '/hub/none', UPGRADE, 404, 'Not Found'],
    ['GET', '/hub', UPGRADE.replace(/Sec-WebSocket-Key.*\r\n/, ''), 400, 'Missing or invalid Sec-WebSocket-Key header'],
    ['GET', '/hub', UPGRADE.replace(/Sec-WebSocket-Version.*\r\n/, ''), 400, NO_VERSION],
    ['GET', '/hub', UPGRADE.replace('Version: 13', 'Version: 12'), 426, NO_VERSION],
    ['GET', '/hub', UPGRADE.replace('Version: 13', 'Version: 14'), 426, NO_VERSION],
    ['GET', '/hub', UPGRADE.replace('Version: 13', 'Version: x'), 426, NO_VERSION],
  ])('says why: %s %s with %j is %i %s', async (verb, target, head, status, body) => {
    expect((await answer(portOf(await run()), target, head, verb)).toSpliced(1, 1)).toEqual([status, body]);
  });

  it('of a version of WebSockets says which ones there are. RFC 6455, 4.4', async () => {
    const [, head] = await answer(portOf(await run()), '/hub', UPGRADE.replace('Version: 13', 'Version: 12'));
    expect(head).toMatch(/^HTTP\/1\.1 426 Upgrade Required\r\n/);
    expect(head).toContain('Sec-WebSocket-Version: 13, 8\r\n');
  });

  it.each([
    ['webSockets', '', `LongPolling ${offered}`],
    ['webSockets', EVENTS, `ServerSentEvents ${offered}`],
    ['longPolling', UPGRADE, `WebSockets ${offered}`],
  ] as const)('says which transport is not offered beside %s', async (transport, head, body) => {
    const running = await run({ transports: [transport] });
    const { search } = new URL((await HttpPeer.negotiate(running.url)).url);
    const [status, , text] = await answer(portOf(running), `/hub${search}`, head);
    expect([status, text]).toEqual([404, body]);
  });

  it('says that a transport cannot change, to an upgrade as well', async () => {
    const running = await run();
    const peer = await HttpPeer.longPolling(running.url);
    for (const head of [EVENTS, UPGRADE]) {
      const [status, , text] = await answer(portOf(running), `/hub${new URL(peer.url).search}`, head);
      expect([status, text]).toEqual([400, 'Cannot change transports mid-connection']);
    }
  });
});

describe('the challenge of a refusal', () => {
  const EXPIRED = 'the token "x" has expired';
  const told = 'error_description="the token ?x? has expired"';

  it.each<[string, Awaited<ReturnType<Authenticate<undefined>>>, number, string | undefined]>([
    ['nothing', undefined, 401, 'Bearer'],
    ['a reason', { refusal: { status: 401, reason: EXPIRED } }, 401, 'Bearer'],
    [
      'an expired token',
      { refusal: { status: 401, reason: EXPIRED, error: 'invalid_token' } },
      401,
      `Bearer error="invalid_token", ${told}`,
    ],
    [
      'a request that is wrong',
      { refusal: { status: 400, reason: EXPIRED, error: 'invalid_request' } },
      400,
      `Bearer error="invalid_request", ${told}`,
    ],
    [
      'a scope that is missing',
      { refusal: { status: 403, reason: EXPIRED, error: 'insufficient_scope' } },
      403,
      `Bearer error="insufficient_scope", ${told}`,
    ],
    ['no token', { refusal: { status: 403, reason: EXPIRED } }, 403, undefined],
    [
      'a challenge of its own',
      { refusal: { status: 401, reason: EXPIRED, error: 'invalid_token', headers: { 'www-authenticate': 'Own x' } } },
      401,
      'Own x',
    ],
  ])('says it to a request and to an upgrade: %s', async (_, admission, status, challenge) => {
    const running = await run({ authenticate: () => admission });
    for (const [target, head, verb] of [
      ['/hub/negotiate', '', 'POST'],
      ['/hub?id=x', 'Accept: text/event-stream\r\n', 'GET'],
      ['/hub', UPGRADE, 'GET'],
    ] as const) {
      const [answered, headers] = await answer(portOf(running), target, head, verb);
      expect([answered, /^www-authenticate: (.*)$/im.exec(headers)?.[1]]).toEqual([status, challenge]);
    }
  });
});

describe('a path that is escaped', () => {
  it.each(['/%68ub', '/hu%62', '/%48UB', '/%68%75%62'])('is the same path: %s', async (path) => {
    const running = await run();
    const peer = await HttpPeer.negotiate(running.url.replace('/hub', path));
    expect((await peer.poll()).status).toBe(200);
    const client = await WireClient.connect(running.url.replace('http', 'ws').replace('/hub', path));
    expect(await client.invoke('Add', 1, 2)).toMatchObject({ result: 3 });
    client.socket.terminate();
  });

  it('is the same path in its last part, also where it was attached escaped', async () => {
    const http = createServer();
    const server = createHubServer(hub);
    server.attach(http, '/m%C3%BC/my hub');
    http.on('request', server.handler);
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    const { port } = http.address() as AddressInfo;
    for (const path of ['/m%c3%bc/my%20hub/negotiate', '/M%C3%BC/%6dy%20hub/%6eegotiate']) {
      expect((await fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST' })).status).toBe(200);
    }
    await server.close();
    http.closeAllConnections();
    http.close();
  });

  it.each([
    ['an escaped slash separates nothing', '/hub%2fnegotiate'],
    ['half an escape is none', '/hub%'],
    ['an escape that is no UTF-8 is none', '/hub%ff'],
  ])('is another path where %s', async (_, path) => {
    expect((await answer(portOf(await run()), path, '', 'POST'))[0]).toBe(404);
  });

  it('is found below a mount path too', async () => {
    const app = express();
    const server = createHubServer(hub);
    app.use('/mounted', server.handler);
    const http = app.listen(0, '127.0.0.1');
    await once(http, 'listening');
    const { port } = http.address() as AddressInfo;
    const response = await fetch(`http://127.0.0.1:${port}/mounted/%6eegotiate`, { method: 'POST' });
    expect(response.status).toBe(200);
    await response.text();
    await server.close();
    http.closeAllConnections();
    http.close();
  });
});
