import { mintToken } from '../../../../src/auth/token-minter';
import { isScope } from '../../../../src/auth/scopes';
import { scopesOf, tokenIdOf } from '../../../../src/console/pages/tokens/scope-choice';

const SECRET = 'a secret of at least thirty-two bytes';
const topic = { append: false, read: false, drop: false };

describe('scopesOf', () => {
  it('makes scopes that the server knows, each once', () => {
    const scopes = scopesOf({
      admin: false,
      create: true,
      topics: [
        { ...topic, topic: 'cars', append: true, read: true },
        { ...topic, topic: 'my *', read: true, drop: true },
        { ...topic, topic: 'cars', read: true },
        { ...topic, topic: '', read: true },
      ],
    });
    expect(scopes).toEqual(['create', 'append:cars', 'read:cars', 'read:my *', 'drop:my *']);
    expect(scopes.every(isScope)).toBe(true);
  });

  it('needs nothing besides admin', () => {
    expect(scopesOf({ admin: true, create: true, topics: [] })).toEqual(['admin']);
  });
});

describe('tokenIdOf', () => {
  it('finds the id of a token, and when it expires anyway', () => {
    const minted = mintToken({ scopes: ['read:Köln'], expiresIn: 60, subject: 'Köln' }, SECRET);
    expect(tokenIdOf(` ${minted.token}\n`)).toEqual({ tokenId: minted.tokenId, expiresAt: minted.expiresAt });
  });

  it('takes what is no token for an id', () => {
    expect(tokenIdOf(' 0b1c0a6e ')).toEqual({ tokenId: '0b1c0a6e' });
  });

  it.each(['a.b.c', 'a.e30.c'])('finds no id in %s', (text) => {
    expect(tokenIdOf(text)).toBeUndefined();
  });
});
