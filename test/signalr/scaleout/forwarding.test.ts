import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer as createHttpServer, type IncomingMessage, request as openRequest } from 'node:http';
import { createServer as createSecureServer, request as openSecureRequest } from 'node:https';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import path from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import type * as Current from '@microsoft/signalr';
import { createConnectionId } from '../../../src/signalr/scaleout/server-ids';
import { ENVELOPE_HEADER } from '../../../src/signalr/scaleout/forwarding/envelope';
import { SharedKeys } from '../../../src/signalr/scaleout/shared-keys';
import { encodeFrame } from '../../../src/signalr/scaleout/frames';
import { HttpPeer } from '../support/http-peer';
import { type HubOptions, useHubs } from '../support/hub-servers';
import { arrive, type JoinedServers, runJoined } from '../support/joined-servers';
import type { MemoryBackplane } from '../support/memory-backplane';
import { RoundRobinProxy } from '../support/round-robin-proxy';

type Library = typeof Current;

const KEY = 'a key that all servers of the hub have';
const OLD_KEY = 'the key that they had before this one.';

const hubs = useHubs();
const proxies: RoundRobinProxy[] = [];

afterEach(() => {
  for (const proxy of proxies.splice(0)) proxy.close();
});

/** Servers that forward to each other, once they know each other's addresses. */
async function runForwarding(
  count: number,
  { keys = [KEY], ...options }: HubOptions & { keys?: string[]; network?: MemoryBackplane } = {},
): Promise<JoinedServers> {
  const joined = await runJoined(hubs, count, { ...options, forwarding: { keys } });
  const { published } = joined.network;
  const before = published.length;
  while (published.slice(before).filter(({ frame }) => hasAddress(frame)).length < count) await joined.beat(1);
  await joined.beat(6);
  return joined;
}

function hasAddress(frame: Uint8Array): boolean {
  return Buffer.from(frame).includes('address');
}

async function runBehindProxy(count: number, options: HubOptions = {}): Promise<[JoinedServers, RoundRobinProxy]> {
  const joined = await runForwarding(count, options);
  const proxy = await RoundRobinProxy.before(joined.running.map(({ url }) => url));
  proxies.push(proxy);
  return [joined, proxy];
}

const forwarded = ({ servers }: JoinedServers): (number | undefined)[] =>
  servers.map(({ backplane }) => backplane?.forwarded);

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await turn();
}

const MAJORS = [
  [1, 'signalr-client-1'],
  [3, 'signalr-client-3'],
  [5, 'signalr-client-5'],
  [6, 'signalr-client-6'],
  [7, 'signalr-client-7'],
  [8, 'signalr-client-8'],
  [9, 'signalr-client-9'],
  [10, '@microsoft/signalr'],
] as const;
// Major 5 takes whatever has `fetch` for a page, as Node.js has since that was released.
Object.assign(globalThis, { self: globalThis });

const TRANSPORTS = ['WebSockets', 'ServerSentEvents', 'LongPolling'] as const;
const ROWS = MAJORS.flatMap(([major, name]) => TRANSPORTS.map((transport) => [major, transport, name] as const));

