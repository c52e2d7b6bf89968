import type { HubConnection } from '@microsoft/signalr';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHubServer, defineHub, type HubContext, type HubServer, method, streamMethod } from '../../src/signalr';
import { STOCK_TRANSPORTS, stockClient } from '../signalr/support/stock-client';
import { nginxVersion, recipeText, runNginx } from './support/nginx';
import { connect, converse } from './support/recipe';

const MISSING = nginxVersion();
if (MISSING !== undefined) process.stderr.write(`nginx: not run: ${MISSING}\n`);

const contexts: HubContext[] = [];
let server: HubServer;
let http: Server;
let upstream: string;

const hub = defineHub(
  {
    Say: method(['string'], ({ clients }: HubContext, text) => {
      void clients.all.send('Said', text);
    }),
    Count: streamMethod(['number'], function* (_: HubContext, to) {
      for (let i = 1; i <= to; i++) yield i;
    }),
  },
  {
    onConnected: (context: HubContext) => {
      contexts.push(context);
    },
  },
);

beforeAll(async () => {
  server = createHubServer(hub, {
    remoteAddressOf: ({ headers }) => String(headers['x-forwarded-for']),
  });
  http = createServer(server.handler);
  server.attach(http, '/chat');
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  upstream = `http://127.0.0.1:${(http.address() as AddressInfo).port}/`;
});

beforeEach(() => {
  contexts.length = 0;
});

afterAll(async () => {
  await server.close({ timeout: 1 });
  http.closeAllConnections();
  await new Promise((resolve) => http.close(resolve));
});

const withNginx = MISSING === undefined ? describe : describe.skip;

withNginx('behind nginx, with a prefix', () => {
  let url: string;

  beforeAll(async () => {
    const location = recipeText('nginx.conf').replace('http://127.0.0.1:8081/', upstream);
    url = `${await runNginx(recipeText('nginx-map.conf'), location)}/realtime/chat`;
  });

  it.each(STOCK_TRANSPORTS)('serves the hub over %s', async (transport) => {
    const connection = await connect(url, transport);
    expect(await converse(connection)).toEqual(['héllo', 1, 2, 3]);
    // The proxy has taken its prefix away, and says who the client is.
    expect(contexts[0]!.request.path).toBe('/chat');
    expect(contexts[0]!.request.remoteAddress).toBe('unix:');
  });

  it('lets what is larger than its buffers pass', async () => {
    const connection = await connect(url, 'ServerSentEvents');
    const text = 'x'.repeat(20_000);
    const heard = new Promise((resolve) => {
      connection.on('Said', resolve);
    });
    await connection.invoke('Say', text);
    expect(await heard).toBe(text);
  });
});

withNginx('behind nginx without WebSockets', () => {
  let url: string;

  beforeAll(async () => {
    // What a proxy does that was told nothing.
    url = `${await runNginx('', `location / { proxy_pass ${upstream}; }`)}/chat`;
  });

  it('a client that may use everything falls back', async () => {
    const connection: HubConnection = await connect(url, undefined);
    expect(await converse(connection)).toEqual(['héllo', 1, 2, 3]);
    expect(contexts.at(-1)!.transport).toBe('serverSentEvents');
  });

  it.each(['ServerSentEvents', 'LongPolling'] as const)('serves the hub over %s', async (transport) => {
    expect(await converse(await connect(url, transport))).toEqual(['héllo', 1, 2, 3]);
  });

  it('a client that wants nothing but WebSockets is told', async () => {
    await expect(stockClient(url, 'WebSockets').start()).rejects.toThrow(/WebSocket/);
  });
});
