import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { sign } from 'jsonwebtoken';
import { mintToken } from '../../src/auth/token-minter';
import { SharedHub } from '../support/shared-hub';
import { SECRET, TestHub, atEnd, bearerOf, token } from '../support/test-hub';
import { sqlPath } from './v0/support/sql-client';

const shared = new SharedHub();

const EVENTS = '/topics/cars/streams/car-1/events/data';
const event = (value = ''): string => JSON.stringify([{ id: 'a', timestamp: 1, value }]);
const jsonOf = (subject: string): Record<string, string> => ({
  ...bearerOf(subject),
  'content-type': 'application/json',
});

async function open(hub: TestHub): Promise<Socket> {
  const socket = connect(Number(new URL(hub.url).port), '127.0.0.1');
  socket.on('error', () => undefined);
  atEnd(() => {
    socket.destroy();
  });
  await once(socket, 'connect');
  return socket;
}

/** The head of a request whose body is on its way. */
function head(target: string, authorization: string, length: number): string {
  const headers = `Host: x\r\nAuthorization: ${authorization}\r\nContent-Type: application/json`;
  return `POST ${target} HTTP/1.1\r\n${headers}\r\nContent-Length: ${length}\r\n\r\n`;
}

async function statusOf(socket: Socket): Promise<string> {
  const [chunk] = (await once(socket, 'data')) as [Buffer];
  return chunk.toString().slice(9, 12);
}

const strikes = async (hub: TestHub, limit: string): Promise<number> =>
  Number(new RegExp(`limit_strikes_total\\{limit="${limit}"\\} (\\d+)`).exec(await hub.read('/metrics'))?.[1]);

describe('rights come before bodies', () => {
  const none = `Bearer ${token('append:other')}`;
  const nothing = `Bearer ${sign({ scope: 'openid' }, SECRET, { expiresIn: '1h' })}`;

  it.each([
    ['/v0/sql', nothing],
    ['/topics/cars/streams', none],
    [EVENTS, none],
    ['/v0/events?name=cars', none],
    ['/v0/datasources?name=cars', none],
    ['/v0/datasources/cars/delete', none],
    ['/v0/datasources/cars/columns', none],
    ['/tokens/revoke', none],
  ])('%s is refused before any of its body has come', async (target, authorization) => {
    const hub = await shared.emptied();
    const socket = await open(hub);
    socket.write(head(target, authorization, 1000));
    expect(await statusOf(socket)).toBe('403');
  });

  it.each([
    ['/v0/sql', 300_000],
    ['/topics/cars/streams', 600_000],
    ['/v0/datasources?name=cars', 1_100_000],
    ['/v0/datasources/cars/delete', 100_000],
    ['/tokens/revoke', 100_000],
  ])('%s takes no body of %d bytes, which nothing it reads needs', async (target, length) => {
    const hub = await shared.emptied();
    const socket = await open(hub);
    socket.write(head(target, `Bearer ${token('admin')}`, length));
    expect(await statusOf(socket)).toBe('413');
  });
});

describe('bytes that are held for callers', () => {
  it('are shared: a subject that has its share gets 429, another is served', async () => {
    const hub = await TestHub.start({ maxHeldBytes: 200_000 });
    const greedy = await open(hub);
    greedy.write(head(EVENTS, bearerOf('greedy').authorization, 180_000) + 'x'.repeat(140_000));
    let status = 200;
    while (status === 200) ({ status } = await hub.post(EVENTS, event('x'.repeat(20_000)), bearerOf('greedy')));
    expect(status).toBe(429);
    const refused = await hub.post(EVENTS, event('x'.repeat(20_000)), bearerOf('greedy'));
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(await refused.json()).toMatchObject({ code: 'over_share' });
    expect((await hub.post(EVENTS, event('x'.repeat(20_000)), jsonOf('modest'))).status).toBe(200);
    expect(await strikes(hub, 'held_bytes')).toBeGreaterThanOrEqual(2);
    await hub.logged('"who":"subject greedy"');
    greedy.destroy();
    while (status !== 200) ({ status } = await hub.post(EVENTS, event('x'.repeat(20_000)), bearerOf('greedy')));
    let held = '';
    while (held !== '0') held = /held_bytes (\d+)/.exec(await hub.read('/metrics'))?.[1] ?? '';
  });

  it('hold two tokens without a subject apart', async () => {
    const hub = await TestHub.start({ maxHeldBytes: 100_000 });
    const [first, second] = [0, 1].map(() => `Bearer ${mintToken({ scopes: ['admin'] }, SECRET).token}`) as [
      string,
      string,
    ];
    const greedy = await open(hub);
    greedy.write(head(EVENTS, first, 90_000) + 'x'.repeat(70_000));
    let status = 200;
    const payload = event('x'.repeat(20_000));
    while (status === 200) ({ status } = await hub.post(EVENTS, payload, { authorization: first }));
    expect(status).toBe(429);
    expect((await hub.post(EVENTS, payload, { authorization: second })).status).toBe(200);
  });
});

