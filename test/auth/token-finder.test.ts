import { findToken, type TokenParameter, type TokenRequest } from '../../src/auth/token-finder';
import { refusal } from './support/refusals';

function request(authorization: string | undefined, url = '/topics'): TokenRequest {
  return { headers: { authorization }, url };
}

const HUB: TokenParameter[] = ['access_token'];

describe('findToken', () => {
  it.each(['Bearer abc', 'bearer abc', 'BEARER abc', 'Bearer    abc', 'Bearer abc  ', 'bearer \t abc'])(
    'finds the token in the header "%s"',
    (header) => {
      expect(findToken(request(header))).toBe('abc');
    },
  );

  it.each<[string, TokenParameter[]]>([
    ['/hub?id=1&access_token=abc', ['access_token']],
    ['/hub?access_token=abc&id=1', ['access_token']],
    ['/hub?access_token=%61bc', ['access_token']],
    ['/hub?access_token=&access_token=abc', ['access_token']],
    ['/v0/events?name=cars&token=abc', ['token']],
    ['/any?token=abc', ['access_token', 'token']],
    ['http://host/hub?access_token=abc', ['access_token']],
  ])('finds the token in the address %s', (url, parameters) => {
    expect(findToken(request(undefined, url), parameters)).toBe('abc');
  });

  it.each<[string, string | undefined, string | undefined, TokenParameter[]]>([
    ['nothing', undefined, '/topics', []],
    ['no address', undefined, undefined, HUB],
    ['a parameter where only the header counts', undefined, '/topics?access_token=abc&token=abc', []],
    ['a parameter of another API', undefined, '/hub?token=abc', HUB],
    ['a parameter in another case', undefined, '/hub?Access_Token=abc', HUB],
    ['an empty parameter', undefined, '/hub?access_token=', HUB],
    ['a parameter behind no question mark', undefined, '/hub/access_token=abc', HUB],
    ['another scheme', 'Basic abc', '/topics', []],
    ['a scheme without a token', 'Bearer', '/topics', []],
    ['a scheme and spaces', 'Bearer   ', '/topics', []],
    ['a scheme glued to the token', 'Bearerabc', '/topics', []],
    ['a token without a scheme', 'abc', '/topics', []],
  ])('refuses %s', async (_name, header, url, parameters) => {
    const found = () => findToken({ headers: { authorization: header }, url }, parameters);
    expect(await refusal(found)).toMatch(/^unauthenticated: there is no token.*: send one in the header/);
  });

  it('names a parameter that holds one and is not looked at', async () => {
    const found = () => findToken({ headers: {}, url: '/hub/negotiate?access_token=abc' });
    expect(await refusal(found)).toContain(
      'none is taken from the query parameter `access_token`: send one in the header',
    );
  });

  it('names the places where a token may be', async () => {
    expect(await refusal(() => findToken(request(undefined), ['token']))).toBe(
      'unauthenticated: there is no token: send one in the header `Authorization: Bearer <token>` ' +
        'or the query parameter `token`',
    );
  });

  it('names the header alone when the address may hold none', async () => {
    expect(await refusal(() => findToken(request(undefined)))).toBe(
      'unauthenticated: there is no token: send one in the header `Authorization: Bearer <token>`',
    );
  });

  it('takes one token in two places', () => {
    expect(findToken(request('Bearer abc', '/hub?access_token=abc&access_token=abc'), HUB)).toBe('abc');
  });

  it('looks past a header with another scheme', () => {
    expect(findToken(request('Basic xyz', '/hub?access_token=abc'), HUB)).toBe('abc');
  });

  it.each([
    ['header and address', 'Bearer abc', '/hub?access_token=def'],
    ['one parameter twice', undefined, '/hub?access_token=abc&access_token=def'],
  ])('refuses two different tokens in %s', async (_name, header, url) => {
    expect(await refusal(() => findToken(request(header, url), HUB))).toBe(
      'unauthenticated: the request holds two different tokens',
    );
  });

  it('takes the header when the address may not hold a token', () => {
    expect(findToken(request('Bearer abc', '/topics?token=def'))).toBe('abc');
  });
});
