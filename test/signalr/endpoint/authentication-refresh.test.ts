import { setImmediate as turn } from 'node:timers/promises';
import { createConnectionEndpoint, defineHub, type HubHooks, method, type RefreshRequest } from '../../../src/signalr';
import { Deferred } from '../support/deferred';
import { FakeClock } from '../support/fake-clock';
import { type Answer, HttpPeer } from '../support/http-peer';
import { listen, LogRecorder, type RunningHub, urlOf, useHubs } from '../support/hub-servers';
import { WireClient } from '../support/wire-client';

// No stock JavaScript client refreshes its token yet, so these requests are written by hand, as .NET 11 answers them.
const hubs = useHubs();

/** Whose token it is, what it may do, and for how many seconds from the start. */
interface Token {
  readonly user?: string;
  readonly rights?: string;
  readonly seconds?: number;
  /** It is identified only when it is released. */
  readonly slow?: boolean;
}

const ANN = { user: 'ann', rights: 'some', seconds: 60 };

function bearing(token: Token): { 'x-token': string } {
  return { 'x-token': JSON.stringify(token) };
}

const WHO = '{"type":1,"invocationId":"i","target":"Who","arguments":[]}';
const who = (rights: string): string => `{"type":3,"invocationId":"i","result":"${rights}"}`;

interface Running extends RunningHub<string> {
  readonly clock: FakeClock;
  /** Lets the slow tokens be identified. */
  readonly identify: () => void;
  readonly release: Deferred;
}

async function run({
  enabled = true,
  hooks = {},
  allow,
}: {
  enabled?: boolean;
  hooks?: HubHooks<string>;
  allow?: (refresh: RefreshRequest<string>) => boolean | Promise<boolean>;
} = {}): Promise<Running> {
  const clock = new FakeClock();
  const start = clock.date();
  const slow = new Deferred();
  const release = new Deferred();
  const hub = defineHub<string>(
    {
      Who: method([], ({ principal }) => principal),
      Hold: method([], async (context) => {
        await release.promise;
        return context.principal;
      }),
    },
    hooks,
  );
  const running = await hubs.run(hub, {
    clock,
    closeOnAuthenticationExpiration: true,
    enableAuthenticationRefresh: enabled,
    allowStatefulReconnects: true,
    keepAliveInterval: Infinity,
    disconnectTimeout: Infinity,
    ...(allow && { onAuthenticationRefresh: allow }),
    authenticate: async ({ headers }) => {
      const text = headers['x-token'];
      if (text === undefined) return undefined;
      const token = JSON.parse(String(text)) as Token;
      if (token.slow === true) await slow.promise;
      if (token.rights === 'expired') {
        return { refusal: { status: 401, reason: 'the token has expired', error: 'invalid_token' } };
      }
      const expiresAt = token.seconds === undefined ? undefined : start + 1_000 * token.seconds;
      return { principal: token.rights ?? 'none', userId: token.user, expiresAt };
    },
  });
  return { ...running, clock, identify: slow.resolve, release };
}

/** `POST {hub}/refresh` for the connection of a peer. */
function refresh(peer: HttpPeer, token: Token | undefined, verb = 'POST'): Promise<Answer> {
  const headers = token === undefined ? {} : bearing(token);
  return peer.at(peer.url.replace('?id=', '/refresh?id=')).as(headers).ask(verb);
}

/** A WebSocket of a negotiated connection. */
async function webSocket(hub: Running, token: Token): Promise<[HttpPeer, WireClient]> {
  const peer = await HttpPeer.negotiate(hub.url, bearing(token));
  return [peer, await WireClient.connect(peer.url.replace('http', 'ws'), { headers: bearing(token) })];
}

async function lifetimeOf(hub: Running, token: Token, query = 'negotiateVersion=1'): Promise<unknown> {
  const response = await fetch(`${hub.url}/negotiate?${query}`, { method: 'POST', headers: bearing(token) });
  return ((await response.json()) as { tokenLifetimeSeconds?: unknown }).tokenLifetimeSeconds;
}

