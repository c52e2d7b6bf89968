import { decode, sign } from 'jsonwebtoken';
import { SharedHub } from '../support/shared-hub';
import { SECRET, TestHub, temporaryDirectory, token } from '../support/test-hub';

const sharedServer = new SharedHub();

const tokenId = (bearer: string): string => (decode(bearer) as { jti: string }).jti;

describe('POST /tokens/revoke', () => {
  it('refuses the token from now on, and after a restart', async () => {
    const dataDir = temporaryDirectory();
    const hub = await TestHub.start({ dataDir });
    const bearer = token('read:*');
    expect((await hub.fetch('/topics', { headers: { authorization: `Bearer ${bearer}` } })).status).toBe(200);
    expect((await hub.post('/tokens/revoke', { tokenId: tokenId(bearer) })).status).toBe(200);
    expect((await hub.fetch('/topics', { headers: { authorization: `Bearer ${bearer}` } })).status).toBe(401);
    await hub.close();

    const again = await TestHub.start({ dataDir });
    expect((await again.fetch('/topics', { headers: { authorization: `Bearer ${bearer}` } })).status).toBe(401);
  });

  it('closes the hub connections of the token, and no others', async () => {
    const hub = await TestHub.start();
    const [revoked, other] = [token('append:*'), token('create')];
    const connection = await hub.connect(revoked);
    const stays = await hub.connect(other);
    const closed = new Promise<void>((resolve) => {
      connection.onclose(() => {
        resolve();
      });
    });
    await hub.post('/tokens/revoke', { tokenId: tokenId(revoked) });
    await closed;
    await stays.invoke('SendEventData', 'cars', 'car-1', []);
  });

  it('takes only an admin', async () => {
    const hub = await TestHub.start();
    const response = await hub.post(
      '/tokens/revoke',
      { tokenId: 'x' },
      { authorization: `Bearer ${token('create', 'read:*')}` },
    );
    expect(response.status).toBe(403);
  });

  it.each([
    ['', 'is empty'],
    [' \n', 'is empty'],
    ['not a token', 'has white space in it'],
    ['one\n', 'has white space in it'],
    ['eyJhbGciOiJIUzI1NiIsInR5', 'looks like a token, or the beginning of one'],
    [token('read:*').slice(0, 60), 'looks like a token, or the beginning of one'],
    [token('read:*'), 'looks like a token, or the beginning of one'],
  ])('refuses %j, which no token has for its id', async (id, fault) => {
    const hub = await sharedServer.hub();
    const response = await hub.post('/tokens/revoke', { tokenId: id });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: 'invalid_query', detail: `tokenId: ${fault}` });
  });

  it.each(['a', 'urn:uuid:1', 'a.b', 'eyJ/1', 'Größe-7', 'x'.repeat(1000)])(
    'takes the id %s of others',
    async (jti) => {
      const hub = await sharedServer.hub();
      const bearer = sign({ scope: 'read:*', jti }, SECRET);
      expect((await hub.post('/tokens/revoke', { tokenId: jti })).status).toBe(200);
      expect((await hub.fetch('/topics', { headers: { authorization: `Bearer ${bearer}` } })).status).toBe(401);
    },
  );

  it.each([[{}], [{ tokenId: '' }], [{ tokenId: 'x', expiresAt: 'soon' }], [{ tokenId: 'x', expiresAt: 1 }], [[]]])(
    'refuses %j',
    async (body) => {
      const hub = await TestHub.start();
      const response = await hub.post('/tokens/revoke', body);
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ code: 'invalid_query' });
    },
  );
});
