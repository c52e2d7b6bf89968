import { once } from 'node:events';
import { connect } from 'node:net';
import { HttpTransportType } from '@microsoft/signalr';
import { sign } from 'jsonwebtoken';
import { WebSocket } from 'ws';
import { openSocket } from '../../http/support/open-socket';
import { sqlPath } from '../../http/v0/support/sql-client';
import { atEnd, SECRET, type TestHub, token } from '../../support/test-hub';
import { codeOf, event, eventsOf, metric, type ReloadCases } from './reload-case';

const OTHER_SECRET = 'another secret for tests, of many bytes !!!';

const statusWith = async (hub: TestHub, bearer: string): Promise<number> =>
  (await hub.fetch('/topics', { headers: { authorization: `Bearer ${bearer}` } })).status;

const ask = async (hub: TestHub, query: string): Promise<unknown> => codeOf(await hub.fetch(sqlPath(query)));

let requests = 0;

/** The line in the log of a request that is refused. */
const refusalLine = async (hub: TestHub, headers: Record<string, string> = {}): Promise<string> => {
  const id = `request-${++requests}`;
  await hub.fetch('/topics/none', { headers: { ...headers, 'x-request-id': id } });
  await hub.logged(id);
  return (
    hub
      .log()
      .split('\n')
      .find((line) => line.includes(id)) ?? ''
  );
};

/** Opens so many sockets that nobody knows, and says how many of them are cut. */
const cutOf = async (hub: TestHub, count: number): Promise<number> => {
  for (let n = 0; n < count; n++) await openSocket(hub);
  return metric(hub, 'writer_hub_limit_strikes_total{limit="anonymous_sockets"}');
};

/** Whether a socket by which nothing comes is closed; if it is not to be, only whether it is open. */
const isReloaded = async (hub: TestHub): Promise<boolean> =>
  (await metric(hub, 'writer_hub_config_reloads_total{result="success"}')) > 0;

/** A WebSocket by which no handshake has come. */
const bareSocket = async (hub: TestHub): Promise<WebSocket> => {
  const socket = new WebSocket(`${hub.url.replace('http', 'ws')}/hub?access_token=${token('admin')}`);
  atEnd(() => {
    socket.terminate();
  });
  await once(socket, 'open');
  return socket;
};

type Names =
  | 'jwtSecret'
  | 'jwksUrl'
  | 'jwtIssuer'
  | 'jwtAudience'
  | 'clockTolerance'
  | 'tokenMemory'
  | 'corsOrigins'
  | 'trustedProxies'
  | 'maxMessageBytes'
  | 'maxHeldBytes'
  | 'maxBodyWait'
  | 'maxAnonymousSockets'
  | 'maxFollowers'
  | 'maxSubscriptions'
  | 'headersTimeout'
  | 'idleTimeout'
  | 'maxTokenRequestRate'
  | 'maxTokenByteRate'
  | 'maxDataSourceRequestRate'
  | 'maxDataSourceByteRate'
  | 'sqlTimeout'
  | 'maxSqlBytes'
  | 'maxSqlMemoryBytes'
  | 'maxSqlTempBytes'
  | 'maxResultRows'
  | 'maxResultBytes'
  | 'handshakeTimeout'
  | 'pollTimeout'
  | 'sendTimeout'
  | 'minDataRate'
  | 'maxConnections'
  | 'closeOnTokenExpiry'
  | 'detailedErrors';

const limitHeader = async (hub: TestHub): Promise<string | null> =>
  (await hub.post('/v0/events?name=limited', '{"a":1}')).headers.get('x-ratelimit-limit');

const numbers = (count: number): string =>
  `WITH RECURSIVE t(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM t WHERE x < ${count}) SELECT x FROM t`;

