import { HttpTransportType, type HubConnection, HubConnectionBuilder, LogLevel } from '@microsoft/signalr';
import { MessagePackHubProtocol } from '@microsoft/signalr-protocol-msgpack';
import { defineHub, type HubContext, method, RawJson, streamMethod } from '../../src/signalr';
import { BinaryClient } from './support/binary-client';
import { useHubs } from './support/hub-servers';

const hubs = useHubs();

const NANOSECONDS = '1618133869000000001';
/** With a line break of each kind between tokens. */
const EVENTS = `[\n{"id":"a",\r\n"timestamp":${NANOSECONDS}},\r{"value":"\\u001e\\n"}]`;

/** Sent many times, so that its encoding is kept. */
const shared = new RawJson(EVENTS);
/** As deep as a message may be, where it is the result; one deeper than that inside of something. */
const deepest = new RawJson('['.repeat(500) + ']'.repeat(500));

const hub = defineHub({
  Shared: method([], () => shared),
  Around: method([], () => [{ shared }, shared]),
  Deepest: method([], () => deepest),
  TooDeep: method([], () => [deepest]),
  Events: method([], () => new RawJson(EVENTS)),
  Later: method([], () => Promise.resolve(new RawJson(EVENTS))),
  Page: method([], () => ({ position: 2n ** 62n, events: new RawJson(Buffer.from(EVENTS)) })),
  Follow: streamMethod([], function* () {
    yield new RawJson(EVENTS);
    yield { event: new RawJson(NANOSECONDS) };
    yield 5n;
  }),
  Join: method([], ({ groups, connectionId }: HubContext) => groups.add(connectionId, 'readers')),
  Publish: method([], ({ clients }: HubContext) =>
    clients.group('readers').send('Events', new RawJson(EVENTS), [new RawJson(NANOSECONDS)]),
  ),
  Echo: method(['rawJson'], (_, bytes) => new RawJson(bytes)),
  TooLong: method([], () => new RawJson('18446744073709551616')),
});

describe('a hub that sends RawJson › over JSON', () => {
  it.each([
    ['Events', `{"type":3,"invocationId":"i","result":${EVENTS}}`],
    ['Later', `{"type":3,"invocationId":"i","result":${EVENTS}}`],
    ['Page', `{"type":3,"invocationId":"i","result":{"position":4611686018427387904,"events":${EVENTS}}}`],
    ['TooLong', '{"type":3,"invocationId":"i","result":18446744073709551616}'],
  ])('writes the text of a result as it is (%s)', async (target, text) => {
    const client = await (await hubs.run(hub, {})).connect();
    client.send(JSON.stringify({ type: 1, invocationId: 'i', target, arguments: [] }));
    expect(await client.next()).toBe(text);
  });

  it('writes items as they are', async () => {
    const client = await (await hubs.run(hub, {})).connect();
    client.send('{"type":4,"invocationId":"i","target":"Follow","arguments":[]}');
    expect(await client.next()).toBe(`{"type":2,"invocationId":"i","item":${EVENTS}}`);
    expect(await client.next()).toBe(`{"type":2,"invocationId":"i","item":{"event":${NANOSECONDS}}}`);
    expect(await client.next()).toBe('{"type":2,"invocationId":"i","item":5}');
    expect(await client.next()).toBe('{"type":3,"invocationId":"i"}');
  });

  it('sends a raw argument back as it came', async () => {
    const client = await (await hubs.run(hub, {})).connect();
    client.send('{"type":1,"invocationId":"i","target":"Echo","arguments":[ {"t" : 1618133869000000001} ]}');
    expect(await client.next()).toBe(`{"type":3,"invocationId":"i","result":{"t" : ${NANOSECONDS}}}`);
  });
});