describe('a stock client whose requests go to one server after the other', () => {
  it.each(ROWS)('major %i works over %s', async (_major, transport, name) => {
    const [joined, proxy] = await runBehindProxy(3);
    const { HubConnectionBuilder, HttpTransportType, LogLevel } = jest.requireActual<Library>(name);
    const connection = new HubConnectionBuilder()
      .withUrl(proxy.url, { transport: HttpTransportType[transport] })
      .configureLogging(LogLevel.None)
      .build();
    const heard: unknown[] = [];
    connection.on('M', (value: unknown) => {
      heard.push(value);
    });
    await connection.start();
    for (let i = 0; i < 7; i++) expect(await connection.invoke('Echo', [i, 'ü'])).toEqual([i, 'ü']);
    for (const [i, { clients }] of joined.servers.entries()) void clients.all.send('M', i);
    await until(() => heard.length === 3);
    expect([...heard].sort()).toEqual([0, 1, 2]);
    expect(joined.servers.map(({ connections }) => connections).sort()).toEqual([0, 0, 1]);
    const large = 'x'.repeat(20_000);
    expect(await connection.invoke('Echo', large)).toBe(large);
    if (transport !== 'WebSockets') expect(proxy.answered.every((times) => times > 0)).toBe(true);
    expect(proxy.upgraded.reduce((sum, times) => sum + times)).toBe(transport === 'WebSockets' ? 1 : 0);
    await connection.stop();
    await until(() => joined.servers.every(({ connections }) => connections === 0));
    await until(() => forwarded(joined).every((times) => times === 0));
  });

  it('goes on after it has lost its socket, through another server', async () => {
    const [joined, proxy] = await runBehindProxy(3, { allowStatefulReconnects: true });
    const { HubConnectionBuilder, HttpTransportType, LogLevel } = jest.requireActual<Library>('@microsoft/signalr');
    const connection = new HubConnectionBuilder()
      .withUrl(proxy.url, { transport: HttpTransportType.WebSockets })
      .configureLogging(LogLevel.None)
      .withStatefulReconnect()
      .build();
    const heard: unknown[] = [];
    connection.on('M', (value: unknown) => {
      heard.push(value);
    });
    await connection.start();
    const id = await connection.invoke<string>('Id');
    for (let round = 1; round <= 3; round++) {
      proxy.cut();
      for (const { clients } of joined.servers) void clients.all.send('M', round);
      await until(() => proxy.upgraded.reduce((sum, times) => sum + times) > round);
      expect(await connection.invoke('Id')).toBe(id);
      await until(() => heard.length === 3 * round);
    }
    expect(heard.sort()).toEqual([1, 1, 1, 2, 2, 2, 3, 3, 3]);
    expect(proxy.upgraded.filter((times) => times > 0).length).toBeGreaterThan(1);
    await connection.stop();
    await until(() => forwarded(joined).every((times) => times === 0));
  });
});

