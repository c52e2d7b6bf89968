import { Session, type SessionParts, type TabMessage } from '../../src/console/app/session';

/** Tabs of one console: what one says, all others hear. */
function tabs(): () => Session {
  const listeners: ((message: TabMessage) => void)[] = [];
  return () => {
    const kept = new Map<string, string>();
    const number = listeners.length;
    const channel: SessionParts['channel'] = {
      onTold: (listener) => {
        listeners[number] = listener;
      },
      tell: (message) => {
        listeners
          .filter((_, other) => other !== number)
          .forEach((listener) => {
            listener(message);
          });
      },
    };
    const storage = {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
      removeItem: (key: string) => void kept.delete(key),
    };
    return new Session({ storage, channel, key: 'k' });
  };
}

describe('Session', () => {
  it('asks the other tabs for a token, and takes none when it has one', () => {
    const open = tabs();
    const first = open();
    first.signIn('one');
    const second = open();
    expect(second.token).toBe('one');
    second.signIn('two');
    expect(first.token).toBe('one');
  });

  it('hands a token to tabs that wait for one', () => {
    const open = tabs();
    const waiting = open();
    open().signIn('one');
    expect(waiting.token).toBe('one');
  });

  it.each([
    ['%0A', 'none'],
    ['a.b%0Ac', 'a line end'],
    ['a.b%20c', 'a blank'],
    ['a.b.%D0%B6', 'ж'],
    ['a.b.%00', 'U+0000'],
  ])('says why the token %s of a link is none, and does not sign in with it', (token, reason) => {
    const session = tabs()();
    const history = { replaceState: () => undefined };
    session.takeFromAddress({ location: { hash: `#token=${token}`, pathname: '/', search: '' }, history });
    expect(session.state.value).toMatchObject({ kind: 'signed-out', isOfLink: true });
    expect(session.state.value).toHaveProperty('reason', expect.stringContaining(reason));
  });

  it('tells a link whose token is refused from a session that ends', () => {
    const session = tabs()();
    const history = { replaceState: () => undefined };
    const open = (): void => {
      session.takeFromAddress({ location: { hash: '#token=one', pathname: '/', search: '' }, history });
    };
    open();
    session.refused('one', 'revoked');
    expect(session.state.value).toEqual({ kind: 'signed-out', reason: 'revoked', isOfLink: true });
    open();
    session.taken('one');
    session.refused('one', 'revoked');
    expect(session.state.value).toEqual({ kind: 'signed-out', reason: 'revoked' });
  });

  it('forgets a token that is refused, with the reason, and no other one', () => {
    const session = tabs()();
    session.signIn('one');
    session.refused('another', 'expired');
    expect(session.token).toBe('one');
    session.refused('one', 'expired');
    expect(session.state.value).toEqual({ kind: 'signed-out', reason: 'expired' });
  });

  it.each([
    ['#token=eyJ.a.b', 'eyJ.a.b'],
    ['#token=a%2Bb', 'a+b'],
    ['#token=100%', '100%'],
    ['#token=a.b.c%0A', 'a.b.c'],
    ['#token=%20%09a.b.c%20', 'a.b.c'],
    ['#/topics', undefined],
    ['', undefined],
  ])('takes from the fragment %s the token %s', (hash, token) => {
    const session = tabs()();
    const addresses: unknown[] = [];
    const history = { replaceState: (...state: unknown[]) => void addresses.push(state[2]) };
    session.takeFromAddress({ location: { hash, pathname: '/p/', search: '' }, history });
    expect(session.token).toBe(token);
    expect(addresses).toEqual(token === undefined ? [] : ['/p/#/']);
  });
});
