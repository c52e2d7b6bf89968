import type { Server } from 'node:http';
import { WebSocket } from 'ws';
import {
  type Authentication,
  type ConnectionEndpoint,
  type ConnectionEndpointOptions,
  createConnectionEndpoint,
  type RawConnection,
} from '../../src/signalr';
import { CountedMemory } from './support/counted-memory';
import { Deferred } from './support/deferred';
import { FakeClock } from './support/fake-clock';
import { listen, LogRecorder, urlOf } from './support/hub-servers';

interface Served {
  readonly url: string;
  readonly http: Server;
  readonly endpoint: ConnectionEndpoint;
  readonly log: LogRecorder;
}

const running: Served[] = [];
const sockets: WebSocket[] = [];

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.terminate();
  for (const { endpoint, http, log } of running.splice(0)) {
    http.closeAllConnections();
    await endpoint.close({ timeout: 1 });
    await new Promise((resolve) => http.close(resolve));
    expect(log.errors).toEqual([]);
  }
});

/** An endpoint at /raw. */
async function serve(options: Omit<ConnectionEndpointOptions<undefined>, 'logger'>): Promise<Served> {
  const log = new LogRecorder();
  const endpoint = createConnectionEndpoint({ ...options, logger: log });
  const http = await listen(endpoint.handler);
  endpoint.attach(http, '/raw');
  const served = { url: `${urlOf(http)}/raw`, http, endpoint, log };
  running.push(served);
  return served;
}

/** A WebSocket that keeps what it receives, also what comes with the answer to its upgrade. */
class Peer extends WebSocket {
  readonly pieces: { data: Buffer; isBinary: boolean }[] = [];
  readonly ended = new Deferred<number>();

  constructor(url: string, headers: Record<string, string> = {}) {
    super(url.replace('http', 'ws'), { headers });
    sockets.push(this);
    this.on('error', () => undefined);
    this.on('message', (data: Buffer, isBinary) => this.pieces.push({ data, isBinary }));
    this.on('close', this.ended.resolve);
  }

  get bytes(): Buffer {
    return Buffer.concat(this.pieces.map(({ data }) => data));
  }
}

async function open(url: string): Promise<Peer> {
  const socket = new Peer(url);
  await new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  return socket;
}

async function next(socket: Peer): Promise<{ data: Buffer; isBinary: boolean }> {
  if (socket.pieces.length === 0) await new Promise((resolve) => socket.once('message', resolve));
  return socket.pieces.shift()!;
}

function closeOf(socket: Peer): Promise<number> {
  return socket.ended.promise;
}

/** Resolves when something is so. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}

/** Negotiates and gives the address of the connection. */
async function negotiate(url: string): Promise<string> {
  const answer = await fetch(`${url}/negotiate?negotiateVersion=1`, { method: 'POST' });
  return `${url}?id=${((await answer.json()) as { connectionToken: string }).connectionToken}`;
}

async function echo(connection: RawConnection): Promise<void> {
  for await (const piece of connection) await connection.send(piece);
}

