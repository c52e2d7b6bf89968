import diagnostics from 'node:diagnostics_channel';
import {
  defineHub,
  EVENT_CHANNELS,
  HubException,
  type HubEvents,
  type HubMetrics,
  type InvocationEnd,
  type InvocationMeter,
  method,
  streamMethod,
} from '../../src/signalr';
import { FakeClock } from './support/fake-clock';
import { Deferred } from './support/deferred';
import { useHubs } from './support/hub-servers';
import { STOCK_TRANSPORTS, stockClient } from './support/stock-client';

const hubs = useHubs();

const WIRE_NAMES = { WebSockets: 'webSockets', ServerSentEvents: 'serverSentEvents', LongPolling: 'longPolling' };

const hub = defineHub({
  Fine: method([], () => 1),
  Later: method([], async () => Promise.resolve(2)),
  Refuse: method([], () => {
    throw new HubException('no');
  }),
  Fail: method([], async () => Promise.reject(new RangeError('broken'))),
  Unsendable: method([], () => Symbol('no encoding')),
  Numbers: streamMethod([], function* () {
    yield* [1, 2];
  }),
  Forever: streamMethod([], async function* ({ signal }) {
    yield 1;
    await new Promise((resolve) => {
      signal.addEventListener('abort', resolve);
    });
  }),
  Fill: method([], ({ caller }) => {
    for (let i = 0; i < 20; i++) void caller.send('Text', 'x'.repeat(1_000_000));
  }),
});

type Told = { [Name in keyof HubEvents]: { name: Name; event: HubEvents[Name] } }[keyof HubEvents];

/** Keeps what it is told. */
class Recorder {
  readonly told: Told[] = [];
  readonly metrics: HubMetrics = Object.fromEntries(
    Object.keys(EVENT_CHANNELS).map((name) => [
      name,
      (event: unknown) => {
        this.told.push({ name, event } as Told);
        this.#waiting.forEach((look) => {
          look();
        });
      },
    ]),
  );
  readonly #waiting: (() => void)[] = [];

  /** The events of a name. */
  of<Name extends keyof HubEvents>(name: Name): HubEvents[Name][] {
    return this.told.filter((told) => told.name === name).map(({ event }) => event as HubEvents[Name]);
  }

  /** Resolves when there are so many events of a name. */
  async until(name: keyof HubEvents, count: number): Promise<void> {
    const reached = new Deferred<undefined>();
    const look = (): void => {
      if (this.of(name).length >= count) reached.resolve(undefined);
    };
    this.#waiting.push(look);
    look();
    await reached.promise;
  }
}

