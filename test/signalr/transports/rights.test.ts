import { setImmediate as turn } from 'node:timers/promises';
import { defineHub, type HubContext, method } from '../../../src/signalr';
import { Deferred } from '../support/deferred';
import { FakeClock } from '../support/fake-clock';
import { HttpPeer } from '../support/http-peer';
import { useHubs } from '../support/hub-servers';

const hubs = useHubs();

/** Whose request it is, what it may do, and for how many seconds from the start. */
interface Token {
  readonly user?: string;
  readonly holder?: string;
  readonly rights?: string;
  readonly seconds?: number;
}

function bearing(token: Token): Record<string, string> {
  return { 'x-token': JSON.stringify(token) };
}

const WHO = '{"type":1,"invocationId":"i","target":"Who","arguments":[]}';
const WAIT = '{"type":1,"invocationId":"w","target":"Wait","arguments":[]}';

function answer(rights: string, id = 'i'): string {
  return `{"type":3,"invocationId":"${id}","result":"${rights}"}`;
}

async function run() {
  const clock = new FakeClock();
  const start = clock.date();
  const end = new Deferred();
  const waiting = new Deferred();
  const hub = defineHub<string>({
    Who: method([], ({ principal }) => principal),
    Wait: method([], async (context) => {
      waiting.resolve();
      await end.promise;
      return context.principal;
    }),
    Items: method(['stream'], async (context: HubContext<string>, items) => {
      const seen: string[] = [];
      for await (const item of items) seen.push(`${String(item)} by ${context.principal}`);
      return seen;
    }),
  });
  const running = await hubs.run(hub, {
    clock,
    closeOnAuthenticationExpiration: true,
    authenticate: ({ headers }) => {
      const { user, holder, rights = 'none', seconds } = JSON.parse(String(headers['x-token'])) as Token;
      const expiresAt = seconds === undefined ? undefined : start + 1_000 * seconds;
      return { principal: rights, userId: user, holder, expiresAt };
    },
  });
  return { ...running, clock, end, waiting: waiting.promise };
}

