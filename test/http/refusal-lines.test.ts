import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import { mintToken } from '../../src/auth/token-minter';
import { SECRET, TestHub, token } from '../support/test-hub';

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