export const CALLING: ReloadCases<Names> = {
  jwtSecret: {
    to: { jwtSecret: OTHER_SECRET },
    see: async (hub) => [
      await statusWith(hub, token('admin')),
      await statusWith(hub, sign({ scope: 'admin' }, OTHER_SECRET, { expiresIn: '1h' })),
    ],
    expected: [
      [200, 401],
      [401, 200],
    ],
  },
  jwksUrl: {
    to: { jwksUrl: 'http://127.0.0.1:1/keys' },
    // Nobody listens there: what matters is that it is asked.
    see: (hub) => statusWith(hub, 'eyJhbGciOiJSUzI1NiIsImtpZCI6ImEifQ.e30.c2ln'),
    expected: [401, 503],
  },
  jwtIssuer: {
    to: { jwtIssuer: 'https://login.example/' },
    see: (hub) => statusWith(hub, token('admin')),
    expected: [200, 401],
  },
  jwtAudience: {
    to: { jwtAudience: 'writer-hub' },
    see: (hub) => statusWith(hub, token('admin')),
    expected: [200, 401],
  },
  clockTolerance: {
    to: { clockTolerance: 0 },
    see: (hub) => statusWith(hub, sign({ scope: 'admin', exp: Math.floor(Date.now() / 1000) - 30 }, SECRET)),
    expected: [200, 401],
  },
  tokenMemory: {
    to: { tokenMemory: 1 },
    // The log names the subject of a token that is remembered.
    see: async (hub) => {
      await statusWith(hub, NAMED);
      return /"subject":"tests"/.test(await refusalLine(hub, { authorization: `Bearer ${NAMED}` }));
    },
    expected: [true, false],
  },
  corsOrigins: {
    to: { corsOrigins: ['https://a.example'] },
    see: async (hub) => {
      const response = await hub.fetch('/topics', { headers: { origin: 'https://b.example' } });
      return response.headers.get('access-control-allow-origin') === null;
    },
    expected: [false, true],
  },
  trustedProxies: {
    to: { trustedProxies: ['loopback'] },
    see: async (hub) => /"remote":"([^"]+)"/.exec(await refusalLine(hub, { 'x-forwarded-for': '192.0.2.7' }))?.[1],
    expected: ['127.0.0.1', '192.0.2.7'],
  },
  maxMessageBytes: {
    to: { maxMessageBytes: 1024 },
    see: async (hub) => {
      const long = event({ value: 'x'.repeat(5000) });
      const { status } = await hub.post(eventsOf('cars'), long);
      const connection = await hub.connect();
      const sent = await connection.invoke('SendEventData', 'cars', 'a', [long]).then(
        () => 'sent',
        () => 'refused',
      );
      return [status, sent];
    },
    expected: [
      [200, 'sent'],
      [413, 'refused'],
    ],
  },
  maxHeldBytes: {
    to: { maxHeldBytes: 1 },
    see: async (hub) => (await hub.post(eventsOf('cars'), event({ value: 'x'.repeat(100_000) }))).status,
    expected: [200, 503],
  },
  maxBodyWait: {
    from: { workThreads: 1 },
    to: { maxBodyWait: 1 },
    see: async (hub) => {
      const body = Array.from({ length: 20_000 }, (_, n) => JSON.stringify({ n, text: 'x'.repeat(100) })).join('\n');
      const posts = Array.from({ length: 6 }, () => hub.post('/v0/events?name=large&wait=true', body));
      const statuses = (await Promise.all(posts)).map(({ status }) => status);
      return statuses.includes(503);
    },
    expected: [false, true],
  },
  maxAnonymousSockets: {
    from: { maxAnonymousSockets: 20 },
    to: { maxAnonymousSockets: 2 },
    see: async (hub) => (await cutOf(hub, 4)) > 0,
    expected: [false, true],
  },
  maxFollowers: {
    to: { maxFollowers: 1 },
    before: (hub) => hub.post(eventsOf('cars'), event()),
    see: async (hub) => {
      const live = await hub.fetch('/topics/cars/events', { headers: { accept: 'application/x-ndjson' } });
      return live.status;
    },
    expected: [200, 503],
  },
  maxSubscriptions: {
    to: { maxSubscriptions: 1 },
    see: async (hub) => {
      const connection = await hub.connect();
      await connection.invoke('SubscribeToEvent', 't', 'a', 'x');
      return connection.invoke('SubscribeToEvent', 't', 'b', 'x').then(
        () => 'taken',
        () => 'refused',
      );
    },
    expected: ['taken', 'refused'],
  },
  headersTimeout: {
    from: { headersTimeout: 600_000 },
    to: { headersTimeout: 1 },
    see: async (hub) => {
      const socket = await openSocket(hub);
      if (!(await isReloaded(hub))) return 'open';
      socket.write('GET / HTTP/1.1\r\n');
      socket.resume();
      await once(socket, 'close');
      return 'closed';
    },
    expected: ['open', 'closed'],
  },
  idleTimeout: {
    to: { idleTimeout: 5000 },
    see: async (hub) => {
      const socket = await openSocket(hub);
      socket.write('GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: keep-alive\r\n\r\n');
      const [bytes] = (await once(socket, 'data')) as [Buffer];
      return /keep-alive: timeout=(\d+)/i.exec(String(bytes))?.[1];
    },
    expected: ['75', '5'],
  },
  maxTokenRequestRate: { to: { maxTokenRequestRate: 7 }, see: limitHeader, expected: [null, '7'] },
  maxTokenByteRate: { to: { maxTokenByteRate: 7000 }, see: limitHeader, expected: [null, '7000'] },
  maxDataSourceRequestRate: { to: { maxDataSourceRequestRate: 8 }, see: limitHeader, expected: [null, '8'] },
  maxDataSourceByteRate: { to: { maxDataSourceByteRate: 8000 }, see: limitHeader, expected: [null, '8000'] },
  sqlTimeout: { to: { sqlTimeout: 1 }, see: (hub) => ask(hub, `${numbers(3000)} FORMAT CSV`), expected: [200, 408] },
  maxSqlBytes: { to: { maxSqlBytes: 64 }, see: (hub) => ask(hub, `SELECT 1 ${' '.repeat(100)}`), expected: [200, 400] },
  maxSqlMemoryBytes: {
    to: { maxSqlMemoryBytes: 16 * 1024 * 1024 },
    see: (hub) =>
      ask(
        hub,
        "WITH RECURSIVE t(x) AS (SELECT 'a' UNION ALL SELECT x || x FROM t) SELECT length(x) FROM t LIMIT 1 OFFSET 25",
      ),
    expected: [200, 400],
  },
  maxSqlTempBytes: {
    from: { maxSqlMemoryBytes: 32 * 1024 * 1024 },
    to: { maxSqlTempBytes: 1024 * 1024 },
    see: (hub) => ask(hub, `SELECT max(x) FROM (${numbers(600_000)} ORDER BY -x LIMIT 500000)`),
    expected: [200, 400],
  },
  maxResultRows: { to: { maxResultRows: 1 }, see: (hub) => ask(hub, numbers(2)), expected: [200, 400] },
  maxResultBytes: { to: { maxResultBytes: 1024 }, see: (hub) => ask(hub, numbers(1000)), expected: [200, 400] },
  handshakeTimeout: {
    from: { handshakeTimeout: 600_000 },
    to: { handshakeTimeout: 1 },
    see: async (hub) => {
      const socket = await bareSocket(hub);
      if (!(await isReloaded(hub))) return 'open';
      await once(socket, 'close');
      return 'closed';
    },
    expected: ['open', 'closed'],
  },
  pollTimeout: {
    from: { pollTimeout: 90_000 },
    to: { pollTimeout: 1 },
    see: async (hub) => {
      if (!(await isReloaded(hub))) return 'waits';
      // Each request by the same holder.
      const headers = { authorization: `Bearer ${NAMED}` };
      const begun = await hub.fetch('/hub/negotiate?negotiateVersion=1', { method: 'POST', headers });
      const { connectionToken } = (await begun.json()) as { connectionToken: string };
      const url = `/hub?id=${connectionToken}`;
      await hub.fetch(url, { headers });
      await hub.fetch(url, { method: 'POST', body: '{"protocol":"json","version":1}\x1e', headers });
      await hub.fetch(url, { headers });
      return (await hub.fetch(url, { headers })).status;
    },
    expected: ['waits', 200],
  },
  sendTimeout: {
    from: { sendTimeout: 600_000 },
    to: { sendTimeout: 50 },
    see: async (hub) => {
      if (!(await isReloaded(hub))) return 'held';
      const socket = await openSocket(hub);
      const query = sqlPath(
        "WITH RECURSIVE t(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM t WHERE x < 300) SELECT printf('%99999d', x) FROM t FORMAT TSV",
      );
      socket.write(`GET ${query}&token=${token('admin')} HTTP/1.1\r\nHost: x\r\n\r\n`);
      await once(socket, 'readable');
      while ((await metric(hub, 'writer_hub_limit_strikes_total{limit="unread_answer"}')) === 0);
      return 'cut';
    },
    expected: ['held', 'cut'],
  },
  minDataRate: {
    from: { minDataRate: 0 },
    to: { minDataRate: 240 },
    see: async (hub) => {
      if (!(await isReloaded(hub))) return 'open';
      const socket = connect(Number(new URL(hub.url).port), '127.0.0.1');
      const head = `POST ${eventsOf('cars')} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token('admin')}\r\n`;
      socket.write(`${head}Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n[`);
      const [bytes] = (await once(socket, 'data')) as [Buffer];
      return /^HTTP\/1.1 (\d+)/.exec(String(bytes))?.[1];
    },
    expected: ['open', '408'],
  },
  maxConnections: {
    to: { maxConnections: 1 },
    before: (hub) => hub.connect(),
    see: (hub) =>
      // The stock client goes on asking for Server-Sent Events after a refusal, for ever.
      hub.connect(token('admin'), { transport: HttpTransportType.WebSockets }).then(
        () => 'connected',
        () => 'refused',
      ),
    expected: ['connected', 'refused'],
  },
  closeOnTokenExpiry: {
    from: { closeOnTokenExpiry: false, clockTolerance: 0 },
    to: { closeOnTokenExpiry: true },
    see: async (hub) => {
      const brief = sign({ scope: 'admin' }, SECRET, { expiresIn: '2s' });
      const connection = await hub.connect(brief);
      if (!(await isReloaded(hub))) return 'stays';
      return new Promise((resolve) => {
        connection.onclose(() => {
          resolve('closed');
        });
      });
    },
    expected: ['stays', 'closed'],
  },
  detailedErrors: {
    to: { detailedErrors: true },
    see: async (hub) => {
      const socket = await bareSocket(hub);
      socket.send('{"protocol":7}\x1e');
      const [answer] = (await once(socket, 'message')) as [Buffer];
      return String(answer).includes('protocol');
    },
    expected: [false, true],
  },
};

const NAMED = sign({ scope: 'admin', sub: 'tests' }, SECRET, { expiresIn: '1h' });
