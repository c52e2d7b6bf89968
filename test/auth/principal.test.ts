import { requireAdmin, requireAppend, requireCreate, requireRead, type Principal } from '../../src/auth/principal';
import { Scopes } from '../../src/auth/scopes';
import { refusal } from './support/refusals';

const holding = (...scopes: string[]): Principal => ({ scopes: new Scopes(scopes) });

describe('the checks of a principal', () => {
  it.each<[string, Principal, (principal: Principal) => void]>([
    [
      'append:cars',
      holding('append:bikes', 'read:*'),
      (principal) => {
        requireAppend(principal, 'cars');
      },
    ],
    [
      'read:cars',
      holding('append:*', 'create'),
      (principal) => {
        requireRead(principal, 'cars');
      },
    ],
    ['create', holding('append:*'), requireCreate],
    ['admin', holding('create', 'append:*', 'read:*'), requireAdmin],
  ])('name the missing scope %s', async (scope, principal, check) => {
    expect(
      await refusal(() => {
        check(principal);
      }),
    ).toBe(`forbidden: the token lacks the scope ${scope}`);
  });

  it.each<[string, (principal: Principal) => void]>([
    [
      'append:cars',
      (principal) => {
        requireAppend(principal, 'cars');
      },
    ],
    [
      'read:cars',
      (principal) => {
        requireRead(principal, 'cars');
      },
    ],
    ['create', requireCreate],
    ['admin', requireAdmin],
  ])('pass with %s, and with admin', (scope, check) => {
    expect(() => {
      check(holding(scope));
    }).not.toThrow();
    expect(() => {
      check(holding('admin'));
    }).not.toThrow();
  });
});
