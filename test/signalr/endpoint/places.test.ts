import { once } from 'node:events';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { defineHub } from '../../../src/signalr';
import { NegotiatedConnections } from '../../../src/signalr/endpoint/negotiated-connections';
import { PlaceShares } from '../../../src/signalr/endpoint/place-shares';
import { FakeClock } from '../support/fake-clock';
import { type HubOptions, type RunningHub, useHubs } from '../support/hub-servers';
import { HttpPeer } from '../support/http-peer';

const hubs = useHubs();
const EVENT_STREAM = { accept: 'text/event-stream' };

/** A hub for one connection, and one more that is negotiated. */
function run(options: HubOptions = {}): Promise<RunningHub<undefined>> {
  return hubs.run<undefined>(defineHub({}), {
    clock: new FakeClock(),
    maximumConnections: 1,
    isOriginAllowed: (origin) => origin !== 'https://bad.example',
    authenticate: ({ headers }) =>
      headers.authorization === 'none' ? undefined : { principal: undefined, userId: headers.authorization ?? 'ann' },
    ...options,
  });
}

/** The status an upgrade is refused with. */
function upgrade(url: string, headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url.replace('http', 'ws'), { headers });
    socket.on('error', () => undefined);
    socket.on('open', () => {
      reject(new Error('The upgrade was not refused.'));
    });
    socket.on('unexpected-response', (_, response) => {
      response.resume();
      resolve(response.statusCode);
    });
  });
}

/** A bad upgrade: its key is missing. */
async function badUpgrade({ http }: RunningHub<undefined>, url: string): Promise<string> {
  const { pathname, search } = new URL(url);
  const socket = connect((http.address() as AddressInfo).port, '127.0.0.1');
  socket.write(
    `GET ${pathname}${search} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\r\n`,
  );
  const [bytes] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  return bytes.toString().slice(9, 12);
}

async function negotiationStatus({ url }: RunningHub<undefined>): Promise<[number, string | null]> {
  const response = await fetch(`${url}/negotiate?negotiateVersion=1`, { method: 'POST' });
  await response.text();
  return [response.status, response.headers.get('retry-after')];
}

