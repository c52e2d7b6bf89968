import type { Server } from 'node:http';
import { HttpTransportType, LogLevel, type ILogger } from '@microsoft/signalr';
import { type ConnectionEndpoint, createConnectionEndpoint, type RawConnection } from '../../src/signalr';
import { listen, LogRecorder, urlOf } from '../signalr/support/hub-servers';

// The functional tests of the stock client for connections without a hub, `ConnectionTests`, against an endpoint that
// echoes. Clients do not export their `HttpConnection` any more.
const CLIENTS = [
  [10, '@microsoft/signalr'],
  [9, 'signalr-client-9'],
  [8, 'signalr-client-8'],
  [7, 'signalr-client-7'],
  [6, 'signalr-client-6'],
  [5, 'signalr-client-5'],
  [3, 'signalr-client-3'],
  [1, 'signalr-client-1'],
] as const;

// Major 5 takes whatever has `fetch` for a page, as Node.js has since that was released.
Object.assign(globalThis, { self: globalThis });

const TRANSPORTS = ['WebSockets', 'ServerSentEvents', 'LongPolling'] as const;

/** What the client calls a transfer format. */
const FORMATS = { text: 1, binary: 2 } as const;

/** The connection of a stock client, as far as it is the same in all versions. */
interface StockConnection {
  onreceive: ((data: string | ArrayBuffer) => void) | null;
  onclose: ((error?: Error) => void) | null;
  start(format: number): Promise<void>;
  send(data: string | ArrayBuffer): Promise<void>;
  stop(error?: Error): Promise<void>;
}

type StockConnectionClass = new (url: string, options: object) => StockConnection;

class ClientLog implements ILogger {
  readonly lines: string[] = [];

  log(_level: LogLevel, message: string): void {
    this.lines.push(message);
  }
}

let endpoint: ConnectionEndpoint;
let http: Server;
let url: string;
const serverLog = new LogRecorder();

async function echo(connection: RawConnection<string>): Promise<void> {
  if (connection.request.query.has('binary')) connection.transferFormat = 'binary';
  for await (const piece of connection) await connection.send(piece);
}

beforeAll(async () => {
  endpoint = createConnectionEndpoint({
    logger: serverLog,
    authenticate: ({ headers: { authorization }, url: target = '' }) => {
      const token = authorization?.slice(7) ?? new URLSearchParams(target.split('?')[1]).get('access_token');
      return token === 'wrong' ? undefined : { principal: token ?? 'nobody', userId: token ?? undefined };
    },
    onConnected: echo,
  });
  http = await listen(endpoint.handler);
  endpoint.attach(http, '/echo');
  url = `${urlOf(http)}/echo`;
});

afterAll(async () => {
  await endpoint.close();
  http.closeAllConnections();
  await new Promise((resolve) => http.close(resolve));
  expect(serverLog.errors).toEqual([]);
  expect(endpoint.connections).toBe(0);
});

/** Resolves when the connection has closed, with its error. */
function closing(connection: StockConnection): Promise<Error | undefined> {
  return new Promise((resolve) => {
    connection.onclose = resolve;
  });
}

/** Sends a message, waits for its echo, and stops. Returns the error it closed with. */
async function converse(connection: StockConnection, message: string): Promise<Error | undefined> {
  const closed = closing(connection);
  let received = '';
  connection.onreceive = (data) => {
    received += data as string;
    if (received === message) void connection.stop();
  };
  await connection.start(FORMATS.text);
  await connection.send(message);
  return closed;
}

describe.each(CLIENTS)('a connection of client major %i', (_major, name) => {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- it has no types
  const { HttpConnection } = require(`${name}/dist/cjs/HttpConnection`) as { HttpConnection: StockConnectionClass };
  const MESSAGE = 'Hello World!';

  it('connects without a transport being named', async () => {
    expect(await converse(new HttpConnection(url, { logger: LogLevel.None }), MESSAGE)).toBeUndefined();
  });

  describe.each(TRANSPORTS)('over %s', (transport) => {
    const options = { transport: HttpTransportType[transport], logger: LogLevel.None };

    it('sends and receives messages', async () => {
      expect(await converse(new HttpConnection(url, options), MESSAGE)).toBeUndefined();
    });

    it.each(['ünïcödé 😀 \u2028', 'x'.repeat(200_000), '{"a":[1]}\u001e'])('gets back %.20s', async (message) => {
      expect(await converse(new HttpConnection(url, options), message)).toBeUndefined();
    });

    it('does not log what is sent and received, unless it is told to', async () => {
      for (const [logMessageContent, matches] of [
        [false, 0],
        [true, 2],
      ] as const) {
        const logger = new ClientLog();
        const connection = new HttpConnection(url, { ...options, logger, logMessageContent });
        expect(await converse(connection, MESSAGE)).toBeUndefined();
        expect(logger.lines.filter((line) => line.includes(MESSAGE))).toHaveLength(matches);
        expect(logger.lines.length).toBeGreaterThan(0);
      }
    });

    it('is authenticated by its token', async () => {
      const known = { ...options, accessTokenFactory: () => 'ann' };
      expect(await converse(new HttpConnection(url, known), MESSAGE)).toBeUndefined();
      const unknown = new HttpConnection(url, { ...options, accessTokenFactory: () => 'wrong' });
      await expect(unknown.start(FORMATS.text)).rejects.toThrow(/401|Unauthorized/);
    });
  });

  // Server-Sent Events carry no bytes; the client refuses them by itself.
  it.each(['WebSockets', 'LongPolling'] as const)('sends and receives bytes over %s', async (transport) => {
    const connection = new HttpConnection(`${url}?binary`, {
      transport: HttpTransportType[transport],
      logger: LogLevel.None,
    });
    const closed = closing(connection);
    const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
    const received: number[] = [];
    connection.onreceive = (data) => {
      received.push(...new Uint8Array(data as ArrayBuffer));
      if (received.length === bytes.length) void connection.stop();
    };
    await connection.start(FORMATS.binary);
    await connection.send(bytes.buffer);
    expect(await closed).toBeUndefined();
    expect(received).toEqual([...bytes]);
  });

  it('cannot get bytes over Server-Sent Events', async () => {
    const connection = new HttpConnection(`${url}?binary`, {
      transport: HttpTransportType.ServerSentEvents,
      logger: LogLevel.None,
    });
    await expect(connection.start(FORMATS.binary)).rejects.toThrow();
  });
});
