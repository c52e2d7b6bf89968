import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import { mintToken } from '../../src/auth/token-minter';
import { SharedHub } from '../support/shared-hub';
import { SECRET, TestHub, token } from '../support/test-hub';

const shared = new SharedHub();

const ANOTHER_SECRET = 'another secret for tests, as long as it must be';
const EXPIRED = mintToken({ scopes: ['admin'], expiresIn: 1, now: () => 1e12 }, SECRET).token;
const FOREIGN = mintToken({ scopes: ['admin'] }, ANOTHER_SECRET).token;
const CARS = '/topics/cars/streams/a/events/data';

interface Door {
  readonly path: string;
  readonly method: string;
}

/** A door of each kind: served directly, by Express, by the hub, and in the form of the Events API. */
const DOORS: Door[] = [
  { method: 'POST', path: CARS },
  { method: 'GET', path: '/topics' },
  { method: 'POST', path: '/tokens/revoke' },
  { method: 'POST', path: '/hub/negotiate?negotiateVersion=1' },
  { method: 'GET', path: '/hub?id=x' },
  { method: 'POST', path: '/hub?id=x' },
  { method: 'POST', path: '/v0/events?name=x' },
  { method: 'GET', path: '/v0/sql?q=SELECT+1' },
];

async function knock(hub: TestHub, { path, method }: Door, bearer: string | undefined): Promise<Response> {
  const headers = { 'content-type': 'application/json', ...(bearer && { authorization: `Bearer ${bearer}` }) };
  return fetch(`${hub.url}${path}`, { method, headers, ...(method === 'POST' && { body: '[]' }) });
}

/** Status, challenge and text of a refused upgrade. */
async function upgrade(hub: TestHub, path: string): Promise<[number | undefined, string | undefined, string]> {
  const socket = new WebSocket(`${hub.url.replace('http', 'ws')}${path}`);
  socket.on('error', () => undefined);
  const [, response] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage];
  const chunks = (await response.toArray()) as Buffer[];
  return [response.statusCode, response.headers['www-authenticate'], Buffer.concat(chunks).toString()];
}

const DESCRIPTIONS = {
  'the token has expired': EXPIRED,
  'the token is malformed or its signature is wrong': FOREIGN,
  'the token is not a signed JWT': 'nonsense',
};

describe('a token that is refused', () => {
  it.each(Object.entries(DESCRIPTIONS))('is told why at every door alike: %s', async (description, bearer) => {
    const hub = await shared.hub();
    const challenge = `Bearer error="invalid_token", error_description="${description}"`;
    for (const door of DOORS) {
      const response = await knock(hub, door, bearer);
      const text = await response.text();
      const status = door.path.startsWith('/v0') ? 403 : 401;
      expect([door.path, response.status, response.headers.get('www-authenticate')]).toEqual([
        door.path,
        status,
        challenge,
      ]);
      expect(text).toContain(description);
      expect(text).not.toContain(bearer);
      if (door.path.startsWith('/v0')) expect(JSON.parse(text)).toMatchObject({ error: description });
    }
  });

  it('is told so in the answer to a WebSocket', async () => {
    const hub = await shared.hub();
    expect(await upgrade(hub, `/hub?access_token=${EXPIRED}`)).toEqual([
      401,
      'Bearer error="invalid_token", error_description="the token has expired"',
      'the token has expired',
    ]);
    const [status, challenge, text] = await upgrade(hub, '/hub');
    expect([status, challenge]).toEqual([401, 'Bearer']);
    expect(text).toContain('there is no token');
  });

  it('shows its reason in the error of the stock client', async () => {
    const hub = await shared.hub();
    await expect(hub.connect(EXPIRED)).rejects.toThrow("the token has expired: Status code '401'");
  });

  it('has no error in the challenge when none was sent', async () => {
    const hub = await shared.hub();
    for (const door of DOORS) {
      const response = await knock(hub, door, undefined);
      expect([door.path, response.headers.get('www-authenticate')]).toEqual([door.path, 'Bearer']);
      expect(await response.text()).toContain('there is no token');
    }
  });

  it.each([
    ['GET', '/topics/cars/events/data', 'append:cars', 'read:cars'],
    ['POST', CARS, 'read:*', 'append:cars'],
    ['DELETE', '/topics/cars', 'append:*', 'drop:cars'],
    ['POST', '/tokens/revoke', 'create', 'admin'],
    ['POST', '/v0/events?name=x', 'read:*', 'append:x'],
    ['POST', '/v0/events?name=x', 'append:x', 'create'],
    ['POST', '/v0/datasources?name=x', 'read:*', 'create'],
    ['DELETE', '/v0/datasources/x', 'read:*', 'drop:x'],
    ['GET', '/v0/sql?q=SELECT+*+FROM+x', 'append:x', 'read:x'],
  ])('for its scope names the missing one: %s %s with %s', async (method, path, scope, missing) => {
    const hub = await shared.hub();
    const response = await knock(hub, { method, path }, token(scope));
    expect(response.status).toBe(403);
    const challenge = response.headers.get('www-authenticate') ?? '';
    expect(challenge).toMatch(/^Bearer error="insufficient_scope", error_description="[^"\\]+", scope="\S+"$/);
    expect(challenge).toContain(`scope="${missing}"`);
  });

  it('for a topic that a header cannot name names no scope', async () => {
    const hub = await shared.hub();
    const path = `/topics/${encodeURIComponent('a "ü" b')}/events/data`;
    const response = await knock(hub, { method: 'GET', path }, token('append:*'));
    expect(response.headers.get('www-authenticate')).toBe(
      'Bearer error="insufficient_scope", error_description="the token lacks the scope read:a ??? b"',
    );
  });

  it.each([9000, 11_000])('is taken though it is long: %d bytes of a claim', async (bytes) => {
    const hub = await shared.hub();
    const { sign } = jest.requireActual<typeof import('jsonwebtoken')>('jsonwebtoken');
    const bearer = sign({ scope: 'read:*', groups: 'x'.repeat(bytes) }, SECRET);
    expect(bearer.length).toBeGreaterThan(bytes);
    expect((await knock(hub, { method: 'GET', path: '/topics' }, bearer)).status).toBe(200);
    const connection = await hub.connect(bearer);
    expect(connection.state).toBe('Connected');
  });
});
