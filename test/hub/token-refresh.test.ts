import { mintToken } from '../../src/auth/token-minter';
import { HttpPeer } from '../signalr/support/http-peer';
import { WireClient } from '../signalr/support/wire-client';
import { atEnd, SECRET, TestHub } from '../support/test-hub';

interface Bearer {
  readonly authorization: string;
}

function bearer(scopes: string[], options: { subject?: string; lifetime?: number } = {}): Bearer {
  const { subject, lifetime } = options;
  const claims = { scopes, ...(subject && { subject }), ...(lifetime && { expiresIn: lifetime }) };
  return { authorization: `Bearer ${mintToken(claims, SECRET).token}` };
}

const FORBIDDEN = expect.stringContaining('forbidden') as unknown;
const ANN = { subject: 'ann' };
const SEND = ['cars', 'car-1', [{ id: 'a', timestamp: 2_700_000_000_000_000 }]];

/** A WebSocket of a negotiated connection, and the peer that has its token. */
async function connect(hub: TestHub, headers: Bearer): Promise<[HttpPeer, WireClient]> {
  const peer = await HttpPeer.negotiate(`${hub.url}/hub`, { ...headers });
  const client = await WireClient.connect(peer.url.replace('http', 'ws'), { headers: { ...headers } });
  atEnd(() => {
    client.socket.terminate();
  });
  return [peer, client];
}

function refresh(peer: HttpPeer, headers: Bearer): ReturnType<HttpPeer['ask']> {
  return peer
    .at(peer.url.replace('?id=', '/refresh?id='))
    .as({ ...headers })
    .ask('POST');
}

describe('a token that is refreshed', () => {
  it('has the rights of the new one at once, more of them or fewer', async () => {
    const hub = await TestHub.start();
    const [peer, client] = await connect(hub, bearer(['read:cars'], ANN));
    expect(await client.invoke('SendEventData', ...SEND)).toMatchObject({
      error: FORBIDDEN,
    });
    const answer = await refresh(peer, bearer(['create'], { ...ANN, lifetime: 3600 }));
    expect(answer.status).toBe(200);
    const { tokenLifetimeSeconds } = JSON.parse(answer.body) as { tokenLifetimeSeconds: number };
    // As long as it is accepted, which is a little longer than it says.
    expect(tokenLifetimeSeconds).toBeGreaterThan(3500);
    expect(tokenLifetimeSeconds).toBeLessThanOrEqual(3660);
    expect(await client.invoke('SendEventData', ...SEND)).toMatchObject({ result: null });
    await refresh(peer, bearer(['read:cars'], ANN));
    expect(await client.invoke('SendEventData', ...SEND)).toMatchObject({
      error: FORBIDDEN,
    });
  });

  it('is told to clients when they negotiate', async () => {
    const hub = await TestHub.start();
    const negotiate = async (headers: Bearer): Promise<unknown> => {
      const url = `${hub.url}/hub/negotiate?negotiateVersion=1`;
      return (await fetch(url, { method: 'POST', headers: { ...headers } })).json();
    };
    expect(await negotiate(bearer(['create'], { lifetime: 3600 }))).toHaveProperty('tokenLifetimeSeconds');
  });

  it.each<[string, Bearer, number, string]>([
    ['another subject', bearer(['create'], { subject: 'bob' }), 403, 'permission_change_rejected'],
    ['no subject', bearer(['create']), 403, 'permission_change_rejected'],
    ['nobody, as it is not one', { authorization: 'Bearer none' }, 401, 'invalid_token'],
  ])('is refused if it is of %s, and changes nothing', async (_, headers, status, error) => {
    const hub = await TestHub.start();
    const [peer, client] = await connect(hub, bearer(['read:cars'], ANN));
    const answer = await refresh(peer, headers);
    expect(answer).toMatchObject({ status, body: JSON.stringify({ error }) });
    expect(await client.invoke('SendEventData', ...SEND)).toMatchObject({
      error: FORBIDDEN,
    });
  });

  it('is refused if neither names a subject: they are two strangers', async () => {
    const hub = await TestHub.start();
    const [peer] = await connect(hub, bearer(['read:cars']));
    expect((await refresh(peer, bearer(['create'], { lifetime: 60 }))).status).toBe(403);
  });

  it('outlives the one before: revoking that ends nothing, revoking the new one ends the connection', async () => {
    const hub = await TestHub.start();
    const [first, second] = [bearer(['create'], ANN), bearer(['create'], { ...ANN, lifetime: 3600 })];
    const [peer, client] = await connect(hub, first);
    expect((await refresh(peer, second)).status).toBe(200);
    const revoke = ({ authorization }: Bearer): Promise<Response> => {
      const [, claims = ''] = authorization.split('.');
      const { jti } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as { jti: string };
      return hub.post('/tokens/revoke', { tokenId: jti });
    };
    expect((await revoke(first)).ok).toBe(true);
    expect(await client.invoke('SendEventData', ...SEND)).toMatchObject({ result: null });
    // With a token that was revoked, nothing can be refreshed.
    expect((await refresh(peer, first)).status).toBe(401);
    expect((await revoke(second)).ok).toBe(true);
    expect(await client.next()).toMatch(/^\{"type":7/);
  });

  it('may be refreshed by a page of another origin, if that may connect', async () => {
    const hub = await TestHub.start({ corsOrigins: ['https://app.example'] });
    const [peer] = await connect(hub, bearer(['create'], ANN));
    const target = peer.at(peer.url.replace('?id=', '/refresh?id='));
    const preflight = await target.as({}).ask('OPTIONS', '', {
      origin: 'https://app.example',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization',
    });
    expect(preflight.headers['access-control-allow-origin']).toBe('https://app.example');
    const again = bearer(['create'], { ...ANN, lifetime: 60 });
    const answer = await target.as({ ...again, origin: 'https://app.example' }).ask('POST');
    expect(answer).toMatchObject({ status: 200, headers: { 'access-control-allow-origin': 'https://app.example' } });
    const stranger = await target.as({ ...again, origin: 'https://other.example' }).ask('POST');
    expect(stranger.status).toBe(403);
  });
});
