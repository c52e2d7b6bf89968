import { bearerTokenOf, mayCarryTokenInQuery } from '../../../src/signalr';

describe('a token in the query', () => {
  it.each([
    ['a WebSocket', 'GET', { upgrade: 'WebSocket' }, true],
    ['an event stream', 'GET', { accept: 'text/event-stream' }, true],
    ['an event stream among others', 'GET', { accept: 'text/html, Text/Event-Stream;q=0.9, */*' }, true],
    ['a poll', 'GET', { accept: '*/*' }, false],
    ['a poll without Accept', 'GET', {}, false],
    ['something that only begins alike', 'GET', { accept: 'text/event-streams' }, false],
    ['another upgrade', 'GET', { upgrade: 'h2c' }, false],
    ['a POST', 'POST', { accept: 'text/event-stream' }, false],
    ['a DELETE', 'DELETE', { upgrade: 'websocket' }, false],
  ])('of %s (%s %j) is looked at: %j', (_, requestMethod, headers, expected) => {
    expect(mayCarryTokenInQuery({ method: requestMethod, headers })).toBe(expected);
  });
});

describe('bearerTokenOf', () => {
  const event = { accept: 'text/event-stream' };

  it.each([
    ['of the header', 'GET', '/hub', { authorization: 'Bearer a.b-c_d' }, 'a.b-c_d'],
    ['of a header in other letters', 'POST', '/hub', { authorization: 'bearer   abc ' }, 'abc'],
    ['of another scheme', 'GET', '/hub', { authorization: 'Basic abc' }, undefined],
    ['with a space in it', 'GET', '/hub', { authorization: 'Bearer a b' }, undefined],
    ['of the query of an event stream', 'GET', '/hub?id=1&access_token=a%2Bb', event, 'a+b'],
    ['of the query of an upgrade', 'GET', '/hub?Access_Token=abc', { upgrade: 'websocket' }, 'abc'],
    ['of the query of a poll', 'GET', '/hub?access_token=abc', {}, undefined],
    [
      'of the header before that of the query',
      'GET',
      '/hub?access_token=q',
      { ...event, authorization: 'Bearer h' },
      'h',
    ],
    ['of neither', 'GET', '/hub?id=1', event, undefined],
  ])('finds the token %s', (_, requestMethod, url, headers, token) => {
    expect(bearerTokenOf({ method: requestMethod, url, headers })).toBe(token);
  });
});
