import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import { createHubServer, defineHub, type HubContext, method } from '../../../src/signalr';
import { useHubs } from '../support/hub-servers';
import { WireClient } from '../support/wire-client';

const hubs = useHubs();
const whoAmI = defineHub({
  WhoAmI: method([], ({ connectionId, request }) => [
    connectionId,
    request.headers['user-agent'] ?? null,
    request.remoteAddress,
  ]),
});

/** The status and body with which an upgrade request is rejected. */
function refused(url: string, headers: Record<string, string> = {}): Promise<[number | undefined, string]> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, { headers });
    socket.on('error', reject);
    socket.on('open', () => {
      reject(new Error('The upgrade was not refused.'));
    });
    socket.on('unexpected-response', (_, response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => (body += text));
      response.on('end', () => {
        resolve([response.statusCode, body]);
      });
    });
  });
}

async function negotiate({
  url,
}: {
  readonly url: string;
}): Promise<{ connectionId: string; connectionToken: string }> {
  const response = await fetch(`${url}/negotiate?negotiateVersion=1`, { method: 'POST' });
  return (await response.json()) as { connectionId: string; connectionToken: string };
}

describe('WebSocket upgrade', () => {
  it('makes the connection that was negotiated, by its token', async () => {
    const hub = await hubs.run(whoAmI, {});
    const { connectionId, connectionToken } = await negotiate(hub);
    const client = await hub.open(`?id=${connectionToken}`, { headers: { 'user-agent': 'tester' } });
    client.send('{"protocol":"json","version":1}');
    await client.next();
    expect(await client.invoke('WhoAmI')).toMatchObject({ result: [connectionId, 'tester', '127.0.0.1'] });
  });

  it('does not take the id for the token', async () => {
    const hub = await hubs.run(whoAmI, {});
    const { connectionId } = await negotiate(hub);
    expect(await refused(`${hub.url.replace('http', 'ws')}?id=${connectionId}`)).toEqual([
      404,
      'No Connection with that ID',
    ]);
  });

  it('makes a new connection without an id', async () => {
    const hub = await hubs.run(whoAmI, {});
    const client = await hub.connect();
    expect(await client.invoke('WhoAmI')).toMatchObject({
      result: [expect.stringMatching(/^[\w-]{22}$/), null, '127.0.0.1'],
    });
    expect(hub.server.connections).toBe(1);
  });

  it('answers 409 to a second WebSocket of one id, 404 when the first has ended', async () => {
    const hub = await hubs.run(whoAmI, {});
    const { connectionToken } = await negotiate(hub);
    const url = `${hub.url.replace('http', 'ws')}?id=${connectionToken}`;
    const client = await hub.open(`?id=${connectionToken}`);
    expect(await refused(url)).toEqual([409, 'The connection has its WebSocket already.']);
    client.socket.close();
    await client.closed;
    expect(await refused(url)).toEqual([404, 'No Connection with that ID']);
  });

  it('answers 503 when there are as many connections as may be', async () => {
    const hub = await hubs.run(whoAmI, { maximumConnections: 1 });
    await hub.connect();
    expect(await refused(hub.url.replace('http', 'ws'))).toEqual([
      503,
      'The server has no room for more, or is stopping; try again in 5 s',
    ]);
    expect(hub.log.takeErrors()).toEqual(['limit reached']);
  });

  it('answers 404 at a path where no hub is', async () => {
    const { url } = await hubs.run(whoAmI, {});
    for (const path of ['/', '/hub/negotiate', '/hubs']) {
      expect(await refused(new URL(path, url.replace('http', 'ws')).href)).toEqual([404, 'Not Found']);
    }
  });

  it('serves an upgrade that is no WebSocket as the plain request it is without it', async () => {
    const hub = await hubs.run(whoAmI, {});
    const { connectionToken } = await negotiate(hub);
    const { port } = hub.http.address() as AddressInfo;
    const answer = await new Promise<string>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.write(
          `PUT /hub?id=${connectionToken} HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n`,
        );
      });
      let text = '';
      socket.on('data', (bytes) => {
        text += bytes.toString();
        if (!text.includes('\r\n\r\n')) return;
        socket.destroy();
        resolve(text);
      });
    });
    expect(answer).toMatch(/^HTTP\/1.1 405 .*Allow: GET, POST, DELETE/s);
    // The failed attempt has not used the token up.
    await hub.open(`?id=${connectionToken}`);
  });

  it('answers 401 with an empty body, 403 to an origin that is not allowed, 500 to a throw', async () => {
    const hub = await hubs.run(defineHub<string>({}), {
      authenticate: ({ headers: { authorization } }) => {
        if (authorization === 'boom') throw new Error('key store down');
        return authorization === undefined ? undefined : { principal: authorization };
      },
      isOriginAllowed: (origin) => origin !== 'https://bad.example',
    });
    const url = hub.url.replace('http', 'ws');
    expect(await refused(url)).toEqual([401, '']);
    expect(await refused(url, { authorization: 'ann', origin: 'https://bad.example' })).toEqual([
      403,
      'Pages of this origin may not connect.',
    ]);
    expect(await refused(url, { authorization: 'boom' })).toEqual([500, '']);
    expect(hub.log.takeErrors()).toEqual(['admitting a request failed']);
    await hub.connect({ headers: { authorization: 'ann' } });
  });

  it('answers what authentication says, and reports each refusal', async () => {
    const reported: unknown[] = [];
    const hub = await hubs.run(defineHub<string>({}), {
      authenticate: () => ({ refusal: { status: 401, reason: 'the token has expired', headers: { 'X-Why': 'a' } } }),
      onRefused: ({ isUpgrade, status, reason }) => reported.push([isUpgrade, status, reason]),
    });
    expect(await refused(hub.url.replace('http', 'ws'))).toEqual([401, 'the token has expired']);
    const response = await fetch(`${hub.url}/negotiate`, { method: 'POST' });
    expect([response.status, response.headers.get('x-why'), await response.text()]).toEqual([
      401,
      'a',
      'the token has expired',
    ]);
    expect(reported).toEqual([
      [true, 401, 'the token has expired'],
      [false, 401, 'the token has expired'],
    ]);
  });

  it('gives contexts the address that the application knows', async () => {
    const hub = await hubs.run(whoAmI, { remoteAddressOf: ({ headers }) => String(headers['x-forwarded-for']) });
    const client = await hub.connect({ headers: { 'x-forwarded-for': '198.51.100.1' } });
    expect(await client.invoke('WhoAmI')).toMatchObject({ result: [expect.any(String), null, '198.51.100.1'] });
  });

  it('survives a peer that resets while its request is looked at', async () => {
    let admit: () => void = () => undefined;
    const asked = new Promise<void>((resolveAsked) => {
      admit = resolveAsked;
    });
    let finish: (value: undefined) => void = () => undefined;
    const hub = await hubs.run(defineHub<string>({}), {
      authenticate: () => {
        admit();
        return new Promise<undefined>((resolve) => {
          finish = resolve;
        });
      },
    });
    const { port } = hub.http.address() as AddressInfo;
    const gone = new Promise<void>((resolve) => {
      hub.http.on('connection', (socket) => {
        socket.on('close', () => {
          resolve();
        });
      });
    });
    const socket = connect(port, '127.0.0.1', () => {
      socket.write('GET /hub HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n');
    });
    await asked;
    socket.resetAndDestroy();
    await gone;
    finish(undefined);
    expect(hub.server.connections).toBe(0);
  });
});

