import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import { mintToken } from '../../src/auth/token-minter';
import { SECRET, TestHub, token } from '../support/test-hub';
import { openSocket, received } from './support/open-socket';

const EXPIRED = mintToken({ scopes: ['admin'], expiresIn: 1, now: () => 1e12 }, SECRET).token;
const EVENTS = '/topics/cars/streams/a/events/data';

/** The line of the log for a path. */
async function lineFor(hub: TestHub, path: string): Promise<Record<string, unknown>> {
  await hub.logged(`"path":"${path}"`);
  const line = hub
    .log()
    .split('\n')
    .find((text) => text.includes(`"path":"${path}"`));
  return JSON.parse(line ?? '') as Record<string, unknown>;
}

async function refusedUpgrade(hub: TestHub, path: string, headers: Record<string, string> = {}): Promise<void> {
  const socket = new WebSocket(`${hub.url.replace('http', 'ws')}${path}`, { headers });
  await once(socket, 'error');
}

describe('the line of a refusal', () => {
  it('has code, reason, the id of the answer, and the subject', async () => {
    const hub = await TestHub.start();
    const { token: reader } = mintToken({ scopes: ['read:x'], subject: 'ada' }, SECRET);
    const response = await hub.fetch(EVENTS, { headers: { authorization: `Bearer ${reader}` } });
    expect(await lineFor(hub, EVENTS)).toMatchObject({
      status: 403,
      code: 'forbidden',
      reason: 'the token lacks the scope read:cars',
      requestId: response.headers.get('x-request-id'),
      subject: 'ada',
      msg: 'request',
    });
    expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('has the id that the caller, or a proxy, gave the request', async () => {
    const hub = await TestHub.start();
    const headers = { 'x-request-id': 'req-4711/a' };
    const response = await fetch(`${hub.url}/topics`, { headers });
    expect(response.headers.get('x-request-id')).toBe('req-4711/a');
    expect(await lineFor(hub, '/topics')).toMatchObject({ requestId: 'req-4711/a', code: 'unauthenticated' });
    const spaced = await fetch(`${hub.url}/topics/x/streams`, { headers: { 'x-request-id': 'a b' } });
    expect(spaced.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it.each([
    [
      'long headers',
      `GET /topics?token=secret HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(40_000)}\r\n\r\n`,
      431,
      'HPE_HEADER_OVERFLOW',
    ],
    [
      'a header that is none',
      'GET /topics?token=secret HTTP/1.1\r\nHost: a\r\nB ad: 1\r\n\r\n',
      400,
      'HPE_INVALID_HEADER_TOKEN',
    ],
  ])('is there for what the parser refuses, once: %s', async (_, text, status, code) => {
    const hub = await TestHub.start();
    const socket = await openSocket(hub);
    socket.write(text);
    const [, body = ''] = (await received(socket)).split('\r\n\r\n');
    const { detail } = JSON.parse(body) as { detail: string };
    expect(await lineFor(hub, '/topics')).toMatchObject({
      ...{ method: 'GET', status, code, reason: detail, remote: '127.0.0.1', msg: 'request refused' },
    });
    expect(hub.log().match(/"path":"\/topics"/g)).toHaveLength(1);
    expect(hub.log()).not.toContain('secret');
  });

  it('is there for a request without Host, which is told so', async () => {
    const hub = await TestHub.start();
    const socket = await openSocket(hub);
    socket.write('GET /topics HTTP/1.1\r\n\r\n');
    const [head = '', body = ''] = (await received(socket)).split('\r\n\r\n');
    expect(head).toMatch(/^HTTP\/1.1 400 /);
    const { detail } = JSON.parse(/\{.*\}/.exec(body)![0]) as { detail: string };
    expect(detail).toBe('the request has no header Host, which HTTP/1.1 requires');
    const requestId = /X-Request-Id: (\S+)/i.exec(head)![1];
    expect(await lineFor(hub, '/topics')).toMatchObject({ status: 400, reason: detail, requestId, msg: 'request' });
  });

  it.each([
    ['a body that is not gzip', EVENTS, { 'content-encoding': 'gzip' }, '[]', 'malformed_body'],
    ['a name', '/topics/a%2Fb/streams/a/events/data', {}, '[]', 'invalid_name'],
    ['an idempotency key', EVENTS, { 'idempotency-key': '' }, '[]', 'invalid_idempotency_key'],
  ])('says what the answer says, of %s', async (_, path, headers, body, code) => {
    const hub = await TestHub.start();
    const response = await hub.post(path, body, headers);
    const { detail } = (await response.json()) as { detail: string };
    expect(await lineFor(hub, path)).toMatchObject({ code, reason: detail });
  });

  it('has the byte at which a text breaks that is not JSON', async () => {
    const hub = await TestHub.start();
    await hub.post(EVENTS, '[{"secret":}]');
    expect(await lineFor(hub, EVENTS)).toMatchObject({ code: 'malformed_json', position: 11 });
    expect(hub.log()).not.toContain('secret');
  });

  it('tells of a token in a place from which none is taken', async () => {
    const hub = await TestHub.start();
    const { token: bearer } = mintToken({ scopes: ['admin'], subject: 'ada' }, SECRET);
    const response = await fetch(`${hub.url}/hub/negotiate?access_token=${bearer}`, { method: 'POST' });
    expect(response.status).toBe(401);
    const reason =
      'there is no token where this request may have one, and none is taken from the query parameter `access_token`';
    expect((await lineFor(hub, '/hub/negotiate'))['reason']).toContain(reason);
  });

  it('holds nothing of what was sent', async () => {
    const hub = await TestHub.start();
    await hub.post(EVENTS, '[{"id":"a","timestamp":"my secret"}]');
    expect(await lineFor(hub, EVENTS)).toMatchObject({
      code: 'invalid_events',
      reason: 'Events break a rule; `problems` lists up to 20 of them.',
    });
    expect(hub.log()).not.toContain('my secret');
  });

  it.each([
    ['POST', '/hub/negotiate', EXPIRED, 401, 'unauthenticated', 'the token has expired'],
    ['GET', '/hub', EXPIRED, 401, 'unauthenticated', 'the token has expired'],
    ['POST', '/hub', token('admin'), 400, undefined, 'Connection ID required'],
    ['PUT', '/hub/negotiate', token('admin'), 405, 'method_not_allowed', ''],
  ])('has the path that was asked for, at the hub: %s %s', async (method, path, bearer, status, code, reason) => {
    const hub = await TestHub.start();
    const response = await fetch(`${hub.url}${path}`, { method, headers: { authorization: `Bearer ${bearer}` } });
    expect(response.status).toBe(status);
    expect(await lineFor(hub, path)).toMatchObject({ method, status, reason, ...(code !== undefined && { code }) });
  });

  it.each([
    ['an expired token', `/hub?access_token=${EXPIRED}`, '/hub', 401, 'unauthenticated', 'the token has expired'],
    [
      'an unknown connection',
      `/hub?id=x&access_token=${token('admin')}`,
      '/hub',
      404,
      'not_found',
      'No Connection with that ID',
    ],
    ['an unknown path', '/elsewhere', '/elsewhere', 404, 'not_found', 'Not Found'],
  ])('is there for an upgrade too: %s', async (_, target, path, status, code, reason) => {
    const hub = await TestHub.start();
    await refusedUpgrade(hub, target);
    expect(await lineFor(hub, path)).toMatchObject({
      ...{ method: 'GET', status, code, reason, remote: '127.0.0.1', msg: 'upgrade refused' },
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
    });
    expect(hub.log()).not.toContain(EXPIRED);
  });

  it('is there for an upgrade of a page that may not connect, and for one that is none', async () => {
    const hub = await TestHub.start({ corsOrigins: ['https://app.example'] });
    await refusedUpgrade(hub, '/hub', { origin: 'https://evil.example' });
    expect(await lineFor(hub, '/hub')).toMatchObject({ status: 403, reason: 'Pages of this origin may not connect.' });
    const other = await TestHub.start();
    const bearer = { authorization: `Bearer ${mintToken({ scopes: ['admin'], subject: 'ada' }, SECRET).token}` };
    // Without a key it is no WebSocket.
    const headers = { ...bearer, connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' };
    const [response] = (await once(get(`${other.url}/hub`, { headers }), 'response')) as [IncomingMessage];
    expect(response.statusCode).toBe(400);
    expect(await lineFor(other, '/hub')).toMatchObject({ status: 400, subject: 'ada', msg: 'upgrade refused' });
  });

  it('is like before for what is not refused', async () => {
    const hub = await TestHub.start();
    await hub.fetch('/topics');
    const line = await lineFor(hub, '/topics');
    const names = ['method', 'path', 'status', 'milliseconds', 'remote', 'msg'];
    expect(Object.keys(line).slice(-names.length)).toEqual(names);
  });
});