describe('rights', () => {
  it('of a call are those of the POST that carried it, whoever polls', async () => {
    const { url } = await run();
    const all = await HttpPeer.longPolling(url, bearing({ user: 'ann', rights: 'all', seconds: 3 }));
    const none = all.as(bearing({ user: 'ann', rights: 'none' }));
    await none.post(WHO);
    expect(await all.nextRecord()).toBe(answer('none'));
    await all.post(WHO);
    expect(await none.nextRecord()).toBe(answer('all'));
    await none.post(WHO);
    expect(await none.nextRecord()).toBe(answer('none'));
  });

  it('of a call that waits behind another one stay those of its POST', async () => {
    const { url, end, waiting } = await run();
    const all = await HttpPeer.longPolling(url, bearing({ user: 'ann', rights: 'all' }));
    const none = all.as(bearing({ user: 'ann', rights: 'none' }));
    await all.post(WAIT);
    await waiting;
    await none.post(WHO);
    await all.post(WHO);
    await none.post(WHO);
    end.resolve();
    let records = '';
    while (records.split('\x1e').length < 5) records += (await all.poll()).body;
    expect(records.split('\x1e').slice(0, 4)).toEqual([
      answer('all', 'w'),
      answer('none'),
      answer('all'),
      answer('none'),
    ]);
  });

  it('of an upload are those of the POST that carried the item', async () => {
    const { url } = await run();
    const [all, events] = await HttpPeer.serverSentEvents(url, bearing({ user: 'ann', rights: 'all' }));
    const none = all.as(bearing({ user: 'ann', rights: 'none' }));
    await all.post('{"type":1,"invocationId":"u","target":"Items","arguments":[],"streamIds":["s"]}');
    await all.post('{"type":2,"invocationId":"s","item":1}');
    await none.post('{"type":2,"invocationId":"s","item":2}');
    await none.post('{"type":3,"invocationId":"s"}');
    expect(await events.next()).toBe('{"type":3,"invocationId":"u","result":["1 by all","2 by none"]}');
  });

  it('and their end are replaced together: the old ones do not live as long as the new token', async () => {
    const { url, clock, server } = await run();
    const first = await HttpPeer.longPolling(url, bearing({ user: 'ann', rights: 'all', seconds: 3 }));
    const second = first.as(bearing({ user: 'ann', rights: 'none', seconds: 60 }));
    const poll = second.poll();
    await second.post(WHO);
    expect((await poll).body).toBe(`${answer('none')}\x1e`);
    clock.advance(10_000);
    expect(server.connections).toBe(1);
    const rights: string[] = [];
    server.closeConnections(({ principal }) => {
      rights.push(principal);
      return false;
    });
    expect(rights).toEqual(['none']);
    await second.post(WHO);
    expect(await second.nextRecord()).toBe(answer('none'));
  });

  it('end with the token of the latest request, be it a POST of Server-Sent Events', async () => {
    const { url, clock, server } = await run();
    const [peer, events] = await HttpPeer.serverSentEvents(url, bearing({ user: 'ann', seconds: 5 }));
    await peer.as(bearing({ user: 'ann', seconds: 20 })).post(WHO);
    expect(await events.next()).toBe(answer('none'));
    clock.advance(10_000);
    expect(server.connections).toBe(1);
    await peer.as(bearing({ user: 'ann', seconds: 12 })).post(WHO);
    expect(await events.next()).toBe(answer('none'));
    clock.advance(5_000);
    expect(await events.next()).toBe('{"type":7,"allowReconnect":true}');
  });

  it.each([
    ['another user', { user: 'ann' }, { user: 'bob' }, 403],
    ['no user', { user: 'ann', holder: 'h' }, { holder: 'h' }, 403],
    ['another holder, where no user is named', { holder: 'a' }, { holder: 'b' }, 403],
    ['no holder, where no user is named', { holder: 'a' }, {}, 403],
    ['the same holder, where no user is named', { holder: 'a' }, { holder: 'a' }, 200],
    ['another holder of the same user', { user: 'ann', holder: 'a' }, { user: 'ann', holder: 'b' }, 200],
  ])('of %s do not reach a connection unless it is the same client', async (_, owner, other, status) => {
    const { url } = await run();
    const peer = await HttpPeer.longPolling(url, bearing(owner));
    expect((await peer.as(bearing(other)).post(WHO)).status).toBe(status);
    const negotiated = await HttpPeer.negotiate(url, bearing(owner));
    expect((await negotiated.as(bearing(other)).poll()).status).toBe(status);
  });
});

describe('pauseReading of a holder', () => {
  it('stops its connections alone, also those that come later, until they are resumed', async () => {
    const { connect, server, clock } = await run();
    const ann = await connect({ headers: bearing({ user: 'ann', rights: 'a' }) });
    const bob = await connect({ headers: bearing({ user: 'bob', rights: 'b' }) });
    server.pauseReading('ann');
    ann.send(WHO);
    bob.send(WHO);
    expect(await bob.next()).toBe(answer('b'));
    const later = connect({ headers: bearing({ user: 'ann', rights: 'later' }) });
    while (server.connections < 3) await turn();
    // Neither the handshake nor anything else is due while the server does not read.
    clock.advance(60_000);
    server.resumeReading();
    await bob.invoke('Who');
    expect(ann.unread.filter((record) => record.includes('"type":3'))).toEqual([]);
    server.resumeReading('ann');
    while (!ann.unread.includes(answer('a'))) await turn();
    expect(await (await later).invoke('Who')).toMatchObject({ result: 'later' });
  });

  it('may be for somebody who has no connection, and is harmless twice', async () => {
    const { server, connect } = await run();
    server.pauseReading('eve');
    server.pauseReading('eve');
    server.resumeReading('eve');
    server.resumeReading('eve');
    const eve = await connect({ headers: bearing({ user: 'eve', rights: 'e' }) });
    expect(await eve.invoke('Who')).toMatchObject({ result: 'e' });
  });
});