describe('a hub that sends RawJson › over MessagePack', () => {
  const events = [{ id: 'a', timestamp: BigInt(NANOSECONDS) }, { value: '\x1e\n' }];

  async function connect(): Promise<BinaryClient> {
    return BinaryClient.connect((await hubs.run(hub, {})).url);
  }

  async function close(client: BinaryClient): Promise<void> {
    client.socket.close(1000);
    await client.closed;
  }

  it.each([
    ['Events', events],
    ['Later', events],
    ['Page', { position: 2n ** 62n, events }],
  ])('encodes the value of a result (%s)', async (target, value) => {
    const client = await connect();
    client.send([1, {}, 'i', target, [], []]);
    expect(await client.next()).toEqual([3, {}, 'i', 3, value]);
    await close(client);
  });

  it('encodes the value of items', async () => {
    const client = await connect();
    client.send([4, {}, 'i', 'Follow', [], []]);
    expect(await client.next()).toEqual([2, {}, 'i', events]);
    expect(await client.next()).toEqual([2, {}, 'i', { event: BigInt(NANOSECONDS) }]);
    expect(await client.next()).toEqual([2, {}, 'i', 5]);
    expect(await client.next()).toEqual([3, {}, 'i', 2]);
    await close(client);
  });

  it('encodes a text that is sent many times alike each time, wherever it stands', async () => {
    const client = await connect();
    for (const target of ['Shared', 'Around', 'Shared', 'Shared', 'Around', 'Around', 'Shared']) {
      client.send([1, {}, 'i', target, [], []]);
      const value = target === 'Shared' ? events : [{ shared: events }, events];
      expect(await client.next()).toEqual([3, {}, 'i', 3, value]);
    }
    await close(client);
  });

  it('counts how deep a text lies each time that it is sent', async () => {
    const { url, log } = await hubs.run(hub, {});
    const client = await BinaryClient.connect(url);
    for (const target of ['Deepest', 'Deepest', 'Deepest', 'TooDeep', 'Deepest']) {
      client.send([1, {}, 'i', target, [], []]);
      expect(((await client.next()) as unknown[])[3]).toBe(target === 'Deepest' ? 3 : 1);
    }
    expect(log.takeErrors()).toEqual(['hub method failed']);
    await close(client);
  });

  it('fails the invocation whose result has no MessagePack form, and nothing else', async () => {
    const { url, log } = await hubs.run(hub, {});
    const client = await BinaryClient.connect(url);
    client.send([1, {}, 'i', 'TooLong', [], []], [1, {}, 'j', 'Events', [], []]);
    const text = "An unexpected error occurred invoking 'TooLong' on the server.";
    expect(await client.next()).toEqual([3, {}, 'i', 1, text]);
    expect(await client.next()).toEqual([3, {}, 'j', 3, events]);
    expect(log.takeErrors()).toEqual(['hub method failed']);
    await close(client);
  });
});

describe('a group that is sent RawJson', () => {
  it('gets it in the encoding of each client', async () => {
    const { url, connect } = await hubs.run(hub, {});
    const text = await connect();
    const binary = await BinaryClient.connect(url);
    await text.invoke('Join');
    binary.send([1, {}, 'i', 'Join', [], []]);
    expect(await binary.next()).toEqual([3, {}, 'i', 3, null]);
    text.send('{"type":1,"target":"Publish","arguments":[]}');
    expect(await text.next()).toBe(`{"type":1,"target":"Events","arguments":[${EVENTS},[${NANOSECONDS}]]}`);
    const [, , , target, args] = (await binary.next()) as unknown[];
    expect([target, args]).toEqual([
      'Events',
      [[{ id: 'a', timestamp: BigInt(NANOSECONDS) }, { value: '\x1e\n' }], [BigInt(NANOSECONDS)]],
    ]);
    binary.socket.close(1000);
    await binary.closed;
  });
});

describe('the stock client', () => {
  const CONNECTIONS: HubConnection[] = [];

  afterEach(async () => {
    for (const connection of CONNECTIONS.splice(0)) await connection.stop();
  });

  const { WebSockets, ServerSentEvents, LongPolling } = HttpTransportType;

  it.each([
    ['JSON', 'WebSockets', WebSockets],
    ['JSON', 'Server-Sent Events', ServerSentEvents],
    ['JSON', 'long polling', LongPolling],
    ['MessagePack', 'WebSockets', WebSockets],
    ['MessagePack', 'long polling', LongPolling],
  ])('gets RawJson like any other value: %s over %s', async (encoding, _, transport) => {
    const { url } = await hubs.run(hub, {});
    const builder = new HubConnectionBuilder().withUrl(url, { transport }).configureLogging(LogLevel.None);
    if (encoding === 'MessagePack') builder.withHubProtocol(new MessagePackHubProtocol());
    const connection = builder.build();
    CONNECTIONS.push(connection);
    await connection.start();
    // The client itself parses an integer beyond 2^53 as a number.
    const events: unknown = JSON.parse(EVENTS);
    expect(await connection.invoke('Events')).toEqual(events);
    expect(await connection.invoke('Page')).toEqual({ position: 2 ** 62, events });
    const items: unknown[] = [];
    await new Promise<void>((resolve, reject) => {
      const next = (item: unknown): void => void items.push(item);
      connection.stream('Follow').subscribe({ next, complete: resolve, error: reject });
    });
    expect(items).toEqual([events, { event: Number(NANOSECONDS) }, 5]);
    const called = new Promise((resolve) => {
      connection.on('Events', (...args: unknown[]) => {
        resolve(args);
      });
    });
    await connection.invoke('Join');
    await connection.invoke('Publish');
    expect(await called).toEqual([events, [Number(NANOSECONDS)]]);
  });
});
