import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { SharedHub } from '../support/shared-hub';
import { TestHub, atEnd, token } from '../support/test-hub';

const shared = new SharedHub();

const EVENTS = '/topics/cars/streams/car-1/events/data';
const ROWS = '/v0/events?name=places&wait=true';
const CHUNKED = { 'Transfer-Encoding': 'chunked' };

interface Answer {
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

/** A request as it is written to a socket; the length is what the headers say. */
function post(path: string, body: string | Buffer, headers: Record<string, string | number>): Buffer {
  const lines = Object.entries({
    Host: 'hub',
    Authorization: `Bearer ${token('admin')}`,
    'Content-Type': 'application/json',
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.concat([Buffer.from(`POST ${path} HTTP/1.1\r\n${lines.join('')}\r\n`), Buffer.from(body)]);
}

async function open(hub: TestHub): Promise<Socket> {
  const socket = connect({ port: Number(new URL(hub.url).port), host: '127.0.0.1', allowHalfOpen: true });
  atEnd(() => {
    socket.destroy();
  });
  await once(socket, 'connect');
  return socket;
}

/** All answers until the server ends the connection. */
async function answers(socket: Socket): Promise<Answer[]> {
  let text = '';
  for await (const chunk of socket) text += String(chunk);
  const found: Answer[] = [];
  while (text !== '') {
    const [head = ''] = text.split('\r\n\r\n', 1);
    const length = Number(/^Content-Length: (\d+)$/im.exec(head)?.[1]);
    const bytes = Buffer.from(text.slice(head.length + 4));
    found.push({ status: Number(head.slice(9, 12)), head, body: bytes.subarray(0, length).toString() });
    text = bytes.subarray(length).toString();
  }
  return found;
}

async function ask(hub: TestHub, ...requests: Buffer[]): Promise<Answer[]> {
  const socket = await open(hub);
  socket.write(Buffer.concat(requests));
  return answers(socket);
}

/** How many events and rows are stored and quarantined. */
async function stored(hub: TestHub): Promise<number> {
  const { topics } = JSON.parse(await hub.read('/topics')) as { topics: { events?: number; rows?: number }[] };
  return topics.reduce((sum, { events = 0, rows = 0 }) => sum + events + rows, 0);
}

describe('a body that is longer than its Content-Length', () => {
  const EVENT = '{"id":"Zürich","timestamp":1618133869000000001}';
  const CITIES = '{"city":"Zürich"}\n{"city":"Köln"}';

  it.each([
    ['an event whose characters were counted', EVENTS, EVENT, EVENT.length],
    ['rows whose characters were counted', ROWS, CITIES, CITIES.length],
    ['rows that are not waited for', '/v0/events?name=places', CITIES, CITIES.length],
    ['a complete row with text behind it', ROWS, '{"city":"Köln"}garbage\r\n\r\n', 16],
    ['an emoji, which is two units of UTF-16 and four bytes', ROWS, '{"city":"🌍"}', '{"city":"🌍"}'.length],
    ['the definition of a data source', '/v0/datasources?name=x', "SCHEMA >\n a String DEFAULT 'é'", 29],
    ['a query', '/v0/sql', "SELECT 'é'", 10],
  ])('is refused before anything is stored: %s', async (_, path, body, length) => {
    const hub = await shared.emptied();
    const [answer, ...others] = await ask(hub, post(path, body, { 'Content-Length': length }));
    expect(others).toEqual([]);
    expect(answer?.status).toBe(400);
    expect(answer?.head).toContain('Connection: close');
    expect(answer?.body).toContain(`the ${length} bytes of Content-Length`);
    expect(answer?.body).toContain('which counts bytes, not characters');
    expect(await stored(hub)).toBe(0);
  });

  it('is told so in the form of the Events API below /v0, and as a problem elsewhere', async () => {
    const hub = await shared.emptied();
    const [events] = await ask(hub, post(EVENTS, EVENT, { 'Content-Length': EVENT.length }));
    const [rows] = await ask(hub, post(ROWS, CITIES, { 'Content-Length': CITIES.length }));
    expect(JSON.parse(events!.body)).toMatchObject({ code: 'malformed_body', status: 400 });
    expect(Object.keys(JSON.parse(rows!.body) as object)).toEqual(['error', 'documentation']);
    expect(rows!.body).toContain('/docs/events-api#malformed_body');
  });

  it('is answered for what was stored when the surplus comes after that', async () => {
    const hub = await shared.emptied();
    const socket = await open(hub);
    socket.write(post(ROWS, '{"city":"Köln"}', { 'Content-Length': 16 }));
    await once(socket, 'readable');
    socket.write('}');
    const [first, second, ...others] = await answers(socket);
    expect(first).toMatchObject({ status: 200, body: '{"successful_rows":1,"quarantined_rows":0}' });
    expect(second?.status).toBe(400);
    expect(second?.body).toContain('the request is not HTTP/1.1');
    expect(others).toEqual([]);
    expect(await hub.read('/v0/sql?q=SELECT%20city%20FROM%20places')).toContain('"city":"Köln"');
  });

  it('may have line breaks behind it, as RFC 9112 allows', async () => {
    const hub = await shared.emptied();
    const lines = post(ROWS, '{"city":"Köln"}\r\n', { 'Content-Length': 16 });
    const last = post(ROWS, '{"city":"Bonn"}', { 'Content-Length': 15, Connection: 'close' });
    expect((await ask(hub, lines, last)).map(({ status }) => status)).toEqual([200, 200]);
    expect(await stored(hub)).toBe(2);
  });
});

describe('what is complete on a connection', () => {
  const EVENT = '{"id":"a","timestamp":1}';
  const complete = () => post(EVENTS, EVENT, { 'Content-Length': EVENT.length });

  it.each([
    ['a chunk without a size', () => post(EVENTS, 'zz\r\n', CHUNKED)],
    ['a request that is not HTTP', () => Buffer.from('GET /ü HTTP/1.1\r\nHost: hub\r\n\r\n')],
    ['headers that are too long', () => post(EVENTS, '', { 'Content-Length': 0, X: 'x'.repeat(40_000) })],
    ['a body that does not end where it says', () => post(EVENTS, `${EVENT}more`, { 'Content-Length': EVENT.length })],
    ['a body of two lengths', () => post(EVENTS, '0\r\n\r\n', { ...CHUNKED, 'Content-Length': 5 })],
  ])('is stored and answered although it is followed by %s', async (_, broken) => {
    const hub = await shared.emptied();
    const found = await ask(hub, complete(), complete(), broken());
    expect(found.map(({ status }) => Math.floor(status / 100))).toEqual([2, 2, 4]);
    expect(found[2]?.head).toContain('Connection: close');
    expect(await stored(hub)).toBe(2);
  });

  it('is answered behind a request without a body too', async () => {
    const hub = await shared.emptied();
    const headers = `Host: hub\r\nAuthorization: Bearer ${token('admin')}\r\n`;
    const found = await ask(hub, Buffer.from(`GET /topics HTTP/1.1\r\n${headers}\r\ngarbage\r\n\r\n`));
    expect(found.map(({ status }) => status)).toEqual([200, 400]);
  });

  it('is answered at the hub too', async () => {
    const hub = await shared.emptied();
    const found = await ask(hub, post('/hub/negotiate?negotiateVersion=1', 'abc', { 'Content-Length': 2 }));
    expect(found.map(({ status }) => status)).toEqual([200, 400]);
    expect(found[0]?.body).toContain('connectionToken');
  });

  it.each([
    ['events', EVENTS, EVENT],
    ['rows', ROWS, '{"city":"Bonn"}'],
    ['rows that are not waited for', '/v0/events?name=places', '{"city":"Bonn"}'],
  ])('is answered to a client that has closed its half of the connection: %s', async (_, path, body) => {
    const hub = await shared.emptied();
    const socket = await open(hub);
    socket.end(post(path, body, { 'Content-Length': body.length }));
    const [answer] = await answers(socket);
    expect(Math.floor((answer?.status ?? 0) / 100)).toBe(2);
    await hub.post(EVENTS, EVENT);
    expect(await stored(hub)).toBe(2);
  });
});

describe('a body that breaks off', () => {
  it.each([
    [
      'a length that is too great',
      '{"city":"Köln"}',
      { 'Content-Length': 200 },
      /ended early.* 200 bytes of Content-Length/,
    ],
    ['no last chunk', '10\r\n{"city":"Köln"}\r\n', CHUNKED, /ended early.* its last chunk/],
    ['a chunk that is cut', '10\r\n{"city"', CHUNKED, /ended early.* its last chunk/],
    ['a chunk size that is no number', 'x\r\n', CHUNKED, /not HTTP\/1\.1: .*chunk size/],
    ['a chunk that is longer than its size', '2\r\n{"city":"Köln"}\r\n0\r\n\r\n', CHUNKED, /not HTTP\/1\.1: /],
    ['a bad chunk behind a good one', '10\r\n{"city":"Köln"}\r\nzz\r\n', CHUNKED, /not HTTP\/1\.1: /],
    ['a coding that is not chunked last', '0\r\n\r\n', { 'Transfer-Encoding': 'gzip' }, /not HTTP\/1\.1: .*Encoding/],
  ])('is refused in the form of its route, and nothing of it stored: %s', async (_, body, headers, reason) => {
    const hub = await shared.emptied();
    for (const path of [EVENTS, ROWS]) {
      const socket = await open(hub);
      socket.end(post(path, body, headers));
      const [answer, ...others] = await answers(socket);
      expect(others).toEqual([]);
      expect(answer?.status).toBe(400);
      const told = JSON.parse(answer!.body) as { detail?: string; error?: string; code?: string };
      expect(path === ROWS ? told.error : told.detail).toMatch(reason);
      expect(path === ROWS ? answer!.body : told.code).toContain('malformed_body');
    }
    expect(await stored(hub)).toBe(0);
  });

  it.each([
    ['both lengths', { ...CHUNKED, 'Content-Length': 12 }],
    ['a length that is no number', { 'Content-Length': '12x' }],
    ['a length below 0', { 'Content-Length': -1 }],
  ])('is refused below /v0 in its form when its headers announce %s', async (_, headers) => {
    const hub = await shared.emptied();
    const [answer] = await ask(hub, post(ROWS, '0\r\n\r\n', headers));
    expect(answer?.status).toBe(400);
    expect(Object.keys(JSON.parse(answer!.body) as object)).toEqual(['error', 'documentation']);
  });

  it('is refused when it was cut off before it was compressed to its end', async () => {
    const hub = await shared.emptied();
    const bytes = gzipSync('{"city":"Köln"}').subarray(0, -4);
    const headers = { 'Content-Length': bytes.length, 'Content-Encoding': 'gzip', Connection: 'close' };
    const [answer] = await ask(hub, post(ROWS, bytes, headers));
    expect(answer).toMatchObject({
      status: 400,
      body: expect.stringContaining('the body ends early: its gzip data are cut off') as string,
    });
    expect(await stored(hub)).toBe(0);
  });
});
