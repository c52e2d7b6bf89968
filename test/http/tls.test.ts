import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { connect as connectPlain, type Socket } from 'node:net';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { atEnd, TestHub, token } from '../support/test-hub';

const fixture = (name: string): string => join(__dirname, '../fixtures', name);
const TLS = { tlsCertFile: fixture('localhost-cert.pem'), tlsKeyFile: fixture('localhost-key.pem') };
const CA = readFileSync(TLS.tlsCertFile);

/** Answers of a client that keeps one connection open. */
function client(hub: TestHub): {
  ask(path: string): Promise<number | undefined>;
  readonly sockets: ReadonlySet<Socket>;
} {
  const agent = new Agent({ keepAlive: true, maxSockets: 1, ca: CA });
  const sockets = new Set<Socket>();
  atEnd(() => {
    agent.destroy();
  });
  return {
    sockets,
    ask: (path) =>
      new Promise((resolve, reject) => {
        const headers = { authorization: `Bearer ${token('admin')}` };
        request(`${hub.url}${path}`, { agent, headers }, (response) => {
          response.resume().on('end', () => {
            resolve(response.statusCode);
          });
        })
          .on('socket', (socket) => sockets.add(socket))
          .on('error', reject)
          .end();
      }),
  };
}

describe('a server with a certificate', () => {
  it('is served over HTTPS', async () => {
    const hub = await TestHub.start(TLS);
    expect(hub.url).toMatch(/^https:/);
    expect(await client(hub).ask('/topics')).toBe(200);
  });

  it('cuts no connection that has shown a token, however many there are', async () => {
    const hub = await TestHub.start({ ...TLS, maxAnonymousSockets: 2 });
    const clients = Array.from({ length: 6 }, () => client(hub));
    for (const each of clients) expect(await each.ask('/topics')).toBe(200);
    for (const each of clients) expect(await each.ask('/topics')).toBe(200);
    expect(clients.map(({ sockets }) => sockets.size)).toEqual([1, 1, 1, 1, 1, 1]);
  });

  it('cuts the oldest of too many that have shown none, in or behind their handshake', async () => {
    const hub = await TestHub.start({ ...TLS, maxAnonymousSockets: 2 });
    const port = Number(new URL(hub.url).port);
    const first = connectPlain(port, '127.0.0.1');
    const second = connect({ port, host: '127.0.0.1', ca: CA });
    for (const socket of [first, second]) socket.on('error', () => undefined).resume();
    const closed = [first, second].map((socket) => new Promise((resolve) => socket.once('close', resolve)));
    await once(second, 'secureConnect');
    const later = Array.from({ length: 2 }, () => connect({ port, host: '127.0.0.1', ca: CA }));
    for (const socket of later) atEnd(() => void socket.destroy());
    await Promise.all(later.map((socket) => once(socket, 'secureConnect')));
    await Promise.all(closed);
    expect(later.map(({ destroyed }) => destroyed)).toEqual([false, false]);
  });
});

describe('a server that stops', () => {
  it.each([
    ['HTTP', {}],
    ['HTTPS', TLS],
  ])('waits for no connection by which nothing has come, over %s', async (_, settings) => {
    // Nobody waits for as long as this: the test would end first.
    const hub = await TestHub.start({ ...settings, shutdownTimeout: 3_600_000 });
    const port = Number(new URL(hub.url).port);
    const bare = connectPlain(port, '127.0.0.1');
    const sockets = 'tlsCertFile' in settings ? [bare, connect({ port, host: '127.0.0.1', ca: CA })] : [bare];
    for (const socket of sockets) socket.on('error', () => undefined);
    await Promise.all(sockets.map((socket) => once(socket, socket === bare ? 'connect' : 'secureConnect')));
    const closed = sockets.map((socket) => new Promise((resolve) => socket.resume().once('close', resolve)));
    await hub.close();
    await Promise.all(closed);
  });
});
