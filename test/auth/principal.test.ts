import { requireAdmin } from '../../src/auth/principal';
import { Scopes } from '../../src/auth/scopes';

describe('requireAdmin', () => {
  it('names the missing scope', () => {
    expect(() => {
      requireAdmin({ scopes: new Scopes(['create', 'append:*', 'read:*']), holder: '' });
    }).toThrow('the token lacks the scope admin');
  });

  it('passes with it', () => {
    expect(() => {
      requireAdmin({ scopes: new Scopes(['admin']), holder: '' });
    }).not.toThrow();
  });
});
