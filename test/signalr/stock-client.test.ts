import { type HubConnection, HubConnectionBuilder, HttpTransportType, type ILogger } from '@microsoft/signalr';
import { defineHub, HubException, method } from '../../src/signalr';
import { Deferred } from './support/deferred';
import { useHubs } from './support/hub-servers';

const hubs = useHubs();
const silent: ILogger = { log: () => undefined };
const CONNECTIONS: HubConnection[] = [];

const hub = defineHub<string>({
  Echo: method(['json'], (_, value) => value),
  WhoAmI: method([], ({ principal }) => principal),
  Raw: method(['string', 'rawJson'], (_, name, raw) => `${name}: ${Buffer.from(raw).toString()}`),
  Refuse: method([], () => {
    throw new HubException('forbidden: not for you');
  }),
  CallBack: method(['json'], ({ caller }, value) => {
    void caller.send('Hello', value, 'and more');
  }),
});

const authenticate = ({ headers: { authorization } }: { headers: { authorization?: string | undefined } }) =>
  authorization === undefined ? undefined : { principal: authorization };

function build(url: string, token = 'ann', skipNegotiation = false): HubConnection {
  const transport = skipNegotiation ? { skipNegotiation, transport: HttpTransportType.WebSockets } : {};
  const connection = new HubConnectionBuilder()
    .withUrl(url, { ...transport, accessTokenFactory: () => token })
    .withAutomaticReconnect([0, 0, 0])
    .configureLogging(silent)
    .build();
  CONNECTIONS.push(connection);
  return connection;
}

afterEach(async () => {
  for (const connection of CONNECTIONS.splice(0)) await connection.stop();
});

describe('the @microsoft/signalr client', () => {
  it.each([false, true])('connects, invokes and stops (skipNegotiation: %p)', async (skipNegotiation) => {
    const { url, server } = await hubs.run(hub, { authenticate });
    const connection = build(url, 'ann', skipNegotiation);
    await connection.start();
    expect(await connection.invoke('WhoAmI')).toBe('Bearer ann');
    for (const value of [null, 0, false, '', 'ü\u2028', [1, { a: null }]]) {
      expect(await connection.invoke('echo', value)).toEqual(value);
    }
    expect(await connection.invoke('Raw', 'cars', [{ a: 1.5 }])).toBe('cars: [{"a":1.5}]');
    const stopped = new Deferred<Error | undefined>();
    connection.onclose(stopped.resolve);
    await connection.stop();
    expect(await stopped.promise).toBeUndefined();
    await server.close();
  });

  it('gets every answer to many invocations at once', async () => {
    const { url } = await hubs.run(hub, { authenticate, maximumParallelInvocations: 100 });
    const connection = build(url);
    await connection.start();
    const numbers = Array.from({ length: 1_000 }, (_, i) => i);
    expect(await Promise.all(numbers.map((i) => connection.invoke('Echo', i)))).toEqual(numbers);
  });

  it('is told what went wrong', async () => {
    const { url } = await hubs.run(hub, { authenticate });
    const connection = build(url);
    await connection.start();
    await expect(connection.invoke('Refuse')).rejects.toThrow('HubException: forbidden: not for you');
    await expect(connection.invoke('Nope')).rejects.toThrow('HubException: Method does not exist.');
    await expect(connection.invoke('Echo')).rejects.toThrow("Failed to invoke 'Echo' due to an error on the server.");
  });

  it('learns that a method does not stream', async () => {
    const { url } = await hubs.run(hub, { authenticate });
    const connection = build(url);
    await connection.start();
    const failed = new Promise<Error>((resolve) => {
      connection.stream('Echo', 1).subscribe({ next: () => undefined, complete: () => undefined, error: resolve });
    });
    expect((await failed).message).toBe(
      "The client attempted to invoke the non-streaming 'Echo' method with a streaming invocation.",
    );
  });

  it('has its methods called', async () => {
    const { url } = await hubs.run(hub, { authenticate });
    const connection = build(url);
    const called = new Deferred<unknown[]>();
    connection.on('hello', (...args: unknown[]) => {
      called.resolve(args);
    });
    await connection.start();
    await connection.send('CallBack', { a: 1 });
    expect(await called.promise).toEqual([{ a: 1 }, 'and more']);
  });

  it('hears a 401 as Unauthorized', async () => {
    const { url } = await hubs.run(hub, { authenticate });
    await expect(build(url, '').start()).rejects.toThrow("Unauthorized: Status code '401'");
  });

  it('comes back by itself when the server lets it', async () => {
    const { url, server } = await hubs.run(hub, { authenticate });
    const connection = build(url);
    const back = new Deferred<string | undefined>();
    connection.onreconnected(back.resolve);
    await connection.start();
    const before = connection.connectionId;
    server.closeConnections(() => true, { allowReconnect: true });
    expect(await back.promise).not.toBe(before);
    expect(await connection.invoke('Echo', 1)).toBe(1);
  });

  it('does not come back when the server does not let it, and hears why', async () => {
    const { url, server } = await hubs.run(hub, { authenticate });
    const connection = build(url);
    const closed = new Deferred<Error | undefined>();
    connection.onclose(closed.resolve);
    await connection.start();
    server.closeConnections(() => true, { error: 'revoked' });
    expect((await closed.promise)?.message).toBe('Server returned an error on close: revoked');
  });

  it('hears that its message was too large', async () => {
    const { url } = await hubs.run(hub, { authenticate });
    const connection = build(url);
    const lost = new Deferred<Error | undefined>();
    connection.onreconnecting(lost.resolve);
    await connection.start();
    connection.invoke('Echo', 'x'.repeat(40_000)).catch(() => undefined);
    expect((await lost.promise)?.message).toContain('The maximum message size of 32768B was exceeded.');
  });
});