describe('the place of a negotiated connection', () => {
  it('is taken until a transport starts or is refused', async () => {
    const hub = await run();
    await HttpPeer.negotiate(hub.url);
    expect(await negotiationStatus(hub)).toEqual([503, '5']);
    hub.log.takeErrors();
  });

  it.each<[string, number, HubOptions, (hub: RunningHub<undefined>, peer: HttpPeer) => Promise<unknown>]>([
    ['a WebSocket', 401, {}, (_, { url }) => upgrade(url, { authorization: 'none' })],
    ['a WebSocket of a wrong origin', 403, {}, (_, { url }) => upgrade(url, { origin: 'https://bad.example' })],
    ['a WebSocket of another user', 403, {}, (_, { url }) => upgrade(url, { authorization: 'bob' })],
    ['a WebSocket that is not offered', 404, { transports: ['longPolling'] }, (_, { url }) => upgrade(url, {})],
    ['a bad upgrade', 400, {}, async (hub, { url }) => Number(await badUpgrade(hub, url))],
    [
      'an event stream',
      401,
      {},
      async (_, p) => (await p.ask('GET', '', { ...EVENT_STREAM, authorization: 'none' })).status,
    ],
    [
      'an event stream that is not offered',
      404,
      { transports: ['longPolling'] },
      async (_, peer) => (await peer.ask('GET', '', EVENT_STREAM)).status,
    ],
    ['a poll', 401, {}, async (_, peer) => (await peer.ask('GET', '', { authorization: 'none' })).status],
    [
      'a poll of another user',
      403,
      {},
      async (_, peer) => (await peer.ask('GET', '', { authorization: 'bob' })).status,
    ],
    [
      'a poll that is not offered',
      404,
      { transports: ['webSockets'] },
      async (_, peer) => (await peer.ask('GET')).status,
    ],
  ])('is free at once when %s is refused with %i', async (_, status, options, ask) => {
    const hub = await run(options);
    for (let i = 0; i < 5; i++) {
      const peer = await HttpPeer.negotiate(hub.url);
      expect(await ask(hub, peer)).toBe(status);
    }
    expect(await negotiationStatus(hub)).toEqual([200, null]);
  });

  it('is free when its client is refused for lack of room, which is told when to come again', async () => {
    const hub = await run();
    await hub.connect();
    for (const headers of [EVENT_STREAM, {}]) {
      const peer = await HttpPeer.negotiate(hub.url);
      expect(await peer.ask('GET', '', headers)).toMatchObject({ status: 503, headers: { 'retry-after': '5' } });
    }
    const peer = await HttpPeer.negotiate(hub.url);
    const socket = new WebSocket(peer.url.replace('http', 'ws'));
    const [, response] = (await once(socket, 'unexpected-response')) as [
      unknown,
      { statusCode: number; headers: object },
    ];
    expect(response).toMatchObject({ statusCode: 503, headers: { 'retry-after': '5' } });
    socket.on('error', () => undefined).terminate();
    expect(await negotiationStatus(hub)).toEqual([200, null]);
    hub.log.takeErrors();
  });

  it('is free when the client is gone before it was let in', async () => {
    let admit: () => void = () => undefined;
    let hold = false;
    const hub = await run({
      authenticate: async () => {
        if (hold) await new Promise<void>((resolve) => (admit = resolve));
        return { principal: undefined };
      },
    });
    const { port } = hub.http.address() as AddressInfo;
    for (const headers of ['Accept: text/event-stream', 'Connection: Upgrade\r\nUpgrade: websocket']) {
      const { url } = await HttpPeer.negotiate(hub.url);
      const { pathname, search } = new URL(url);
      hold = true;
      const arrived = once(hub.http, headers.startsWith('Accept') ? 'request' : 'upgrade');
      const socket = connect(port, '127.0.0.1');
      socket.write(`GET ${pathname}${search} HTTP/1.1\r\nHost: x\r\n${headers}\r\n\r\n`);
      const [{ socket: atServer }] = (await arrived) as [{ socket: NodeJS.EventEmitter }];
      socket.resetAndDestroy();
      await new Promise((resolve) => atServer.on('close', resolve));
      admit();
      await turn();
      hold = false;
    }
    expect(await negotiationStatus(hub)).toEqual([200, null]);
  });

  it('is free, and the connection may still be started by its client, as with a new token', async () => {
    const hub = await run();
    const peer = await HttpPeer.negotiate(hub.url);
    expect((await peer.ask('GET', '', { authorization: 'none' })).status).toBe(401);
    expect(await upgrade(peer.url, { authorization: 'bob' })).toBe(403);
    expect((await peer.poll()).status).toBe(200);
    expect(hub.server.connections).toBe(1);
  });

  it('is free, and the connection is forgotten after negotiationTimeout', async () => {
    const clock = new FakeClock();
    const hub = await run({ clock });
    const peer = await HttpPeer.negotiate(hub.url);
    expect((await peer.ask('GET', '', { authorization: 'none' })).status).toBe(401);
    clock.advance(16_000);
    expect((await peer.ask('GET', '', { authorization: 'bob' })).status).toBe(404);
  });

  it('does not keep more than 1,000 connections that were refused', () => {
    const connections = new NegotiatedConnections(new PlaceShares(1, false));
    const postLimits = { memory: undefined, holder: '', onRefused: () => undefined };
    const sender = { userId: undefined, holder: 'ann', authentication: { principal: 'ann' } };
    const negotiation = { version: 1, ...sender, statefulReconnect: false, refreshable: false, postLimits };
    const tokens = Array.from({ length: 1_001 }, () => {
      const { connectionToken } = connections.negotiate({ ...negotiation, expiresAt: 15_000 });
      connections.refuse(connectionToken);
      connections.refuse(connectionToken);
      return connectionToken;
    });
    expect(connections.places.used).toBe(0);
    expect(tokens.filter((token) => connections.find(token) === undefined)).toEqual([tokens[0]]);
    connections.start(connections.find(tokens[1]!)!, 'longPolling');
    connections.expire(15_000);
    expect(tokens.filter((token) => connections.find(token) !== undefined)).toEqual([tokens[1]]);
    expect(connections.places.used).toBe(0);
  });
});
