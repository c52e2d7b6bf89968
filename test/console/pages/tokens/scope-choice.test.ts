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

  it('takes an id as the server makes it for one', () => {
    const { tokenId } = mintToken({ scopes: ['read:cars'] }, SECRET);
    expect(tokenIdOf(` ${tokenId} `)).toEqual({ tokenId });
  });

  it('finds the token in the link that the server prints', () => {
    const { token, tokenId } = mintToken({ scopes: ['read:cars'] }, SECRET);
    expect(tokenIdOf(`http://h/#token=${token}`)).toEqual({ tokenId });
  });

  it.each(['auth0|5f7c8ec7', 'urn:uuid:0b1c0a6e', 'a.b.c', 'Köln-7'])('takes %s for an id that others made', (id) => {
    expect(tokenIdOf(id)).toEqual({ tokenId: id });
  });

  it.each([
    ['', 'is empty'],
    ['garbage here', 'has white space in it'],
    ['eyJhbGciOiJIUzI1NiJ9', 'looks like a token, or the beginning of one'],
    ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOi', 'looks like a token, or the beginning of one'],
    ['eyJhbGciOiJIUzI1NiJ9.eyJqdGkiOiJ4In0', 'looks like a token, or the beginning of one'],
    ['a.eyJzdWIiOiJ4In0.c', 'no id (jti)'],
  ])('says why there is no id in %s', (text, reason) => {
    expect(() => tokenIdOf(text)).toThrow(reason);
  });
});
