import { request as httpRequest } from 'node:http';
import express from 'express';
import { createHubServer, defineHub, type HubServerOptions } from '../../../src/signalr';
import { FakeClock } from '../support/fake-clock';
import { listen, type RunningHub, useHubs } from '../support/hub-servers';

interface Principal {
  readonly name: string;
}

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

const hubs = useHubs();
const ID_PATTERN = /^[A-Za-z0-9_-]{22}$/;

async function ask(url: string, method = 'POST', headers: Record<string, string> = {}): Promise<Answer> {
  const response = await fetch(url, { method, headers });
  return { status: response.status, headers: response.headers, body: await response.text() };
}

function run(options: Omit<HubServerOptions<undefined>, 'logger'> = {}): Promise<RunningHub<undefined>> {
  return hubs.run(defineHub({}), options);
}

describe('negotiate', () => {
  it('gives version 1 an id and a token', async () => {
    const { url } = await run();
    const { status, headers, body } = await ask(`${url}/negotiate?negotiateVersion=1`);
    const answer = JSON.parse(body) as Record<string, unknown>;
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('application/json');
    expect(headers.get('content-length')).toBe(String(body.length));
    expect(Object.keys(answer)).toEqual(['negotiateVersion', 'connectionId', 'connectionToken', 'availableTransports']);
    expect(answer).toEqual({
      negotiateVersion: 1,
      connectionId: expect.stringMatching(ID_PATTERN) as unknown,
      connectionToken: expect.stringMatching(ID_PATTERN) as unknown,
      availableTransports: [
        { transport: 'WebSockets', transferFormats: ['Text', 'Binary'] },
        { transport: 'ServerSentEvents', transferFormats: ['Text'] },
        { transport: 'LongPolling', transferFormats: ['Text', 'Binary'] },
      ],
    });
    expect(answer['connectionToken']).not.toBe(answer['connectionId']);
  });

  it.each(['', '?negotiateVersion=0'])('gives version 0 (%j) an id alone', async (query) => {
    const { url } = await run();
    const answer = JSON.parse((await ask(`${url}/negotiate${query}`)).body) as object;
    expect(Object.keys(answer)).toEqual(['negotiateVersion', 'connectionId', 'availableTransports']);
    expect(answer).toMatchObject({ negotiateVersion: 0 });
  });

  it.each([
    'NegotiateVersion=1',
    'negotiateversion=7',
    'a=b&NEGOTIATEVERSION=+1',
    'negotiateVersion=1&negotiateVersion=0',
  ])('answers version 1 to %s', async (query) => {
    const { url } = await run();
    expect(JSON.parse((await ask(`${url}/negotiate?${query}`)).body)).toMatchObject({ negotiateVersion: 1 });
  });

  it.each([
    ['negotiateVersion=one', 'The client requested a non-integer protocol version.'],
    ['negotiateVersion=', 'The client requested a non-integer protocol version.'],
    ['negotiateVersion=1.5', 'The client requested a non-integer protocol version.'],
    ['negotiateVersion=99999999999', 'The client requested a non-integer protocol version.'],
    ['negotiateVersion=-1', "The client requested version '-1', but the server does not support this version."],
  ])('answers %s with an error in a 200', async (query, error) => {
    const { url } = await run();
    const answer = await ask(`${url}/negotiate?${query}`);
    expect([answer.status, JSON.parse(answer.body)]).toEqual([200, { error }]);
  });

  it('offers what is enabled, in the order of ASP.NET Core', async () => {
    const { url } = await run({ transports: ['longPolling', 'webSockets'] });
    const { availableTransports } = JSON.parse((await ask(`${url}/negotiate`)).body) as {
      availableTransports: { transport: string }[];
    };
    expect(availableTransports.map(({ transport }) => transport)).toEqual(['WebSockets', 'LongPolling']);
  });

  it.each([
    ['true', { allowStatefulReconnects: true }, true],
    [' True', { allowStatefulReconnects: true }, true],
    ['false', { allowStatefulReconnects: true }, undefined],
    ['1', { allowStatefulReconnects: true }, undefined],
    ['true', { allowStatefulReconnects: true, transports: ['longPolling'] }, undefined],
    ['true', {}, undefined],
  ] as const)('answers a wish for stateful reconnect of %j under %j with %j', async (wish, options, offered) => {
    const { url } = await run(options);
    const { body } = await ask(`${url}/negotiate?negotiateVersion=1&UseStatefulReconnect=${wish}`);
    const answer = JSON.parse(body) as Record<string, unknown>;
    expect(answer['useStatefulReconnect']).toBe(offered);
    if (offered === true) expect(Object.keys(answer)[0]).toBe('useStatefulReconnect');
  });

  it('sends a client elsewhere, if the application says so', async () => {
    const { url, log } = await run({
      redirect: ({ headers }) => {
        if (headers['x-region'] === 'eu') return { url: 'https://eu.example/hub', accessToken: 't' };
        if (headers['x-region'] === 'us') return Promise.resolve({ url: 'https://us.example/hub' });
        if (headers['x-region'] === 'moon') throw new Error('no map');
        return undefined;
      },
    });
    const answers: unknown[] = [];
    for (const region of ['eu', 'us', 'here', 'moon']) {
      const { status, body } = await ask(`${url}/negotiate?negotiateVersion=1`, 'POST', { 'x-region': region });
      answers.push(region === 'here' ? body.includes('connectionToken') : [status, body]);
    }
    expect(answers).toEqual([
      [200, '{"url":"https://eu.example/hub","accessToken":"t"}'],
      [200, '{"url":"https://us.example/hub"}'],
      true,
      [500, ''],
    ]);
    expect(log.takeErrors()).toEqual(['redirecting a negotiation failed']);
  });

  it.each(['GET', 'PUT', 'DELETE', 'OPTIONS'])('answers 405 to %s', async (method) => {
    const { url } = await run();
    const { status, headers, body } = await ask(`${url}/negotiate`, method);
    expect([status, headers.get('content-type'), headers.get('allow'), body]).toEqual([405, 'text/plain', 'POST', '']);
  });

  it.each(['/hub/NEGOTIATE', '/HUB/negotiate/'])('knows the path as %s', async (path) => {
    const { url } = await run();
    expect((await ask(new URL(path, url).href)).status).toBe(200);
  });
});