describe('metrics', () => {
  it.each(STOCK_TRANSPORTS)('count connections by transport and invocations by method: %s', async (transport) => {
    const recorder = new Recorder();
    const { url, log } = await hubs.run(hub, { metrics: recorder.metrics });
    const connection = stockClient(url, transport);
    await connection.start();
    const connectionId = connection.connectionId;
    await connection.invoke('fine');
    await connection.invoke('Later');
    await expect(connection.invoke('Refuse')).rejects.toThrow('no');
    await expect(connection.invoke('Fail')).rejects.toThrow();
    await expect(connection.invoke('Unsendable')).rejects.toThrow();
    await new Promise<void>((resolve, error) => {
      connection.stream('Numbers').subscribe({ next: () => undefined, complete: resolve, error });
    });
    await connection.stop();
    await recorder.until('connectionEnded', 1);
    const name = WIRE_NAMES[transport];
    expect(recorder.of('connectionStarted')).toEqual([{ hub: '/hub', connectionId, transport: name }]);
    expect(recorder.of('invocationStarted').map(({ method, isStream }) => [method, isStream])).toEqual([
      ['Fine', false],
      ['Later', false],
      ['Refuse', false],
      ['Fail', false],
      ['Unsendable', false],
      ['Numbers', true],
    ]);
    const ended = recorder.of('invocationEnded');
    expect(ended.map(({ method, status }) => `${method} ${status}`)).toEqual([
      'Fine completed',
      'Later completed',
      'Refuse refused',
      'Fail failed',
      'Unsendable failed',
      'Numbers completed',
    ]);
    expect(ended.every(({ duration, hub: path }) => duration >= 0 && path === '/hub')).toBe(true);
    expect(ended[3]!.error).toBeInstanceOf(RangeError);
    expect(recorder.of('connectionEnded')).toEqual([
      {
        hub: '/hub',
        connectionId,
        transport: name,
        protocol: 'json',
        status: 'normalClosure',
        duration: expect.any(Number) as number,
        error: undefined,
      },
    ]);
    expect(log.takeErrors()).toEqual(['hub method failed', 'hub method failed']);
  });

  it('tell a stream that its client cancels, or leaves, from one that completes', async () => {
    const recorder = new Recorder();
    const { connect } = await hubs.run(hub, { metrics: recorder.metrics });
    const client = await connect();
    client.send('{"type":4,"invocationId":"1","target":"Forever","arguments":[]}');
    await client.next();
    client.send('{"type":5,"invocationId":"1"}');
    await recorder.until('invocationEnded', 1);
    client.send('{"type":4,"invocationId":"2","target":"Forever","arguments":[]}');
    await client.next();
    client.socket.terminate();
    await recorder.until('invocationEnded', 2);
    expect(recorder.of('invocationEnded').map(({ status }) => status)).toEqual(['cancelled', 'cancelled']);
    await recorder.until('connectionEnded', 1);
    expect(recorder.of('connectionEnded')[0]).toMatchObject({ status: 'error', error: expect.any(Error) as Error });
  });

  it.each([
    ['{"type":1,"invocationId":"1","target":"Nope","arguments":[]}', 'unknownMethod'],
    ['{"type":1,"invocationId":"1","target":"Fine","arguments":[1]}', 'arguments'],
    ['{"type":1,"invocationId":"1","target":"Numbers","arguments":[]}', 'invocationType'],
    ['{"type":4,"invocationId":"1","target":"Fine","arguments":[]}', 'invocationType'],
    ['{"type":1,"invocationId":"1","target":"Fine","arguments":[],"streamIds":["s"]}', 'streams'],
  ] as const)('say why %s is refused', async (message, reason) => {
    const recorder = new Recorder();
    const { connect } = await hubs.run(hub, { metrics: recorder.metrics });
    const client = await connect();
    client.send(message);
    await client.next();
    expect(recorder.of('invocationRefused')).toEqual([
      { hub: '/hub', connectionId: recorder.of('connectionStarted')[0]?.connectionId, reason },
    ]);
    expect(recorder.of('invocationStarted')).toEqual([]);
  });

  it('count an id that is taken', async () => {
    const recorder = new Recorder();
    const { connect } = await hubs.run(hub, { metrics: recorder.metrics });
    const client = await connect();
    client.send('{"type":4,"invocationId":"1","target":"Forever","arguments":[]}');
    await client.next();
    client.send('{"type":1,"invocationId":"1","target":"Fine","arguments":[]}');
    await client.next();
    expect(recorder.of('invocationRefused').map(({ reason }) => reason)).toEqual(['invocationId']);
  });

  it('count what a client did not take', async () => {
    const recorder = new Recorder();
    const { connect, log } = await hubs.run(hub, { metrics: recorder.metrics });
    const client = await connect();
    client.socket.pause();
    client.send('{"type":1,"target":"Fill","arguments":[]}');
    await recorder.until('messagesDropped', 1);
    const [dropped] = recorder.of('messagesDropped');
    expect(dropped).toMatchObject({ transport: 'webSockets', reason: 'maximumSendBufferSize' });
    expect(dropped!.bytes).toBeGreaterThan(1_000_000);
    expect(log.takeErrors()).toEqual(['limit reached']);
  });

  it('tell a time-out from other ends', async () => {
    const recorder = new Recorder();
    const clock = new FakeClock();
    const { connect, open } = await hubs.run(hub, { metrics: recorder.metrics, clock });
    const client = await connect();
    client.send('{"type":6}');
    await client.settle();
    clock.advance(31_000);
    await client.closed;
    const silent = await open();
    await silent.settle();
    clock.advance(16_000);
    await silent.closed;
    await recorder.until('connectionEnded', 2);
    expect(recorder.of('connectionEnded').map(({ status, protocol }) => [status, protocol])).toEqual([
      ['timeout', 'json'],
      ['timeout', undefined],
    ]);
  });

  it('tell the end of the server from that of a client', async () => {
    const recorder = new Recorder();
    const { connect, server } = await hubs.run(hub, { metrics: recorder.metrics });
    await connect();
    await server.close();
    expect(recorder.of('connectionEnded').map(({ status }) => status)).toEqual(['appShutdown']);
  });

  it('measure invocations by method with one function each, and streams with them', async () => {
    const measured: [string, InvocationEnd, number][] = [];
    const asked: string[] = [];
    const invocationMeter = (method: string): InvocationMeter => {
      asked.push(method);
      return (status, duration) => measured.push([method, status, duration]);
    };
    const { connect } = await hubs.run(hub, { metrics: { invocationMeter } });
    const client = await connect();
    await client.invoke('Fine');
    await client.invoke('fine');
    await client.invoke('Later');
    await client.invoke('Refuse');
    await client.invoke('Nope');
    client.send('{"type":4,"invocationId":"s","target":"Forever","arguments":[]}');
    await client.next();
    client.send('{"type":5,"invocationId":"s"}');
    await client.next();
    expect(measured.map(([method, status]) => `${method} ${status}`)).toEqual([
      'Fine completed',
      'Fine completed',
      'Later completed',
      'Refuse refused',
      'Forever cancelled',
    ]);
    expect(measured.every(([, , duration]) => duration >= 0)).toBe(true);
    expect(asked).toEqual(['Fine', 'Later', 'Refuse', 'Forever']);
  });

  it('that throw are logged, and change nothing', async () => {
    const throws = (): void => {
      throw new Error('the gauge is stuck');
    };
    const metrics = { invocationStarted: throws, invocationEnded: throws, invocationMeter: () => throws };
    const { connect, log } = await hubs.run(hub, { metrics });
    const client = await connect();
    expect(await client.invoke('Fine')).toEqual({ type: 3, invocationId: 'i', result: 1 });
    expect(log.takeErrors()).toEqual([
      'metrics.invocationStarted failed',
      'metrics.invocationMeter failed',
      'metrics.invocationEnded failed',
    ]);
  });

  it.each([
    [null, 'must be an object of functions'],
    [{ connectionStart: () => undefined }, "has no 'connectionStart', but connectionStarted, "],
    [{ invocationEnded: 1 }, "must have a function for 'invocationEnded'"],
  ])('%p are refused', async (metrics, text) => {
    await expect(hubs.run(hub, { metrics: metrics as HubMetrics })).rejects.toThrow(
      `createHubServer: option 'metrics' ${text}`,
    );
  });
});

describe('diagnostics_channel', () => {
  it('tells the same, and only while somebody listens', async () => {
    const recorder = new Recorder();
    const { connect } = await hubs.run(hub, { metrics: recorder.metrics });
    const published: [string, unknown][] = [];
    const listen = (event: unknown, name: string | symbol): void => {
      published.push([String(name), event]);
    };
    for (const name of Object.values(EVENT_CHANNELS)) diagnostics.subscribe(name, listen);
    const client = await connect();
    await client.invoke('Fine');
    await client.invoke('Nope');
    client.socket.close();
    await recorder.until('connectionEnded', 1);
    for (const name of Object.values(EVENT_CHANNELS)) diagnostics.unsubscribe(name, listen);
    expect(published).toEqual(recorder.told.map(({ name, event }) => [EVENT_CHANNELS[name], event]));
    expect(published.map(([name]) => name)).toEqual([
      'signalr:connection:start',
      'signalr:invocation:start',
      'signalr:invocation:end',
      'signalr:invocation:refused',
      'signalr:connection:end',
    ]);
    const before = published.length;
    await (await connect()).invoke('Fine');
    expect(published).toHaveLength(before);
  });
});