describe('negotiation', () => {
  it.each<[string, Token, number | undefined]>([
    ['ends', ANN, 60],
    ['ends within this second', { ...ANN, seconds: 1 }, 1],
    ['has ended', { ...ANN, seconds: -5 }, undefined],
    ['ends in less than a second', { ...ANN, seconds: 0.5 }, undefined],
    ['never ends', { user: 'ann' }, undefined],
    ['ends beyond 32 bits', { ...ANN, seconds: 1e12 }, 0x7fffffff],
  ])('tells for how many seconds a token is good that %s', async (_, token, seconds) => {
    expect(await lifetimeOf(await run(), token)).toBe(seconds);
  });

  it('tells nothing where tokens cannot be refreshed: without the option, and in version 0', async () => {
    expect(await lifetimeOf(await run({ enabled: false }), ANN)).toBeUndefined();
    expect(await lifetimeOf(await run(), ANN, '')).toBeUndefined();
  });

  it('tells it between the token and the transports, as .NET does', async () => {
    const hub = await run();
    const response = await fetch(`${hub.url}/negotiate?negotiateVersion=1`, { method: 'POST', headers: bearing(ANN) });
    expect(Object.keys((await response.json()) as object)).toEqual([
      'negotiateVersion',
      'connectionId',
      'connectionToken',
      'tokenLifetimeSeconds',
      'availableTransports',
    ]);
  });
});

