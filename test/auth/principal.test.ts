import { keyOwner, requireAdmin, topicHolder } from '../../src/auth/principal';
import { Scopes } from '../../src/auth/scopes';

describe('requireAdmin', () => {
  it('names the missing scope', () => {
    expect(() => {
      requireAdmin({ scopes: new Scopes(['create', 'append:*', 'read:*']), holder: '' });
    }).toThrow(expect.objectContaining({ code: 'forbidden', message: 'the token lacks the scope admin' }) as Error);
  });

  it('passes with it', () => {
    expect(() => {
      requireAdmin({ scopes: new Scopes(['admin']), holder: '' });
    }).not.toThrow();
  });
});

describe('keyOwner', () => {
  it('is the subject; all who have none share their idempotency keys', () => {
    const scopes = new Scopes([]);
    expect(keyOwner({ scopes, holder: 'subject me', subject: 'me' })).toBe('me');
    expect(keyOwner({ scopes, holder: 'token 1' })).toBe(keyOwner({ scopes, holder: 'token 2' }));
    expect(keyOwner({ scopes, holder: 'token 1' })).toBe('');
  });
});

describe('topicHolder', () => {
  it.each([
    ['create', 'me'],
    ['admin', undefined],
    ['append:*', undefined],
  ])('counts the topics that a token with the scope %s makes as those of %s', (scope, holder) => {
    expect(topicHolder({ scopes: new Scopes([scope]), holder: 'me' })).toBe(holder);
  });
});
