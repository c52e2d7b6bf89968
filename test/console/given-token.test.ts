import { givenToken, whyNoToken } from '../../src/console/app/given-token';

describe('givenToken', () => {
  it.each([
    [' a.b.c\n', 'a.b.c'],
    ['Bearer a.b.c', 'a.b.c'],
    ['bearer  a.b.c\r\n', 'a.b.c'],
    ['Authorization: Bearer a.b.c', 'a.b.c'],
    ['http://127.0.0.1:8080/#token=a.b.c', 'a.b.c'],
    ['Open http://h/prefix/#token=a.b%2Bc in a browser', 'a.b+c'],
    ['https://h/#token=', ''],
  ])('of %j is %s', (text, token) => {
    expect(givenToken(text)).toBe(token);
  });
});

describe('whyNoToken', () => {
  it.each(['a.b.c', 'nonsense', '{}'])('leaves %s to the server', (token) => {
    expect(whyNoToken(token)).toBeUndefined();
  });

  it.each([
    ['', 'there is none in it: paste a token'],
    ['a b', 'this is no token: there is a blank in it'],
    ['a\nb', 'this is no token: there is a line end in it'],
    ['é', 'this is no token: there is the character é (U+00E9) in it'],
    ['a\u200Bb', 'this is no token: there is the character U+200B in it'],
  ])('says why %j is none', (token, reason) => {
    expect(whyNoToken(token)).toBe(reason);
  });
});