describe('a refresh', () => {
  it('gives a WebSocket the rights of another token, and its end', async () => {
    const hub = await run();
    const [peer, client] = await webSocket(hub, ANN);
    expect(await client.invoke('Who')).toMatchObject({ result: 'some' });
    hub.clock.advance(30_000);
    const answer = await refresh(peer, { user: 'ann', rights: 'all', seconds: 600 });
    expect(answer).toMatchObject({ status: 200, body: '{"tokenLifetimeSeconds":570}' });
    expect(answer.headers['content-type']).toBe('application/json');
    expect(await client.invoke('Who')).toMatchObject({ result: 'all' });
    // The first token has ended by now.
    hub.clock.advance(300_000);
    expect(await client.invoke('Who')).toMatchObject({ result: 'all' });
    hub.clock.advance(300_000);
    expect(await client.next()).toBe('{"type":7,"allowReconnect":true}');
  });

  it('to a token that never ends answers without a lifetime, and the connection stays', async () => {
    const hub = await run();
    const [peer, client] = await webSocket(hub, ANN);
    expect(await refresh(peer, { user: 'ann', rights: 'ever' })).toMatchObject({ status: 200, body: '{}' });
    hub.clock.advance(1_000_000);
    expect(await client.invoke('Who')).toMatchObject({ result: 'ever' });
  });

  it('may also shorten: the end is that of the new token', async () => {
    const hub = await run();
    const [peer, client] = await webSocket(hub, ANN);
    const less = { user: 'ann', rights: 'less', seconds: 10 };
    expect(await refresh(peer, less)).toMatchObject({ status: 200, body: '{"tokenLifetimeSeconds":10}' });
    hub.clock.advance(11_000);
    expect(await client.next()).toBe('{"type":7,"allowReconnect":true}');
  });

  it('does not change the rights of what is running', async () => {
    const hub = await run();
    const [peer, client] = await webSocket(hub, ANN);
    client.send('{"type":1,"invocationId":"h","target":"Hold","arguments":[]}');
    await client.settle();
    await refresh(peer, { ...ANN, rights: 'all' });
    client.send(WHO);
    hub.release.resolve();
    expect(await client.next()).toBe('{"type":3,"invocationId":"h","result":"some"}');
    expect(await client.next()).toBe(who('all'));
  });

  it('keeps Server-Sent Events beyond the first token', async () => {
    const hub = await run();
    const [peer, events] = await HttpPeer.serverSentEvents(hub.url, bearing(ANN));
    const more = { ...ANN, rights: 'all', seconds: 600 };
    expect((await refresh(peer, more)).status).toBe(200);
    hub.clock.advance(300_000);
    await peer.as(bearing(more)).post(WHO);
    expect(await events.next()).toBe(who('all'));
  });

  it('of a long poll is not undone by an older token that was under way, whose own rights stay what they are', async () => {
    const hub = await run();
    const peer = await HttpPeer.longPolling(hub.url, bearing(ANN));
    const more = { ...ANN, rights: 'all', seconds: 600 };
    expect((await refresh(peer, more)).status).toBe(200);
    await peer.post(WHO);
    expect(await peer.nextRecord()).toBe(who('some'));
    hub.server.closeConnections(({ principal }) => {
      expect(principal).toBe('all');
      return false;
    });
    hub.clock.advance(70_000);
    expect(hub.server.connections).toBe(1);
    await peer.as(bearing(more)).post(WHO);
    expect(await peer.nextRecord()).toBe(who('all'));
  });

  it('before the transport begins is answered, and the rights are those of the request that begins it', async () => {
    const hub = await run();
    const peer = await HttpPeer.negotiate(hub.url, bearing(ANN));
    const answer = await refresh(peer, { ...ANN, rights: 'all', seconds: 600 });
    expect(answer).toMatchObject({ status: 200, body: '{"tokenLifetimeSeconds":600}' });
    const client = await WireClient.connect(peer.url.replace('http', 'ws'), { headers: bearing(ANN) });
    expect(await client.invoke('Who')).toMatchObject({ result: 'some' });
  });

  it('that came later wins, whichever token is identified first', async () => {
    const hub = await run();
    const [peer, client] = await webSocket(hub, ANN);
    const arrived = new Promise((resolve) => hub.http.once('request', resolve));
    const first = refresh(peer, { user: 'ann', rights: 'first', seconds: 100, slow: true });
    await arrived;
    const second = await refresh(peer, { user: 'ann', rights: 'second', seconds: 90 });
    expect(second.body).toBe('{"tokenLifetimeSeconds":90}');
    hub.identify();
    // It is told what is in force.
    expect(await first).toMatchObject({ status: 200, body: '{"tokenLifetimeSeconds":90}' });
    expect(await client.invoke('Who')).toMatchObject({ result: 'second' });
  });

  it('is told to the hub, which sees the new principal, after onConnected', async () => {
    const told: string[] = [];
    const connected = new Deferred();
    const hub = await run({
      hooks: {
        onConnected: async () => {
          await connected.promise;
          told.push('connected');
        },
        onAuthenticationRefreshed: ({ principal }) => told.push(principal),
      },
    });
    const [peer, client] = await webSocket(hub, ANN);
    await refresh(peer, { ...ANN, rights: 'all' });
    expect(told).toEqual([]);
    connected.resolve();
    await client.invoke('Who');
    expect(told).toEqual(['connected', 'all']);
  });

  it('stands even if the hub throws when it is told, which is logged', async () => {
    const hub = await run({
      hooks: {
        onAuthenticationRefreshed: () => {
          throw new Error('of the hub');
        },
      },
    });
    const [peer, client] = await webSocket(hub, ANN);
    expect((await refresh(peer, { ...ANN, rights: 'all' })).status).toBe(200);
    expect(await client.invoke('Who')).toMatchObject({ result: 'all' });
    expect(hub.log.takeErrors()).toEqual(['onAuthenticationRefreshed failed']);
  });

  it('of an endpoint without a hub gives its connection another principal', async () => {
    const principals: string[] = [];
    const endpoint = createConnectionEndpoint<string>({
      enableAuthenticationRefresh: true,
      logger: new LogRecorder(),
      authenticate: ({ headers }) => ({ principal: String(headers['x-token']), userId: 'ann' }),
      onConnected: async (connection) => {
        for await (const piece of connection) {
          principals.push(connection.principal);
          await connection.send(piece);
        }
      },
    });
    const http = await listen(endpoint.handler);
    endpoint.attach(http, '/raw');
    const peer = await HttpPeer.negotiate(`${urlOf(http)}/raw`, { 'x-token': 'old' });
    const client = await WireClient.open(peer.url.replace('http', 'ws'), { headers: { 'x-token': 'old' } });
    for (const token of ['old', 'new']) {
      await peer.at(peer.url.replace('?id=', '/refresh?id=')).as({ 'x-token': token }).ask('POST');
      client.send('{}');
      await client.next();
    }
    expect(principals).toEqual(['old', 'new']);
    client.socket.terminate();
    await endpoint.close();
    http.closeAllConnections();
    await new Promise((resolve) => http.close(resolve));
  });
});

