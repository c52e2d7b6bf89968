import { decode } from 'jsonwebtoken';
import { mintToken } from '../../src/auth/token-minter';
import { SharedHub } from '../support/shared-hub';
import { SECRET, TestHub, token } from '../support/test-hub';

const shared = new SharedHub();

interface Minted {
  readonly token: string;
  readonly tokenId: string;
  readonly expiresAt: number | null;
}

const mint = async (hub: TestHub, body: unknown): Promise<Minted> => {
  const response = await hub.post('/tokens', body);
  expect(response.status).toBe(201);
  return (await response.json()) as Minted;
};

const DAY = 24 * 3600 * 1000;

describe('POST /tokens', () => {
  it('makes a token that may do what was asked for, and no more', async () => {
    const hub = await shared.emptied();
    await hub.post('/topics/cars/streams/car-1/events/data', [{ id: 'Alert', timestamp: 1 }]);
    const { token: bearer } = await mint(hub, { scopes: ['read:cars'], subject: 'pit wall' });
    const headers = { authorization: `Bearer ${bearer}` };
    expect((await hub.fetch('/topics/cars/events/data', { headers })).status).toBe(200);
    expect((await hub.post('/topics/cars/streams/car-1/events/data', [], headers)).status).toBe(403);
    expect((await hub.post('/tokens', { scopes: ['read:cars'] }, headers)).status).toBe(403);
    expect(decode(bearer)).toMatchObject({ sub: 'pit wall', scope: 'read:cars' });
  });

  it('says when the token expires, in 30 days if nothing is said, and how it can be revoked', async () => {
    const hub = await shared.emptied();
    const minted = await mint(hub, { scopes: ['read:*'] });
    expect(decode(minted.token)).toMatchObject({ jti: minted.tokenId, exp: minted.expiresAt! / 1000 });
    expect(Math.abs(minted.expiresAt! - Date.now() - 30 * DAY)).toBeLessThan(DAY);
    expect(await mint(hub, { scopes: ['read:*'], expires: 'never' })).toMatchObject({ expiresAt: null });

    expect((await hub.post('/tokens/revoke', { tokenId: minted.tokenId })).status).toBe(200);
    const headers = { authorization: `Bearer ${minted.token}` };
    expect((await hub.fetch('/topics', { headers })).status).toBe(401);
  });

  it('makes tokens with the issuer and the audience that the server asks for', async () => {
    const claims = { issuer: 'us', audience: 'hub' };
    const hub = await TestHub.start({ jwtIssuer: claims.issuer, jwtAudience: claims.audience });
    const admin = mintToken({ scopes: ['admin'], ...claims }, SECRET).token;
    const response = await hub.post('/tokens', { scopes: ['read:*'] }, { authorization: `Bearer ${admin}` });
    const { token: bearer } = (await response.json()) as Minted;
    expect((await hub.fetch('/topics', { headers: { authorization: `Bearer ${bearer}` } })).status).toBe(200);
  });

  it('puts the token into no log and into no cache', async () => {
    const hub = await TestHub.start();
    const response = await hub.post('/tokens', { scopes: ['read:*'] });
    expect(response.headers.get('cache-control')).toBe('no-store');
    const { token: bearer } = (await response.json()) as Minted;
    await hub.close();
    expect(hub.log()).toContain('listening');
    expect(hub.log()).not.toContain(bearer.split('.')[2]);
  });

  it.each([[['create', 'read:*']], [['append:*', 'drop:*']]])('takes only an admin, not %j', async (scopes) => {
    const hub = await shared.emptied();
    const headers = { authorization: `Bearer ${token(...scopes)}` };
    expect((await hub.post('/tokens', { scopes: ['read:*'] }, headers)).status).toBe(403);
  });

  it.each([
    ['nothing', {}],
    ['no scope', { scopes: [] }],
    ['an unknown scope', { scopes: ['write:cars'] }],
    ['a scope without a topic', { scopes: ['read:'] }],
    ['more scopes than 100', { scopes: Array.from({ length: 101 }, (_, n) => `read:t${n}`) }],
    ['scopes that do not fit a token', { scopes: Array.from({ length: 60 }, (_, n) => `read:${'x'.repeat(200)}${n}`) }],
    ['no duration', { scopes: ['read:*'], expires: 'tomorrow' }],
    ['a negative duration', { scopes: ['read:*'], expires: '-1h' }],
    ['an empty subject', { scopes: ['read:*'], subject: '' }],
    ['a line break in the subject', { scopes: ['read:*'], subject: 'a\nb' }],
    ['something else', { scopes: ['read:*'], admin: true }],
    ['a list', []],
  ])('refuses %s', async (_, body) => {
    const hub = await shared.emptied();
    const response = await hub.post('/tokens', body);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      code: 'invalid_query',
      detail: expect.stringMatching(/./) as string,
    });
  });

  it('refuses a body larger than a token', async () => {
    const hub = await shared.emptied();
    const response = await hub.post('/tokens', { scopes: ['read:*'], subject: 'x'.repeat(1_000_000) });
    expect(response.status).toBe(413);
  });
});

describe('GET /tokens/revoked', () => {
  it('lists revoked tokens, the latest first, until they expire', async () => {
    const hub = await TestHub.start();
    const [forever, limited] = [
      await mint(hub, { scopes: ['read:*'], expires: 'never' }),
      await mint(hub, { scopes: ['read:*'], expires: '1h' }),
    ];
    await hub.post('/tokens/revoke', { tokenId: forever.tokenId });
    await hub.post('/tokens/revoke', { tokenId: limited.tokenId, expiresAt: limited.expiresAt });
    const list = async (query = ''): Promise<unknown> => JSON.parse(await hub.read(`/tokens/revoked${query}`));
    expect(await list()).toEqual({
      revoked: [
        { tokenId: limited.tokenId, until: expect.any(Number) as number },
        { tokenId: forever.tokenId, until: null },
      ],
      count: 2,
    });
    expect(await list('?limit=1')).toMatchObject({ revoked: [{ tokenId: limited.tokenId }], count: 2 });
  });

  it('takes only an admin', async () => {
    const hub = await shared.emptied();
    const headers = { authorization: `Bearer ${token('create', 'read:*')}` };
    expect((await hub.fetch('/tokens/revoked', { headers })).status).toBe(403);
  });
});