describe('plain HTTP at the hub', () => {
  it.each([
    ['GET', '', 400, 'Connection ID required'],
    ['POST', '?id=', 400, 'Connection ID required'],
    ['GET', '?id=nobody', 404, 'No Connection with that ID'],
    ['DELETE', '?ID=nobody', 404, 'No Connection with that ID'],
    ['POST', '?id=nobody', 404, 'No Connection with that ID'],
    ['PUT', '', 405, ''],
    ['PATCH', '?id=nobody', 405, ''],
    ['HEAD', '?id=nobody', 405, ''],
  ])('answers %s %s with %i', async (method, query, status, body) => {
    const { url } = await run();
    const answer = await ask(url + query, method);
    expect([answer.status, answer.headers.get('content-type'), answer.body]).toEqual([status, 'text/plain', body]);
  });

  it.each([
    ['GET', '*/*', 404, 'LongPolling transport not supported by this end point type'],
    ['GET', 'text/event-stream', 404, 'ServerSentEvents transport not supported by this end point type'],
    ['POST', '*/*', 405, 'POST requests are not allowed for WebSocket connections.'],
    ['DELETE', '*/*', 400, 'Cannot terminate this connection using the DELETE endpoint.'],
  ])(
    'answers %s of %s for a known id with %i when only WebSockets are offered',
    async (method, accept, status, body) => {
      const { url } = await run({ transports: ['webSockets'] });
      const { connectionId } = JSON.parse((await ask(`${url}/negotiate`)).body) as { connectionId: string };
      const answer = await ask(`${url}?id=${connectionId}`, method, { accept });
      expect([answer.status, answer.body]).toEqual([status, body]);
    },
  );

  it('answers 404 beside the hub', async () => {
    const { url } = await run();
    for (const path of ['/', '/negotiate', '/hubs', '/hub/other', '/hub/negotiate/x']) {
      expect((await ask(new URL(path, url).href)).status).toBe(404);
    }
  });
});