describe('an answer that its caller does not take', () => {
  it('is cut off when nothing of it is taken for long, and its bytes are given back', async () => {
    const hub = await TestHub.start({ sendTimeout: 50 });
    const socket = await open(hub);
    const size = 30_000_000;
    const query = sqlPath(
      "WITH RECURSIVE t(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM t WHERE x < 300) SELECT printf('%99999d', x) FROM t FORMAT TSV",
    );
    socket.write(`GET ${query}&token=${token('admin')} HTTP/1.1\r\nHost: x\r\n\r\n`);
    await once(socket, 'readable');
    while ((await strikes(hub, 'unread_answer')) === 0);
    while (!(await hub.read('/metrics')).includes('writer_hub_held_bytes 0\n'));
    let bytes = 0;
    socket.on('data', (chunk: Buffer) => (bytes += chunk.length));
    await once(socket, 'close');
    expect(bytes).toBeLessThan(size);
  });

  it('is sent whole to one that takes it slowly', async () => {
    const hub = await TestHub.start({ maxResultRows: 400_000 });
    await hub.post(
      EVENTS,
      JSON.stringify(Array.from({ length: 5000 }, (_, at) => ({ id: 'a', timestamp: at, value: 'v'.repeat(180) }))),
    );
    const response = await hub.fetch(`${EVENTS}?limit=10000`);
    expect(Number(response.headers.get('content-length'))).toBeGreaterThan(1_000_000);
    const { events } = (await response.json()) as { events: unknown[] };
    expect(events).toHaveLength(5000);
  });
});

describe('connections without a token', () => {
  it('are cut, the oldest first, when there are more than may be', async () => {
    const hub = await TestHub.start({ maxAnonymousSockets: 2 });
    const oldest = await open(hub);
    const closed = once(oldest, 'close');
    const known = await open(hub);
    known.write(`GET /topics HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token('admin')}\r\n\r\n`);
    expect(await statusOf(known)).toBe('200');
    await open(hub);
    await open(hub);
    await closed;
    known.write(`GET /topics HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token('admin')}\r\n\r\n`);
    expect(await statusOf(known)).toBe('200');
    expect(await strikes(hub, 'anonymous_sockets')).toBeGreaterThanOrEqual(1);
  });

  it('are closed with 408 when no request comes', async () => {
    const hub = await TestHub.start({ headersTimeout: 50 });
    expect(await statusOf(await open(hub))).toBe('408');
  });
});

describe('reads', () => {
  it('take turns by subject, and one subject cannot have all places to wait', async () => {
    const hub = await TestHub.start();
    await hub.post(EVENTS, event());
    const flood = Array.from({ length: 900 }, () => hub.fetch(EVENTS, { headers: bearerOf('greedy') }));
    expect((await hub.fetch(EVENTS, { headers: bearerOf('modest') })).status).toBe(200);
    const statuses = new Set((await Promise.all(flood)).map(({ status }) => status));
    expect([...statuses].filter((status) => status !== 200 && status !== 429)).toEqual([]);
  });
});