describe('a forwarded request', () => {
  it('may be a refresh: the connection gets its new token from any server', async () => {
    const joined = await runForwarding(2, {
      enableAuthenticationRefresh: true,
      authenticate: ({ headers }) => ({
        principal: undefined,
        userId: headers['user'] as string | undefined,
        expiresAt: joined.clocks[0]!.date() + 60_000,
      }),
    });
    const [url, other] = joined.running.map((running) => running.url);
    const peer = await HttpPeer.longPolling(url!, { user: 'ann' });
    const elsewhere = peer.at(peer.url.replace(`${url!}?`, `${other!}/refresh?`));
    expect(await elsewhere.ask('POST')).toMatchObject({ status: 200, body: '{"tokenLifetimeSeconds":60}' });
    const refused = await elsewhere.as({ user: 'bob' }).ask('POST');
    expect(refused).toMatchObject({ status: 403, body: '{"error":"permission_change_rejected"}' });
    expect((await peer.ask('DELETE')).status).toBe(202);
  });

  const tokenAt = async (joined: JoinedServers, index: number): Promise<string> =>
    (await HttpPeer.negotiate(joined.running[index]!.url)).url.split('?id=')[1]!;

  it('has the address of the client, for a request and for a WebSocket', async () => {
    const seen: (string | undefined)[] = [];
    const joined = await runForwarding(2, {
      remoteAddressOf: ({ socket }) => {
        seen.push(socket.remoteAddress);
        return socket.remoteAddress;
      },
    });
    const token = await tokenAt(joined, 0);
    seen.length = 0;
    const request = openRequest(`${joined.running[1]!.url}?id=${token}`, { localAddress: '127.0.0.7', agent: false });
    request.end();
    const [answer] = (await once(request, 'response')) as [NodeJS.ReadableStream & { statusCode: number }];
    answer.resume();
    expect(answer.statusCode).toBe(200);
    expect(new Set(seen)).toEqual(new Set(['127.0.0.7']));
    await fetch(`${joined.running[1]!.url}?id=${token}`, { method: 'DELETE' });
    seen.length = 0;
    const another = await tokenAt(joined, 0);
    seen.length = 0;
    const client = await joined.running[1]!.open(`?id=${another}`, { localAddress: '127.0.0.8' });
    expect(new Set(seen)).toEqual(new Set(['127.0.0.8']));
    client.socket.terminate();
  });

  it('tells its owner whether the client came by TLS, whatever the client claims', async () => {
    const seen: unknown[] = [];
    const joined = await runForwarding(2, {
      remoteAddressOf: ({ socket, headers }) => {
        seen.push('encrypted' in socket ? socket.encrypted : undefined, headers[ENVELOPE_HEADER]);
        return socket.remoteAddress;
      },
    });
    const fixture = (name: string): Buffer => readFileSync(path.join(__dirname, '../../fixtures', name));
    const credentials = { key: fixture('localhost-key.pem'), cert: fixture('localhost-cert.pem') };
    const secure = createSecureServer(credentials, joined.servers[1]!.handler);
    joined.servers[1]!.attach(secure, '/hub');
    await new Promise<void>((resolve) => secure.listen(0, '127.0.0.1', resolve));
    for (const [encrypted, port] of [
      [true, (secure.address() as AddressInfo).port],
      [undefined, Number(new URL(joined.running[1]!.url).port)],
    ] as const) {
      const token = await tokenAt(joined, 0);
      seen.length = 0;
      const scheme = encrypted === true ? 'https' : 'http';
      const request = (encrypted === true ? openSecureRequest : openRequest)(
        `${scheme}://127.0.0.1:${port}/hub?id=${token}`,
        { rejectUnauthorized: false, agent: false, headers: { [ENVELOPE_HEADER]: 'claimed' } },
      );
      request.end();
      const [answer] = (await once(request, 'response')) as [IncomingMessage];
      answer.resume();
      expect(answer.statusCode).toBe(200);
      expect(seen.length).toBeGreaterThan(0);
      expect(new Set(seen)).toEqual(new Set([encrypted, undefined]));
      await fetch(`${joined.running[1]!.url}?id=${token}`, { method: 'DELETE' });
    }
    secure.closeAllConnections();
    await new Promise((resolve) => secure.close(resolve));
  });

  it.each([
    ['of nobody', () => 'nobody'],
    ['of a server that is gone', () => signed(createConnectionId('srv-is-gone0'))],
    ['with a wrong signature', () => `${createConnectionId('srv-is-gone0')}.AAAAAAAAAAAAAAAAAAAAAA`],
    ['with a signature of another key', () => signed(createConnectionId('srv-is-gone0'), 'another key')],
    ['without a signature', () => createConnectionId('srv-is-gone0')],
    ['of dots', () => '...'],
    ['of a live server, signed for another id', (live: string) => `${createConnectionId(live)}.${signed('x')}`],
    ['of a live server that knows no such connection', (live: string) => signed(createConnectionId(live))],
  ])('whose token is %s is answered with 404 at once', async (_, make) => {
    const joined = await runForwarding(2);
    const live = (await tokenAt(joined, 0)).split('.')[0]!;
    const peer = (await HttpPeer.negotiate(joined.running[1]!.url)).at(
      `${joined.running[1]!.url}?id=${encodeURIComponent(make(live))}`,
    );
    for (const method of ['GET', 'POST', 'DELETE']) {
      expect(await peer.ask(method)).toMatchObject({ status: 404, body: 'No Connection with that ID' });
    }
    await expect(joined.running[1]!.open(`?id=${encodeURIComponent(make(live))}`)).rejects.toThrow('404');
    expect(forwarded(joined)).toEqual([0, 0]);
  });

  it('is not taken from anybody else', async () => {
    const joined = await runForwarding(1);
    const address = /127\.0\.0\.1:\d+/.exec(
      joined.network.published.map(({ frame }) => String(Buffer.from(frame))).join(),
    )![0];
    const token = await tokenAt(joined, 0);
    const forged = Buffer.from(JSON.stringify({ to: token.split('.')[0], method: 'GET', url: '/', at: Date.now() }));
    for (const envelope of ['', 'x', `${forged.toString('base64url')}.AAAAAAAAAAAAAAAAAAAAAA`]) {
      const response = await fetch(`http://${address}/?id=${token}`, { headers: { [ENVELOPE_HEADER]: envelope } });
      expect(response.status).toBe(403);
    }
    const socket = connect(Number(address.split(':')[1]), '127.0.0.1');
    socket.write(`GET /?id=${token} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`);
    expect(String((await once(socket, 'data'))[0])).toMatch(/^HTTP\/1\.1 403 /);
    socket.destroy();
  });

  it('is recognised while keys rotate', async () => {
    const before = await runForwarding(1, { keys: [OLD_KEY, KEY] });
    const after = await runForwarding(1, { keys: [KEY, OLD_KEY], network: before.network });
    await before.beat(1);
    for (const [owner, other] of [
      [before, after],
      [after, before],
    ] as const) {
      const token = await tokenAt(owner, 0);
      const away = (await HttpPeer.negotiate(other.running[0]!.url)).at(`${other.running[0]!.url}?id=${token}`);
      expect(await away.poll()).toMatchObject({ status: 200 });
      expect(owner.servers[0]!.connections).toBe(1);
      expect(await away.ask('DELETE')).toMatchObject({ status: 202 });
    }
  });

  it('passes on what was read with the handshake of a WebSocket, both ways', async () => {
    const joined = await runForwarding(2);
    const token = await tokenAt(joined, 0);
    const socket = connect(Number(new URL(joined.running[1]!.url).port), '127.0.0.1');
    const head = [
      `GET /hub?id=${token} HTTP/1.1`,
      'Host: x',
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
    ];
    const call = '{"type":1,"invocationId":"i","target":"Id","arguments":[]}\x1e';
    const text = Buffer.from(`{"protocol":"json","version":1}\x1e${call}`);
    // RFC 6455, 5.2: a text frame whose mask is zero.
    const frame = Buffer.concat([Buffer.of(0x81, 0x80 | text.length, 0, 0, 0, 0), text]);
    socket.write(Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), frame]));
    let answer = '';
    for await (const chunk of socket) {
      answer += String(chunk);
      if (answer.includes('"result"')) break;
    }
    expect(answer).toMatch(/^HTTP\/1\.1 101 Switching Protocols\r\n/);
    expect(answer).toContain('"invocationId":"i"');
    socket.destroy();
    await until(() => joined.servers[0]!.connections === 0);
    await until(() => forwarded(joined).every((times) => times === 0));
  });

  it('that is refused an upgrade brings the reason, and leaves nothing behind', async () => {
    const joined = await runForwarding(2, { transports: ['longPolling'] });
    const token = await tokenAt(joined, 0);
    for (let i = 0; i < 20; i++) {
      const socket = connect(Number(new URL(joined.running[1]!.url).port), '127.0.0.1');
      socket.write(`GET /hub?id=${token} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`);
      let text = '';
      for await (const chunk of socket) text += String(chunk);
      expect(text).toMatch(/^HTTP\/1\.1 404 [\s\S]*WebSockets transport not supported by this end point type$/);
    }
    await until(() => forwarded(joined).every((times) => times === 0));
  });

  it('that is broken off by its client reaches its owner as broken off, and crashes nobody', async () => {
    const joined = await runForwarding(2);
    const peer = await HttpPeer.longPolling(joined.running[0]!.url);
    const away = peer.at(peer.url.replace(joined.running[0]!.url, joined.running[1]!.url));
    for (let i = 0; i < 5; i++) {
      const request = away.open('POST', { 'Content-Length': '1000' });
      request.on('error', () => undefined);
      request.write('{"type":1');
      await until(() => forwarded(joined)[1] === 1);
      request.destroy();
      await until(() => forwarded(joined)[1] === 0);
    }
    const [socket] = [connect(Number(new URL(joined.running[1]!.url).port), '127.0.0.1')];
    socket.write(
      `GET /hub?id=${peer.url.split('?id=')[1]!} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
    );
    socket.resetAndDestroy();
    expect(await away.post('{"type":1,"invocationId":"i","target":"Echo","arguments":[1]}')).toMatchObject({
      status: 200,
    });
    expect(await away.poll()).toMatchObject({ status: 200, body: '{"type":3,"invocationId":"i","result":1}\x1e' });
    expect(await away.ask('DELETE')).toMatchObject({ status: 202 });
    await until(() => forwarded(joined).every((times) => times === 0));
  });

  it('is sent once, even if its owner breaks off before it has answered', async () => {
    const joined = await runForwarding(1);
    const arrived: string[] = [];
    const sockets: Socket[] = [];
    const owner = createServer((socket) => {
      sockets.push(socket);
      socket.on('error', () => undefined);
      socket.on('data', (data) => {
        arrived.push(String(data));
        socket.resetAndDestroy();
      });
    });
    await new Promise<void>((resolve) => owner.listen(0, '127.0.0.1', resolve));
    const address = `127.0.0.1:${(owner.address() as AddressInfo).port}`;
    joined.network.links[0]!.listener.onFrame(
      encodeFrame({ kind: 'heartbeat', server: 'fake-server', gaps: 0, asks: false, address }),
    );
    const peer = (await HttpPeer.negotiate(joined.running[0]!.url)).at(
      `${joined.running[0]!.url}?id=${signed(createConnectionId('fake-server'))}`,
    );
    expect(await peer.post('x')).toMatchObject({ status: 502 });
    await expect(joined.running[0]!.open(`?id=${signed(createConnectionId('fake-server'))}`)).rejects.toThrow('502');
    expect(sockets).toHaveLength(2);
    expect(arrived.join('').match(/POST /g)).toHaveLength(1);
    await new Promise((resolve) => owner.close(resolve));
    // Nobody listens there any more: the server is gone, although it has not been missed yet.
    expect(await peer.post('x')).toMatchObject({ status: 404 });
    await until(() => forwarded(joined).every((times) => times === 0));
  });

  it('ends when its owner is gone, which says so or is missed', async () => {
    const joined = await runForwarding(1);
    const owner = createHttpServer(() => undefined);
    await new Promise<void>((resolve) => owner.listen(0, '127.0.0.1', resolve));
    const address = `127.0.0.1:${(owner.address() as AddressInfo).port}`;
    const { listener } = joined.network.links[0]!;
    const sayGoodbye = (): Promise<void> => {
      listener.onFrame(encodeFrame({ kind: 'goodbye', server: 'fake-server' }));
      return Promise.resolve();
    };
    for (const leave of [sayGoodbye, () => joined.beat(7)]) {
      listener.onFrame(encodeFrame({ kind: 'heartbeat', server: 'fake-server', gaps: 0, asks: false, address }));
      const peer = (await HttpPeer.negotiate(joined.running[0]!.url)).at(
        `${joined.running[0]!.url}?id=${signed(createConnectionId('fake-server'))}`,
      );
      const arrived = once(owner, 'request');
      const answer = peer.poll();
      await arrived;
      await leave();
      expect((await answer).status).toBe(502);
      expect(await peer.poll()).toMatchObject({ status: 404 });
    }
    owner.closeAllConnections();
    await new Promise((resolve) => owner.close(resolve));
  });

  it('waits at the start until the other servers have made themselves heard', async () => {
    const { network } = await runForwarding(1);
    const joined = await runJoined(hubs, 1, { network, forwarding: { keys: [KEY] } });
    const { url } = joined.running[0]!;
    const peer = (await HttpPeer.negotiate(url)).at(`${url}?id=${signed(createConnectionId('late-server'))}`);
    let status: number | undefined;
    const answering = peer.poll().then((answer) => (status = answer.status));
    await arrive();
    expect(status).toBeUndefined();
    await joined.beat(6);
    expect(await answering).toBe(404);
  });
});

function signed(id: string, key = KEY): string {
  return `${id}.${new SharedKeys([key]).sign('token', id)}`;
}