describe('negotiate › who may', () => {
  const hub = defineHub<Principal>({});
  const authenticate: HubServerOptions<Principal>['authenticate'] = (request) => {
    if (request.headers.authorization === 'boom') throw new Error('key store down');
    return request.headers.authorization === 'Bearer ann' ? Promise.resolve({ principal: { name: 'ann' } }) : undefined;
  };

  it('answers 401 with an empty body to a caller nobody knows', async () => {
    const { url } = await hubs.run(hub, { authenticate });
    for (const path of ['/negotiate', '?id=x']) {
      const { status, headers, body } = await ask(url + path);
      expect([status, headers.get('www-authenticate'), body]).toEqual([401, 'Bearer', '']);
    }
    expect((await ask(`${url}/negotiate`, 'POST', { authorization: 'Bearer ann' })).status).toBe(200);
  });

  it('answers 500 with an empty body when authentication throws, and logs it', async () => {
    const { url, log } = await hubs.run(hub, { authenticate });
    const { status, body } = await ask(`${url}/negotiate`, 'POST', { authorization: 'boom' });
    expect([status, body, log.takeErrors()]).toEqual([500, '', ['admitting a request failed']]);
  });

  it('answers 403 to an origin that is not allowed', async () => {
    const { url } = await run({ isOriginAllowed: (origin) => origin === 'https://good.example' });
    const statuses: unknown[] = [];
    for (const headers of [{}, { origin: 'https://good.example' }, { origin: 'https://bad.example' }]) {
      statuses.push((await ask(`${url}/negotiate`, 'POST', headers)).status);
    }
    expect(statuses).toEqual([200, 200, 403]);
  });
});

describe('negotiate › bounds', () => {
  it('answers 503 when as many as may be are negotiated and not connected', async () => {
    const { url, log } = await run({ maximumConnections: 2 });
    const answers: Answer[] = [];
    for (let i = 0; i < 3; i++) answers.push(await ask(`${url}/negotiate`));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 503]);
    expect(answers[2]?.headers.get('retry-after')).toBe('5');
    expect(log.takeErrors()).toEqual(['limit reached']);
  });

  it('forgets what was not connected in time', async () => {
    const clock = new FakeClock();
    const { url } = await run({ clock, maximumConnections: 1 });
    const { connectionId } = JSON.parse((await ask(`${url}/negotiate`)).body) as { connectionId: string };
    clock.advance(14_000);
    expect((await ask(`${url}?id=${connectionId}`, 'DELETE')).status).toBe(400);
    clock.advance(2_000);
    expect((await ask(`${url}?id=${connectionId}`, 'DELETE')).status).toBe(404);
    expect((await ask(`${url}/negotiate`)).status).toBe(200);
  });

  it('does not read the body it is sent', async () => {
    const { url } = await run();
    const answer = await new Promise<number | undefined>((resolve, reject) => {
      const request = httpRequest(
        `${url}/negotiate`,
        { method: 'POST', headers: { 'content-length': 1e9 } },
        (response) => {
          resolve(response.statusCode);
          request.destroy();
        },
      );
      request.on('error', reject);
      request.flushHeaders();
    });
    expect(answer).toBe(200);
  });
});

describe('handler under Express', () => {
  it('answers below the path it is mounted at and leaves the rest to others', async () => {
    const server = createHubServer(defineHub({}));
    const app = express();
    app.use('/api/echo', server.handler);
    app.use(server.handler);
    app.use((_, response) => {
      response.status(418).end();
    });
    const http = await listen(app);
    server.attach(http, '/echo');
    const address = http.address();
    const base = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
    const statuses: unknown[] = [];
    for (const path of ['/api/echo/negotiate', '/echo/negotiate', '/negotiate', '/', '/api/echo/x']) {
      statuses.push((await ask(base + path)).status);
    }
    expect(statuses).toEqual([200, 200, 418, 418, 418]);
    await server.close();
    http.closeAllConnections();
    http.close();
  });
});