describe('attach', () => {
  it('serves several hubs on one HTTP server', async () => {
    const hub = await hubs.run(whoAmI, {});
    const other = createHubServer(defineHub({ Two: method([], () => 2) }));
    other.attach(hub.http, '/two/');
    const client = await WireClient.connect(hub.url.replace('http', 'ws').replace('/hub', '/TWO'));
    expect(await client.invoke('Two')).toMatchObject({ result: 2 });
    await other.close();
    expect(await refused(hub.url.replace('http', 'ws').replace('/hub', '/two'))).toEqual([404, 'Not Found']);
  });

  it('refuses a path that is taken', async () => {
    const hub = await hubs.run(whoAmI, {});
    expect(() => {
      hub.server.attach(hub.http, '/Hub');
    }).toThrow("a hub is already attached at '/hub' of this server");
  });

  it('leaves paths it does not know to other listeners', async () => {
    const hub = await hubs.run(whoAmI, {});
    const others = new WebSocketServer({ noServer: true });
    hub.http.on('upgrade', (request, socket, head) => {
      if (request.url === '/other')
        others.handleUpgrade(request, socket, head, (webSocket) => {
          webSocket.close(4000);
        });
    });
    const client = await WireClient.open(hub.url.replace('http', 'ws').replace('/hub', '/other'));
    expect(await client.closed).toBe(4000);
  });
});

describe('the principal', () => {
  it('is whom the upgrade request came from', async () => {
    const seen: HubContext<string>[] = [];
    const hub = await hubs.run(defineHub<string>({}, { onConnected: (context) => void seen.push(context) }), {
      authenticate: ({ headers }) => ({ principal: headers['x-user'] as string }),
    });
    await hub.connect({ headers: { 'x-user': 'ann' } });
    expect(seen.map(({ principal }) => principal)).toEqual(['ann']);
  });
});
