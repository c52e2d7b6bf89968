import { mayCarryTokenInQuery } from '../../../src/signalr';

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
