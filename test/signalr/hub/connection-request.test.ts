import { inspect } from 'node:util';
import { HttpTransportType, type HubConnection, HubConnectionBuilder, LogLevel } from '@microsoft/signalr';
import { MessagePackHubProtocol } from '@microsoft/signalr-protocol-msgpack';
import express from 'express';
import { pino } from 'pino';
import { type ConnectionRequest, createHubServer, defineHub, type HubContext, method } from '../../../src/signalr';
import { listen, urlOf } from '../support/hub-servers';
import type { StockTransport } from '../support/stock-client';
import { WireClient } from '../support/wire-client';

interface Principal {
  readonly token: string;
}

const ends: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

/** A hub at /api/chat whose requests, contexts and principals are kept. */
async function serve() {
  const contexts: HubContext<Principal>[] = [];
  const keep = (context: HubContext<Principal>) => {
    contexts.push(context);
  };
  const hub = defineHub<Principal>(
    {
      Look: method([], keep),
      WhoAmI: method([], ({ principal }) => principal.token),
    },
    { onConnected: keep },
  );
  const server = createHubServer(hub, {
    authenticate: ({ url = '', headers }) => {
      const inQuery = new URLSearchParams(url.split('?')[1]).get('access_token');
      return { principal: { token: headers.authorization?.replace('Bearer ', '') ?? inQuery ?? '' }, userId: 'ann' };
    },
  });
  const app = express();
  app.use('/api/chat', server.handler);
  const http = await listen(app);
  server.attach(http, '/api/chat');
  ends.push(async () => {
    await server.close({ timeout: 1 });
    http.closeAllConnections();
    await new Promise((resolve) => http.close(resolve));
  });
  return { url: `${urlOf(http)}/api/chat`, contexts, server };
}

async function connect(url: string, transport: StockTransport, token: () => string, binary = false) {
  const builder = new HubConnectionBuilder()
    .withUrl(url, {
      transport: HttpTransportType[transport],
      accessTokenFactory: token,
      headers: { 'X-Tenant': 'acme' },
    })
    .configureLogging(LogLevel.None);
  const connection: HubConnection = (binary ? builder.withHubProtocol(new MessagePackHubProtocol()) : builder).build();
  ends.push(() => connection.stop());
  await connection.start();
  return connection;
}

describe('context', () => {
  it.each([
    ['WebSockets', 'webSockets', false],
    ['WebSockets', 'webSockets', true],
    ['ServerSentEvents', 'serverSentEvents', false],
    ['LongPolling', 'longPolling', false],
    ['LongPolling', 'longPolling', true],
  ] as const)('tells the request, the transport and the encoding: %s (%s), binary %p', async (stock, name, binary) => {
    const { url, contexts } = await serve();
    const connection = await connect(`${url}?Room=a%20b&room=c`, stock, () => 'secret', binary);
    await connection.invoke('Look');
    expect(contexts).toHaveLength(2);
    for (const { request, transport, protocol } of contexts) {
      expect(transport).toBe(name);
      expect(protocol).toBe(binary ? 'messagepack' : 'json');
      expect(request.method).toBe('GET');
      // Express has stripped the path it is mounted at, and we say it all the same.
      expect(request.path).toBe('/api/chat');
      expect(request.url).toMatch(/^\/api\/chat\?Room=a%20b&room=c&id=[\w-]{22}(&|$)/);
      expect([request.query.get('Room'), request.query.get('room')]).toEqual(['a b', 'c']);
      expect(request.headers['x-tenant']).toBe('acme');
      expect(request.remoteAddress).toBe('127.0.0.1');
    }
    expect(contexts[0]!.request).toBe(contexts[1]!.request);
  });

  it('keeps a request that nobody can change', async () => {
    const { url, contexts } = await serve();
    await connect(url, 'WebSockets', () => 'secret');
    const { request } = contexts[0]!;
    expect(Object.isFrozen(request)).toBe(true);
    expect(Object.isFrozen(request.headers)).toBe(true);
    request.query.set('id', 'changed');
    expect(request.query.get('id')).not.toBe('changed');
  });

  it.each(['WebSockets', 'ServerSentEvents', 'LongPolling'] as const)(
    'gives no token away when it is logged: %s',
    async (transport) => {
      const { url, contexts } = await serve();
      // A browser has no header for its token.
      const connection = await connect(`${url}?access_token=s3cret&page=2`, transport, () => 's3cret');
      const { request } = contexts[0]!;
      const lines: string[] = [];
      pino({}, { write: (line: string) => void lines.push(line) }).info({ request }, 'connected');
      const shown = [...lines, JSON.stringify(request), inspect(request), inspect({ deep: [request] }, { depth: 9 })];
      for (const text of shown) {
        expect(text).not.toContain('s3cret');
        expect(text).not.toContain(request.query.get('id'));
        expect(text).toContain('/api/chat');
        expect(text).toContain('acme');
      }
      expect(JSON.parse(JSON.stringify(request))).toMatchObject({
        query: { access_token: '[redacted]', id: '[redacted]', page: '2' },
      } satisfies Partial<Record<keyof ConnectionRequest, unknown>>);
      await connection.stop();
    },
  );

  it('has the principal of the upgrade, not of the negotiation', async () => {
    const { url, contexts } = await serve();
    let count = 0;
    const connection = await connect(url, 'WebSockets', () => `token-${++count}`);
    expect(contexts[0]!.principal.token).toBe('token-2');
    expect(await connection.invoke('WhoAmI')).toBe('token-2');
  });

  it('has the principal of the first poll, then of the POST that invokes', async () => {
    const { url, contexts } = await serve();
    const ask = async (method: string, target: string, token: string, body?: string) => {
      const init = { method, headers: { Authorization: `Bearer ${token}` }, ...(body === undefined ? {} : { body }) };
      return (await fetch(target, init)).text();
    };
    const negotiated = await ask('POST', `${url}/negotiate?negotiateVersion=1`, 'negotiation');
    const { connectionToken } = JSON.parse(negotiated) as { connectionToken: string };
    const target = `${url}?id=${connectionToken}`;
    await ask('GET', target, 'first poll');
    await ask('POST', target, 'handshake', '{"protocol":"json","version":1}\x1e');
    expect(await ask('GET', target, 'second poll')).toBe('{}\x1e');
    // A hook has the rights of the latest request: when it ran, that was the POST of the handshake.
    expect(contexts[0]!.request.headers['authorization']).toBe('Bearer first poll');
    await ask('POST', target, 'invocation', '{"type":1,"invocationId":"1","target":"WhoAmI","arguments":[]}\x1e');
    expect(await ask('GET', target, 'third poll')).toContain('"result":"invocation"');
    await ask('DELETE', target, 'goodbye');
  });

  it('has no encoding before the handshake', async () => {
    const { url, server } = await serve();
    const client = await WireClient.open(url.replace('http', 'ws'));
    await client.settle();
    const seen: unknown[] = [];
    server.closeConnections(({ protocol, transport }) => seen.push(protocol, transport) === 0);
    expect(seen).toEqual([undefined, 'webSockets']);
    client.socket.terminate();
  });
});