describe('a refused refresh', () => {
  const better = { user: 'ann', rights: 'all', seconds: 600 };

  it.each<[string, Token | undefined, (peer: HttpPeer) => HttpPeer, number, string]>([
    ['of another user', { ...better, user: 'bob' }, (peer) => peer, 403, 'permission_change_rejected'],
    ['of no user', { rights: 'all' }, (peer) => peer, 403, 'permission_change_rejected'],
    ['without a token', undefined, (peer) => peer, 401, 'invalid_token'],
    ['with a token that has expired', { ...better, rights: 'expired' }, (peer) => peer, 401, 'invalid_token'],
    ['for a connection that never was', better, (peer) => peer.at(`${peer.url}x`), 404, 'connection_not_found'],
    [
      'for an id that others see',
      better,
      (peer) => peer.at(peer.url.replace(/id=.*/, `id=${peer.connectionId}`)),
      404,
      'connection_not_found',
    ],
    ['for no connection', better, (peer) => peer.at(peer.url.replace(/id=.*/, 'id=')), 400, 'missing_connection_token'],
  ])('%s leaves principal and expiry as they were', async (_, token, of, status, error) => {
    const hub = await run();
    const [peer, client] = await webSocket(hub, ANN);
    const answer = await refresh(of(peer), token);
    expect(answer).toMatchObject({ status, body: JSON.stringify({ error }) });
    expect(answer.headers['content-type']).toBe('application/json');
    if (status === 401) expect(answer.headers['www-authenticate']).toMatch(/^Bearer/);
    expect(await client.invoke('Who')).toMatchObject({ result: 'some' });
    hub.clock.advance(61_000);
    expect(await client.next()).toBe('{"type":7,"allowReconnect":true}');
  });

  it('in version 0, where the id is no secret', async () => {
    const hub = await run();
    const response = await fetch(`${hub.url}/negotiate`, { method: 'POST', headers: bearing(ANN) });
    const { connectionId } = (await response.json()) as { connectionId: string };
    const peer = await HttpPeer.negotiate(hub.url, bearing(ANN));
    const answer = await refresh(peer.at(`${hub.url}?id=${connectionId}`), better);
    expect(answer).toMatchObject({ status: 400, body: '{"error":"unsupported_negotiate_version"}' });
  });

  it.each(['GET', 'DELETE', 'PUT'])('by %s', async (verb) => {
    const hub = await run();
    const [peer] = await webSocket(hub, ANN);
    const answer = await refresh(peer, better, verb);
    expect(answer).toMatchObject({ status: 405, body: '' });
    expect(answer.headers.allow).toBe('POST');
  });

  it('where nobody may refresh: the path is not there', async () => {
    const hub = await run({ enabled: false });
    const [peer] = await webSocket(hub, ANN);
    expect((await refresh(peer, better)).status).toBe(404);
  });

  it('of a connection that has ended', async () => {
    const hub = await run();
    const [peer, client] = await webSocket(hub, ANN);
    client.socket.close();
    await client.closed;
    while (hub.server.connections > 0) await turn();
    expect(await refresh(peer, better)).toMatchObject({ status: 404, body: '{"error":"connection_not_found"}' });
  });

  it('is the application’s to refuse, which sees both principals', async () => {
    const asked: unknown[] = [];
    const hub = await run({
      allow: ({ request, ...refreshing }) => {
        asked.push([request.method, refreshing]);
        return Promise.resolve(refreshing.principal !== 'all');
      },
    });
    const [peer, client] = await webSocket(hub, ANN);
    const refused = await refresh(peer, better);
    expect(refused).toMatchObject({ status: 403, body: '{"error":"permission_change_rejected"}' });
    expect(await client.invoke('Who')).toMatchObject({ result: 'some' });
    expect((await refresh(peer, { ...better, rights: 'more' })).status).toBe(200);
    expect(await client.invoke('Who')).toMatchObject({ result: 'more' });
    const common = {
      connectionId: peer.connectionId,
      previousPrincipal: 'some',
      expiresAt: hub.clock.date() + 600_000,
    };
    expect(asked).toEqual([
      ['POST', { ...common, principal: 'all' }],
      ['POST', { ...common, principal: 'more' }],
    ]);
  });

  it('of an application that throws, which is logged', async () => {
    const hub = await run({
      allow: () => {
        throw new Error('of the application');
      },
    });
    const [peer, client] = await webSocket(hub, ANN);
    expect((await refresh(peer, better)).status).toBe(403);
    expect(await client.invoke('Who')).toMatchObject({ result: 'some' });
    expect(hub.log.takeErrors()).toEqual(['onAuthenticationRefresh failed']);
  });
});
