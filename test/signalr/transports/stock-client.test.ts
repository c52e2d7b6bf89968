import { HttpTransportType, HubConnection, HubConnectionBuilder, LogLevel } from '@microsoft/signalr';
import { MessagePackHubProtocol } from '@microsoft/signalr-protocol-msgpack';
import { defineHub, method } from '../../../src/signalr';
import { Deferred } from '../support/deferred';
import { type RunningHub, useHubs } from '../support/hub-servers';

const hubs = useHubs();

interface Visit {
  readonly method: string | undefined;
  /** Where the token was found. */
  readonly token: 'header' | 'query' | 'nowhere';
}

interface Watched extends RunningHub<string> {
  readonly visits: Visit[];
  readonly disconnected: Promise<Error | undefined>;
}

async function run(): Promise<Watched> {
  const visits: Visit[] = [];
  const disconnected = new Deferred<Error | undefined>();
  const hub = defineHub<string>(
    {
      Echo: method(['json'], (_context, value) => value),
      CallBack: method(['number'], ({ caller }, count) => {
        for (let i = 0; i < count; i++) void caller.send('Tick', i);
      }),
      Leave: method([], (context) => {
        context.abort();
      }),
    },
    {
      onDisconnected: (_context, error) => {
        disconnected.resolve(error);
      },
    },
  );
  const running = await hubs.run(hub, {
    authenticate: (request) => {
      const inHeader = request.headers.authorization === 'Bearer secret';
      const inQuery = request.url?.includes('access_token=secret') === true;
      visits.push({ method: request.method, token: inHeader ? 'header' : inQuery ? 'query' : 'nowhere' });
      return inHeader || inQuery ? { principal: 'ann', userId: 'ann' } : undefined;
    },
  });
  return { ...running, visits, disconnected: disconnected.promise };
}

function build(url: string, transport: HttpTransportType, binary = false): HubConnection {
  const builder = new HubConnectionBuilder()
    .withUrl(url, { transport, accessTokenFactory: () => 'secret' })
    .configureLogging(LogLevel.None);
  if (binary) builder.withHubProtocol(new MessagePackHubProtocol());
  return builder.build();
}

describe('the stock client', () => {
  it.each([
    ['WebSockets', HttpTransportType.WebSockets, false],
    ['WebSockets and MessagePack', HttpTransportType.WebSockets, true],
    ['Server-Sent Events', HttpTransportType.ServerSentEvents, false],
    ['long polling', HttpTransportType.LongPolling, false],
    ['long polling and MessagePack', HttpTransportType.LongPolling, true],
  ] as const)('invokes, is called and leaves over %s', async (_, transport, binary) => {
    const { url, disconnected, server } = await run();
    const connection = build(url, transport, binary);
    const ticks: number[] = [];
    connection.on('Tick', (tick: number) => ticks.push(tick));
    await connection.start();
    for (const value of ['é\n\r\u2028', [1, { a: null }], 'x'.repeat(20_000)]) {
      expect(await connection.invoke('Echo', value)).toEqual(value);
    }
    await connection.invoke('CallBack', 3000);
    expect(ticks).toEqual([...Array(3000).keys()]);
    expect(await Promise.all([1, 2, 3].map((value) => connection.invoke('Echo', value)))).toEqual([1, 2, 3]);
    await connection.stop();
    expect(await disconnected).toBeUndefined();
    expect(server.connections).toBe(0);
  });

  it.each([
    ['Server-Sent Events', HttpTransportType.ServerSentEvents],
    ['long polling', HttpTransportType.LongPolling],
  ] as const)('learns over %s that the server has closed', async (_, transport) => {
    const { url, disconnected } = await run();
    const connection = build(url, transport);
    const closed = new Promise((resolve) => {
      connection.onclose(resolve);
    });
    await connection.start();
    await connection.send('Leave');
    expect(await closed).toBeUndefined();
    expect(await disconnected).toBeUndefined();
  });

  it('puts its token into the query of Server-Sent Events alone', async () => {
    const { url, visits } = await run();
    for (const transport of [HttpTransportType.ServerSentEvents, HttpTransportType.LongPolling]) {
      const connection = build(url, transport);
      await connection.start();
      await connection.invoke('Echo', 1);
      await connection.stop();
    }
    expect(visits.filter(({ token }) => token === 'query')).toEqual([{ method: 'GET', token: 'query' }]);
    expect(visits.filter(({ token }) => token === 'nowhere')).toEqual([]);
    expect(new Set(visits.map(({ method }) => method))).toEqual(new Set(['GET', 'POST', 'DELETE']));
  });

  it('falls back to what is left when WebSockets are not offered for its protocol', async () => {
    const hub = await hubs.run(defineHub({ Echo: method(['json'], (_context, value) => value) }), {
      transports: ['serverSentEvents', 'longPolling'],
    });
    const connection = new HubConnectionBuilder()
      .withUrl(hub.url)
      .withHubProtocol(new MessagePackHubProtocol())
      .configureLogging(LogLevel.None)
      .build();
    await connection.start();
    expect(await connection.invoke('Echo', 1)).toBe(1);
    await connection.stop();
  });

  it('is sent to another hub with the token it needs there', async () => {
    const there = await run();
    const here = await hubs.run(defineHub({}), { redirect: () => ({ url: there.url, accessToken: 'secret' }) });
    const connection = new HubConnectionBuilder().withUrl(here.url).configureLogging(LogLevel.None).build();
    await connection.start();
    expect(await connection.invoke('Echo', 'there')).toBe('there');
    expect(here.server.connections).toBe(0);
    await connection.stop();
  });
});