describe('a raw connection', () => {
  it('is a WebSocket that needs no negotiation and closes cleanly', async () => {
    const { url } = await serve({ onConnected: echo });
    const socket = await open(url);
    socket.send('message');
    const { data, isBinary } = await next(socket);
    expect([data.toString(), isBinary]).toEqual(['message', false]);
    const closed = closeOf(socket);
    socket.close();
    expect(await closed).toBe(1000);
  });

  it('knows its request, and offers what each transport carries', async () => {
    const seen = new Deferred<RawConnection>();
    const { url, endpoint } = await serve({
      onConnected: async (connection) => {
        seen.resolve(connection);
        await echo(connection);
      },
    });
    const answer = await fetch(`${url}/negotiate?negotiateVersion=1`, { method: 'POST' });
    expect(((await answer.json()) as { availableTransports: unknown }).availableTransports).toEqual([
      { transport: 'WebSockets', transferFormats: ['Text', 'Binary'] },
      { transport: 'ServerSentEvents', transferFormats: ['Text'] },
      { transport: 'LongPolling', transferFormats: ['Text', 'Binary'] },
    ]);
    await open(`${url}?room=1`);
    const connection = await seen.promise;
    expect(connection.connectionId).toMatch(/^[\w-]{22}$/);
    expect([connection.transport, connection.userId, connection.principal]).toEqual([
      'webSockets',
      undefined,
      undefined,
    ]);
    expect(connection.request.query.get('room')).toBe('1');
    connection.items.set('a', 1);
    expect(connection.items.get('a')).toBe(1);
    expect(endpoint.connections).toBe(1);
  });

  it.each([
    ['every byte', Buffer.from(Array.from({ length: 256 }, (_, i) => i))],
    ['a megabyte', Buffer.alloc(1_000_000, 0xfe)],
  ])('carries %s over a WebSocket and long polling', async (_, bytes) => {
    const { url } = await serve({
      maximumSendBufferSize: 4_000_000,
      onConnected: (connection) => {
        connection.transferFormat = 'binary';
        return echo(connection);
      },
    });
    const socket = await open(url);
    socket.send(bytes);
    await until(() => socket.bytes.length >= bytes.length);
    expect(socket.bytes.equals(bytes)).toBe(true);
    expect(socket.pieces.every(({ isBinary }) => isBinary)).toBe(true);

    const target = await negotiate(url);
    await fetch(target);
    const posted = fetch(target, { method: 'POST', body: bytes });
    const polled: Buffer[] = [];
    while (Buffer.concat(polled).length < bytes.length) {
      polled.push(Buffer.from(await (await fetch(target)).arrayBuffer()));
    }
    expect(Buffer.concat(polled).equals(bytes)).toBe(true);
    expect((await posted).status).toBe(200);
    expect((await fetch(target, { method: 'DELETE' })).status).toBe(202);
  });

  it('sends characters whole that come in pieces', async () => {
    const { url } = await serve({
      onConnected: async (connection) => {
        for (const byte of Buffer.from('\ufeffzł😀')) await connection.send(Buffer.of(byte));
        await connection.send('.');
      },
    });
    const socket = await open(url);
    await closeOf(socket);
    expect(socket.pieces.map(({ data }) => data.toString())).toEqual(['\ufeff', 'z', 'ł', '😀', '.']);
    const events = await (await fetch(await negotiate(url), { headers: { Accept: 'text/event-stream' } })).text();
    expect(events).toBe(':\r\ndata: \ufeff\r\n\r\ndata: z\r\n\r\ndata: ł\r\n\r\ndata: 😀\r\n\r\ndata: .\r\n\r\n');
  });

  it('does not change bytes that are no text, but says so', async () => {
    const thrown: unknown[] = [];
    const { url } = await serve({
      onConnected: async (connection) => {
        for (const action of [
          () => connection.send(Buffer.of(0xff)),
          () => connection.send(Buffer.of(0xc3, 0x28)),
          () => connection.send(7 as unknown as string),
          () => (connection.transferFormat = 'hex' as 'text'),
          () => (connection.transferFormat = 'binary'),
        ]) {
          try {
            await action();
          } catch (error) {
            thrown.push((error as Error).message);
          }
        }
        await connection.send('still there');
      },
    });
    const events = await (await fetch(await negotiate(url), { headers: { Accept: 'text/event-stream' } })).text();
    expect(events).toBe(':\r\ndata: still there\r\n\r\n');
    expect(thrown).toEqual([
      "these bytes are not UTF-8; to send them as they are, set transferFormat to 'binary'",
      "these bytes are not UTF-8; to send them as they are, set transferFormat to 'binary'",
      'send takes text or bytes',
      "transferFormat is 'text' or 'binary'",
      'Server-Sent Events carry text only; leave them out of the option `transports`',
    ]);
  });

  it('ends when what serves it has ended, after all was sent', async () => {
    const { url, endpoint } = await serve({
      onConnected: async (connection) => {
        await connection.send('goodbye');
      },
    });
    const socket = await open(url);
    const [message, code] = await Promise.all([next(socket), closeOf(socket)]);
    expect([message.data.toString(), code]).toEqual(['goodbye', 1000]);
    const target = await negotiate(url);
    await fetch(target);
    expect(await (await fetch(target)).text()).toBe('goodbye');
    expect((await fetch(target)).status).toBe(204);
    expect((await fetch(target)).status).toBe(404);
    expect(endpoint.connections).toBe(0);
  });

  it.each([
    ['throws', new Error('broken')],
    ['throws what is no error', 'text'],
  ])('closes with 1011 when what serves it %s, and the log says so', async (_, thrown) => {
    const { url, log } = await serve({
      onConnected: () => {
        // eslint-disable-next-line @typescript-eslint/only-throw-error -- JavaScript throws anything
        throw thrown;
      },
    });
    const socket = await open(url);
    expect(await closeOf(socket)).toBe(1011);
    expect(log.takeErrors()).toEqual(['onConnected failed']);
  });

  it('still gets what was sent before what serves it throws; a poll is answered with 500', async () => {
    const { url, log } = await serve({
      onConnected: async (connection) => {
        await connection.send('before');
        throw new Error('broken');
      },
    });
    const socket = await open(url);
    expect(await closeOf(socket)).toBe(1011);
    expect(socket.bytes.toString()).toBe('before');
    const target = await negotiate(url);
    const statuses: number[] = [];
    while (statuses.at(-1) !== 500 && statuses.at(-1) !== 404) statuses.push((await fetch(target)).status);
    expect(log.takeErrors()).toEqual(['onConnected failed', 'onConnected failed']);
  });

  it('ends its iteration when the client leaves, and throws when it is lost', async () => {
    const ends: unknown[] = [];
    const gone = new Deferred<undefined>();
    const { url } = await serve({
      onConnected: async (connection) => {
        const ended = new Promise((resolve) => {
          connection.signal.addEventListener('abort', resolve);
        });
        try {
          await echo(connection);
          ends.push('left');
        } catch (error) {
          ends.push(error);
          throw error;
        } finally {
          await ended;
          expect(await connection.send('too late')).toBe(false);
          if (ends.length === 2) gone.resolve(undefined);
        }
      },
    });
    const leaving = await open(url);
    const closed = closeOf(leaving);
    leaving.close();
    await closed;
    const lost = await open(url);
    lost.terminate();
    await gone.promise;
    expect(ends).toEqual(['left', new Error('the connection was lost')]);
  });

  it('whose work is aborted with it has not failed', async () => {
    const { url, endpoint, log } = await serve({
      onConnected: ({ signal }) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => {
            // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- as `fetch` does
            reject(signal.reason);
          });
        }),
    });
    for (const leave of ['close', 'terminate'] as const) {
      const socket = await open(url);
      socket[leave]();
      await until(() => endpoint.connections === 0);
    }
    expect(log.errors).toEqual([]);
  });

  it('is not read further than somebody iterates', async () => {
    const start = new Deferred<undefined>();
    let received = 0;
    const done = new Deferred<undefined>();
    const { url } = await serve({
      onConnected: async (connection) => {
        await start.promise;
        for await (const piece of connection) {
          received += piece.length;
          if (received === 20_000_000) done.resolve(undefined);
        }
      },
    });
    const socket = await open(url);
    const taken = new Deferred<undefined>();
    socket.send(Buffer.alloc(20_000_000), () => {
      taken.resolve(undefined);
    });
    // The server reads on only when it is iterated: what does not fit into the buffers in between waits at the client.
    const pong = new Promise((resolve) => socket.once('pong', resolve));
    socket.ping();
    expect(await Promise.race([taken.promise, pong, new Promise((resolve) => setImmediate(resolve, 'waits'))])).toBe(
      'waits',
    );
    start.resolve(undefined);
    await done.promise;
    await taken.promise;
    expect(received).toBe(20_000_000);
  });

  it('lets whoever sends wait until there is room', async () => {
    const waits = new Deferred<undefined>();
    let sent = 0;
    const { url, endpoint } = await serve({
      maximumSendBufferSize: 200_000,
      onConnected: async (connection) => {
        for (; sent < 300; sent++) {
          const sending = connection.send('x'.repeat(100_000));
          const turn = new Promise((resolve) => setImmediate(resolve, 'waits'));
          if ((await Promise.race([sending, turn])) === 'waits') waits.resolve(undefined);
          expect(await sending).toBe(true);
        }
      },
    });
    const socket = await open(url);
    socket.pause();
    await waits.promise;
    expect(sent).toBeLessThan(300);
    socket.resume();
    expect(await closeOf(socket)).toBe(1000);
    expect([sent, socket.bytes.length]).toEqual([300, 30_000_000]);
    await until(() => endpoint.connections === 0);
  });

  it('is dropped when more waits than may, for whoever does not wait', async () => {
    const results: boolean[] = [];
    const { url, log } = await serve({
      onConnected: async (connection) => {
        const sending = Array.from({ length: 100 }, () => connection.send('x'.repeat(1_000_000)));
        results.push(...(await Promise.all(sending)));
      },
    });
    const socket = await open(url);
    socket.pause();
    await until(() => results.length === 100);
    expect(results.at(-1)).toBe(false);
    expect(log.takeErrors()).toEqual(['limit reached']);
  });

  it('takes its memory from the budget, and gives all back', async () => {
    const memory = new CountedMemory(1_000_000);
    const iterate = new Deferred<undefined>();
    const arrived = new Deferred<undefined>();
    const { url } = await serve({
      memory,
      onConnected: async (connection) => {
        await iterate.promise;
        for await (const piece of connection) if (piece.length > 0) arrived.resolve(undefined);
      },
    });
    const socket = await open(url);
    socket.send(Buffer.alloc(60_000));
    await until(() => memory.used > 0);
    iterate.resolve(undefined);
    await arrived.promise;
    const closed = closeOf(socket);
    socket.close();
    await closed;
    await until(() => memory.used === 0);
    expect(memory.most).toBeGreaterThan(0);
  });

  it('is told apart by who is let in', async () => {
    const principals: unknown[] = [];
    const log = new LogRecorder();
    const endpoint = createConnectionEndpoint({
      logger: log,
      authenticate: ({ headers: { authorization } }): Authentication<string> | undefined =>
        authorization === undefined ? undefined : { principal: authorization, userId: authorization },
      async onConnected(connection) {
        principals.push(connection.principal, connection.userId);
        await connection.send(connection.principal);
      },
    });
    const http = await listen(endpoint.handler);
    endpoint.attach(http, '/raw');
    const url = `${urlOf(http)}/raw`;
    running.push({ url, http, endpoint, log });
    expect((await fetch(`${url}/negotiate`, { method: 'POST' })).status).toBe(401);
    await expect(open(url)).rejects.toThrow('Unexpected server response: 401');
    const socket = new Peer(url, { Authorization: 'ann' });
    expect((await next(socket)).data.toString()).toBe('ann');
    expect(principals).toEqual(['ann', 'ann']);
  });

  it('ends with its server, and is cut off when it takes too long', async () => {
    const { url, endpoint } = await serve({ onConnected: echo });
    const socket = await open(url);
    const code = closeOf(socket);
    await endpoint.close();
    expect(await code).toBe(1000);
    expect((await fetch(`${url}/negotiate`, { method: 'POST' })).status).toBe(503);

    const clock = new FakeClock();
    const other = await serve({ onConnected: () => new Promise(() => undefined), clock });
    const stuck = await open(other.url);
    stuck.pause();
    const closing = other.endpoint.close({ timeout: 2_000 });
    clock.advance(3_000);
    await closing;
    expect(other.endpoint.connections).toBe(0);
  });

  it('ends when its authentication does', async () => {
    const clock = new FakeClock();
    const log = new LogRecorder();
    const endpoint = createConnectionEndpoint<undefined>({
      clock,
      logger: log,
      closeOnAuthenticationExpiration: true,
      authenticate: () => ({ principal: undefined, expiresAt: clock.date() + 5_000 }),
      onConnected: echo,
    });
    const http = await listen(endpoint.handler);
    endpoint.attach(http, '/raw');
    running.push({ url: `${urlOf(http)}/raw`, http, endpoint, log });
    const socket = await open(`${urlOf(http)}/raw`);
    const closed = closeOf(socket);
    clock.advance(6_000);
    expect(await closed).toBe(1000);
  });
});

describe('createConnectionEndpoint', () => {
  it.each([
    [{}, "option 'onConnected' must be a function"],
    [{ onConnected: echo, keepAliveInterval: 5 }, "option 'keepAliveInterval' does not exist"],
    [{ onConnected: echo, allowStatefulReconnects: true }, "option 'allowStatefulReconnects' does not exist"],
    [{ onConnected: echo, pollTimeout: -1 }, "option 'pollTimeout' must be a positive number of milliseconds"],
    [{ onConnected: echo, authenticate: 5 }, "option 'authenticate' must be a function"],
  ])('refuses %p', (options, text) => {
    expect(() => createConnectionEndpoint(options as { onConnected: typeof echo })).toThrow(
      new TypeError(`createConnectionEndpoint: ${text}`),
    );
  });
});
