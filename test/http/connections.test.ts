import { once } from 'node:events';
import { Agent, request, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import Database from 'better-sqlite3';
import { TestHub, atEnd, temporaryDirectory, token } from '../support/test-hub';
import { openSocket } from './support/open-socket';

const EVENTS = '/topics/cars/streams/car-1/events/data';
const body = (id: string, value = '') => JSON.stringify([{ id, timestamp: 1, value }]);

/** The text of a POST, ready for a bare socket. */
function post(target: string, payload: string | Buffer, ...headers: string[]): Buffer {
  const lines = [
    `POST ${target} HTTP/1.1`,
    'Host: hub',
    `Authorization: Bearer ${token('admin')}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(payload)}`,
    ...headers,
  ];
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), Buffer.from(payload)]);
}

/** Resolves with what a socket has received once it holds so many status lines. */
async function answers(socket: Socket, count: number): Promise<string[]> {
  let text = '';
  for (;;) {
    const statuses = text.match(/HTTP\/1\.1 \d{3}/g) ?? [];
    if (statuses.length >= count) return statuses;
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    text += chunk.toString();
  }
}

const storedIds = async (hub: TestHub): Promise<(string | undefined)[]> =>
  [...(await hub.read(EVENTS)).matchAll(/"id":"([^"]*)"/g)].map(([, id]) => id);

describe('an HTTP connection', () => {
  it.each([
    ['75 seconds', {}, 'timeout=75'],
    ['as long as the option says', { idleTimeout: 20_000 }, 'timeout=20'],
  ])('is kept open between two requests for %s', async (_, settings, header) => {
    const hub = await TestHub.start(settings);
    const agent = new Agent({ keepAlive: true });
    const asked = request(`${hub.url}/healthz`, { agent }).end();
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    expect(response.headers['keep-alive']).toBe(header);
    response.resume();
    agent.destroy();
  });

  it('keeps the order of requests that are sent behind each other, though one takes longer to inflate', async () => {
    const hub = await TestHub.start();
    const socket = await openSocket(hub);
    const first = post(EVENTS, gzipSync(body('first', 'x'.repeat(900_000))), 'Content-Encoding: gzip');
    socket.write(Buffer.concat([first, post(EVENTS, body('second')), post(EVENTS, body('third'))]));
    expect(await answers(socket, 3)).toEqual(Array(3).fill('HTTP/1.1 200'));
    expect(await storedIds(hub)).toEqual(['first', 'second', 'third']);
  });

  it('goes on behind a request that is refused', async () => {
    const hub = await TestHub.start();
    const socket = await openSocket(hub);
    socket.write(Buffer.concat([post(EVENTS, '[{'), post(EVENTS, body('second'))]));
    expect(await answers(socket, 2)).toEqual(['HTTP/1.1 400', 'HTTP/1.1 200']);
  });

  it('is served without the upgrade that it offers and nobody wants', async () => {
    const hub = await TestHub.start();
    const socket = await openSocket(hub);
    const upgrade = ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA'];
    socket.write(post(EVENTS, body('first'), ...upgrade));
    expect(await answers(socket, 1)).toEqual(['HTTP/1.1 200']);
    socket.write(post(EVENTS, body('second')));
    expect(await answers(socket, 1)).toEqual(['HTTP/1.1 200']);
    expect(await storedIds(hub)).toEqual(['first', 'second']);
  });

  it('may name its target in the absolute form', async () => {
    const hub = await TestHub.start();
    const socket = await openSocket(hub);
    socket.write(post(`http://hub${EVENTS}`, body('first')));
    expect(await answers(socket, 1)).toEqual(['HTTP/1.1 200']);
  });

  it('is refused a body when what is held for others takes all the room there is', async () => {
    const hub = await TestHub.start({ maxHeldBytes: 4096 });
    const slow = await openSocket(hub);
    slow.write(post(EVENTS, body('slow', 'x'.repeat(3000))).subarray(0, -10));
    const large = body('large', 'x'.repeat(3000));
    let status = 200;
    // The slow one may not have been read yet when the first of these arrives.
    while (status === 200) ({ status } = await hub.post(EVENTS, large));
    expect(status).toBe(503);
    slow.destroy();
    while (status !== 200) ({ status } = await hub.post(EVENTS, large));
  });

  it('is let go with the answer that it waited for when the server stops', async () => {
    const dataDir = temporaryDirectory();
    const hub = await TestHub.start({ dataDir, busyTimeout: 60_000 });
    await hub.post(EVENTS, body('first'));
    const other = new Database(join(dataDir, 'writer-hub.db'));
    atEnd(() => {
      other.close();
    });
    other.exec('BEGIN IMMEDIATE');
    const agent = new Agent({ keepAlive: true });
    const headers = { authorization: `Bearer ${token('admin')}`, 'content-type': 'application/json' };
    const sending = request(`${hub.url}${EVENTS}`, { method: 'POST', headers, agent });
    sending.end(body('second'));
    while (!(await hub.read('/metrics')).includes('writer_hub_queue_appends 1\n'));
    const closed = hub.close();
    other.exec('ROLLBACK');
    const [response] = (await once(sending, 'response')) as [IncomingMessage];
    expect(response.statusCode).toBe(200);
    response.resume();
    await closed;
  });
});
