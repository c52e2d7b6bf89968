import { HttpTransportType, type HubConnection, HubConnectionBuilder, LogLevel } from '@microsoft/signalr';
import { MessagePackHubProtocol } from '@microsoft/signalr-protocol-msgpack';
import { mintToken } from '../../src/auth/token-minter';
import { SharedHub } from '../support/shared-hub';
import { atEnd, SECRET, temporaryDirectory, TestHub, token } from '../support/test-hub';

/** The stock client leaves sockets behind that it never uses. */
const QUICK = { shutdownTimeout: 200 };

interface ActiveStream {
  readonly streamId: string;
  readonly topicName: string;
  readonly name: string;
  readonly lastData: string | null;
}

interface TopicMetrics {
  readonly timestamp: string;
  readonly topicName: string;
  readonly bytesPerSecond: number;
  readonly activeStreams: number;
}

const send = async (hub: TestHub, topic: string, streamId: string, id = 'x'): Promise<void> => {
  const response = await hub.post(`/topics/${topic}/streams/${streamId}/events/data`, [{ id, timestamp: 1 }]);
  expect(response.status).toBe(200);
};

/** What a client's method was called with, in order. */
class Calls<Call extends unknown[]> {
  readonly all: Call[] = [];
  #waiting: (() => void)[] = [];

  constructor(connection: HubConnection, method: string) {
    connection.on(method, (...call: Call) => {
      this.all.push(call);
      for (const wake of this.#waiting.splice(0)) wake();
    });
  }

  async until(holds: (calls: Call[]) => boolean): Promise<Call[]> {
    while (!holds(this.all)) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return this.all;
  }
}

const activeCalls = (connection: HubConnection) =>
  new Calls<[ActiveStream, string]>(connection, 'ActiveStreamsChanged');
const metricCalls = (connection: HubConnection) => new Calls<[TopicMetrics]>(connection, 'TopicMetricsUpdated');

const idsOf = (streams: readonly ActiveStream[]): string[] => streams.map(({ streamId }) => streamId).toSorted();

const told = (calls: [ActiveStream, string][]): string[] =>
  calls.map(([{ streamId }, action]) => `${action} ${streamId}`);

describe('active streams', () => {
  const shared = new SharedHub();

  it('are given as they are now, each in the shape that Quix’s clients know', async () => {
    const hub = await shared.hub();
    await send(hub, 'shape', 'plain');
    const properties = {
      name: 'First lap',
      location: '/cars/trials',
      metadata: { driver: 'Ada' },
      parents: ['p'],
      timeOfRecording: '2021-02-06T00:15:15Z',
    };
    await hub.fetch('/topics/shape/streams/named', {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(properties),
    });
    const connection = await hub.connect();
    const streams = await connection.invoke<ActiveStream[]>('SubscribeToActiveStreams', 'shape');
    const iso: unknown = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    const common = {
      topicId: 'shape',
      topicName: 'shape',
      parameters: {},
      events: {},
      firstSeen: iso,
      lastSeen: iso,
      status: 'Receiving',
    };
    expect(streams.toSorted((a, b) => (a.streamId < b.streamId ? -1 : 1))).toEqual([
      { ...common, streamId: 'named', ...properties, lastData: null },
      {
        ...common,
        streamId: 'plain',
        name: 'plain',
        location: null,
        metadata: {},
        parents: [],
        timeOfRecording: null,
        lastData: iso,
      },
    ]);
  });

  it('come, change and go: made, renamed, closed, opened again, removed', async () => {
    const hub = await shared.hub();
    await send(hub, 'change', 's');
    const connection = await hub.connect();
    const calls = activeCalls(connection);
    await connection.invoke('SubscribeToActiveStreams', 'change');
    await connection.invoke('SendEventData', 'change', 'new', [{ id: 'x', timestamp: 1 }]);
    await calls.until((all) => told(all).includes('AddUpdate new'));
    await connection.invoke('UpdateStream', 'change', 'new', { name: 'renamed' });
    await calls.until((all) => all.some(([{ name }, action]) => name === 'renamed' && action === 'AddUpdate'));
    await connection.invoke('CloseStream', 'change', 'new');
    await calls.until((all) => told(all).includes('Remove new'));
    expect(calls.all.at(-1)![0].name).toBe('renamed');
    await connection.invoke('SendEventData', 'change', 'new', [{ id: 'x', timestamp: 2 }]);
    await calls.until((all) => told(all).at(-1) === 'AddUpdate new');
    await hub.fetch('/topics/change/streams/new', { method: 'DELETE' });
    await calls.until((all) => told(all).at(-1) === 'Remove new');
    await hub.fetch('/topics/change', { method: 'DELETE' });
    await calls.until((all) => told(all).at(-1) === 'Remove s');
    await send(hub, 'change', 'again');
    await calls.until((all) => told(all).at(-1) === 'AddUpdate again');
  });

  it('are active no longer when nothing was sent for the time that is set', async () => {
    const hub = await TestHub.start({ ...QUICK, activeFor: 1000 });
    await send(hub, 't', 's');
    const connection = await hub.connect();
    const calls = activeCalls(connection);
    expect(idsOf(await connection.invoke('SubscribeToActiveStreams', 't'))).toEqual(['s']);
    await calls.until((all) => told(all).includes('Remove s'));
    expect(await connection.invoke('SubscribeToActiveStreams', 't')).toEqual([]);
    await send(hub, 't', 's');
    await calls.until((all) => told(all).at(-1) === 'AddUpdate s');
  });

  it('of all topics that the token may read are those of the wildcard, also of topics that come later', async () => {
    const hub = await TestHub.start(QUICK);
    await send(hub, 'a1', 's1');
    await send(hub, 'b1', 'secret');
    const connection = await hub.connect(token('read:a*'));
    const calls = activeCalls(connection);
    expect(idsOf(await connection.invoke('SubscribeToActiveStreams', '*'))).toEqual(['s1']);
    await send(hub, 'b2', 'secret');
    await send(hub, 'a2', 's2');
    await send(hub, 'a1', 's3');
    await calls.until((all) => ['AddUpdate s2', 'AddUpdate s3'].every((call) => told(all).includes(call)));
    expect(told(calls.all).filter((call) => call.includes('secret'))).toEqual([]);
    await hub.fetch('/topics/a2', { method: 'DELETE' });
    await calls.until((all) => told(all).includes('Remove s2'));
    await send(hub, 'a2', 's4');
    await calls.until((all) => told(all).includes('AddUpdate s4'));
  });

  it('are told once, however many subscriptions they belong to', async () => {
    const hub = await TestHub.start(QUICK);
    await send(hub, 't', 's');
    const connection = await hub.connect();
    const calls = activeCalls(connection);
    for (const topic of ['t', '*', 't', '*']) {
      expect(idsOf(await connection.invoke('SubscribeToActiveStreams', topic))).toEqual(['s']);
    }
    await send(hub, 't', 'new');
    await calls.until((all) => told(all).includes('AddUpdate new'));
    await send(hub, 't', 'last');
    await calls.until((all) => told(all).includes('AddUpdate last'));
    expect(told(calls.all)).toEqual(['AddUpdate new', 'AddUpdate last']);
  });

  it('are told of until the subscription ends, by itself or with a wildcard that covers it', async () => {
    const hub = await TestHub.start(QUICK);
    await send(hub, 't', 's');
    await send(hub, 'u', 's');
    const [one, witness] = [await hub.connect(), await hub.connect()];
    const [calls, seen] = [activeCalls(one), activeCalls(witness)];
    await witness.invoke('SubscribeToActiveStreams', '*');
    await one.invoke('SubscribeToActiveStreams', 't');
    await one.invoke('SubscribeToActiveStreams', '*');
    await one.invoke('UnsubscribeFromActiveStreams', '*');
    await send(hub, 'u', 'u1');
    await send(hub, 't', 't1');
    await calls.until((all) => told(all).includes('AddUpdate t1'));
    await Promise.all([
      one.invoke('UnsubscribeFromActiveStreams', 't'),
      one.invoke('UnsubscribeFromActiveStreams', 't'),
      one.invoke('UnsubscribeFromActiveStreams', 'never'),
    ]);
    await send(hub, 't', 't2');
    await seen.until((all) => ['u1', 't1', 't2'].every((id) => told(all).includes(`AddUpdate ${id}`)));
    expect(told(calls.all)).toEqual(['AddUpdate t1']);
  });

  it('are the same after a restart of the server, though nothing was sent meanwhile', async () => {
    const dataDir = temporaryDirectory();
    const before = await TestHub.start({ ...QUICK, dataDir });
    await send(before, 't', 'open');
    await send(before, 't', 'closed');
    await before.post('/topics/t/streams/closed/close', '');
    await before.close();
    const after = await TestHub.start({ ...QUICK, dataDir });
    const connection = await after.connect();
    expect(idsOf(await connection.invoke('SubscribeToActiveStreams', 't'))).toEqual(['open']);
    const other = await after.connect();
    expect(idsOf(await other.invoke('SubscribeToActiveStreams', '*'))).toEqual(['open']);
  });

  it('are the same when a sender connects again', async () => {
    const hub = await shared.hub();
    const reader = await hub.connect();
    const calls = activeCalls(reader);
    const sender = await hub.connect();
    await sender.invoke('SendEventData', 'again', 's', [{ id: 'x', timestamp: 1 }]);
    await reader.invoke('SubscribeToActiveStreams', 'again');
    for (let round = 0; round < 3; round++) {
      await sender.stop();
      await sender.start();
      await sender.invoke('SendEventData', 'again', 's', [{ id: 'x', timestamp: 1 }]);
    }
    await send(hub, 'again', 'last');
    await calls.until((all) => told(all).includes('AddUpdate last'));
    expect(told(calls.all).filter((call) => call.startsWith('Remove'))).toEqual([]);
  });

  it('that are many follow the answer', async () => {
    const hub = await shared.hub();
    const metadata = { long: 'x'.repeat(40_000) };
    const names = Array.from({ length: 40 }, (_, index) => `s${index}`);
    const connection = await hub.connect();
    await Promise.all(names.map((name) => connection.invoke('UpdateStream', 'many', name, { metadata })));
    const calls = activeCalls(connection);
    const first = await connection.invoke<ActiveStream[]>('SubscribeToActiveStreams', 'many');
    expect(first.length).toBeLessThan(20);
    await calls.until((all) => all.length + first.length >= names.length);
    expect(idsOf([...first, ...calls.all.map(([stream]) => stream)])).toEqual(names.toSorted());
  });
});

describe('a subscription', () => {
  const shared = new SharedHub();

  const METHODS = ['SubscribeToActiveStreams', 'SubscribeToTopicMetrics'];

  it.each(METHODS)(
    '%s is refused for a topic that the token may not read, is not there, or is no name',
    async (name) => {
      const hub = await shared.hub();
      await send(hub, 't', 's');
      const connection = await hub.connect(token('read:a*'));
      await expect(connection.invoke(name, 't')).rejects.toThrow('HubException: forbidden: ');
      await expect(connection.invoke(name, 'a')).rejects.toThrow('HubException: unknown_topic: ');
      await expect(connection.invoke(name, 'a/b')).rejects.toThrow('HubException: invalid_name: ');
      await expect(connection.invoke(name, 7)).rejects.toThrow('HubException: invalid_name: ');
      await expect(connection.invoke(name)).rejects.toThrow('HubException: invalid_query: ');
    },
  );

  it.each(METHODS)('%s takes a place of a reader, once, and gives it back', async (name) => {
    const hub = await TestHub.start({ ...QUICK, maxFollowers: 4 });
    for (const topic of ['t', 'u', 'v', 'w']) await send(hub, topic, 's');
    const [connection, other] = [await hub.connect(), await hub.connect()];
    const undo = name.replace('SubscribeTo', 'UnsubscribeFrom');
    for (const topic of ['t', 't', 'u', '*', 'u', '*']) await connection.invoke(name, topic);
    await expect(connection.invoke(name, 'v')).rejects.toThrow('HubException: over_share: ');
    await connection.invoke(undo, 't');
    await connection.invoke(name, 'w');
    await connection.stop();
    await hub.logged('hub connection ended');
    await other.invoke(name, 'v');
    expect(await hub.read('/metrics')).toContain('writer_hub_limit_strikes_total{limit="followers"} 1');
  });

  it('to active streams is refused for rows', async () => {
    const hub = await shared.hub();
    await hub.post('/v0/events?name=rows&wait=true', '{"a":1}');
    const connection = await hub.connect();
    await expect(connection.invoke('SubscribeToActiveStreams', 'rows')).rejects.toThrow('wrong_topic_kind: ');
    expect(await connection.invoke('SubscribeToTopicMetrics', 'rows')).toHaveLength(300);
  });

  it('is told nothing more once its token has expired or was revoked', async () => {
    const hub = await TestHub.start(QUICK);
    await send(hub, 't', 's');
    const { token: bearer, tokenId } = mintToken({ scopes: ['read:t'] }, SECRET);
    const connection = await hub.connect(bearer);
    const calls = activeCalls(connection);
    await connection.invoke('SubscribeToActiveStreams', 't');
    const closed = new Promise((resolve) => {
      connection.onclose(resolve);
    });
    await hub.post('/tokens/revoke', { tokenId });
    await closed;
    await send(hub, 't', 'later');
    expect(calls.all).toEqual([]);
    expect(await hub.read('/metrics')).toContain('writer_hub_followers 0');
  });
});

describe('metrics of a topic', () => {
  const shared = new SharedHub();

  it('are those of the last five minutes, then of each second, empty ones as 0', async () => {
    const hub = await shared.hub();
    await send(hub, 't', 's');
    const connection = await hub.connect();
    const calls = metricCalls(connection);
    const history = await connection.invoke<TopicMetrics[]>('SubscribeToTopicMetrics', 't');
    expect(history).toHaveLength(300);
    const events = [{ id: 'x', timestamp: 1, value: 'v'.repeat(1000) }];
    await connection.invoke('SendEventData', 't', 's', events);
    await calls.until((all) => all.length >= 3 && all.some(([{ bytesPerSecond }]) => bytesPerSecond > 1000));
    await calls.until((all) => all.at(-1)![0].bytesPerSecond === 0);
    const all = [...history, ...calls.all.map(([metrics]) => metrics)];
    const times = all.map(({ timestamp }) => Date.parse(timestamp));
    expect(times).toEqual(times.map((_, index) => times[0]! + 1000 * index));
    expect(all.every(({ timestamp }) => timestamp.endsWith('.000Z'))).toBe(true);
    expect(calls.all.at(-1)).toEqual([
      { timestamp: expect.any(String) as unknown, topicId: 't', topicName: 't', bytesPerSecond: 0, activeStreams: 1 },
    ]);
    const total = all.reduce((sum, { bytesPerSecond }) => sum + bytesPerSecond, 0);
    expect(total).toBeGreaterThan(JSON.stringify(events).length);
  });

  it('of all topics that the token may read are those of the wildcard, each second once', async () => {
    const hub = await shared.hub();
    await send(hub, 'a', 's');
    await send(hub, 'b', 's');
    const connection = await hub.connect(token('read:a'));
    const calls = metricCalls(connection);
    await connection.invoke('SubscribeToTopicMetrics', 'a');
    const history = await connection.invoke<TopicMetrics[]>('SubscribeToTopicMetrics', '*');
    expect(new Set(history.map(({ topicName }) => topicName))).toEqual(new Set(['a']));
    await connection.invoke('SubscribeToTopicMetrics', 'a');
    await calls.until((all) => all.length >= 3);
    const seconds = calls.all.map(([{ timestamp, topicName }]) => `${topicName} ${timestamp}`);
    expect(new Set(seconds).size).toBe(seconds.length);
    expect(seconds.every((second) => second.startsWith('a '))).toBe(true);
  });

  it('end with their subscription', async () => {
    const hub = await shared.hub();
    await send(hub, 'v', 's');
    await send(hub, 'w', 's');
    const connection = await hub.connect();
    const calls = metricCalls(connection);
    await connection.invoke('SubscribeToTopicMetrics', 'v');
    await connection.invoke('SubscribeToTopicMetrics', 'w');
    await connection.invoke('UnsubscribeFromTopicMetrics', 'v');
    const count = calls.all.filter(([{ topicName }]) => topicName === 'v').length;
    await calls.until((all) => all.filter(([{ topicName }]) => topicName === 'w').length >= 3);
    expect(calls.all.filter(([{ topicName }]) => topicName === 'v')).toHaveLength(count);
  });
});

describe('topics and streams, read as a stream', () => {
  const shared = new SharedHub();

  type Item = Readonly<Record<string, unknown>>;

  /** The items of a stream, in order, and its end. */
  class Items {
    readonly all: Item[] = [];
    readonly ended: Promise<Error | undefined>;
    readonly cancel: () => void;
    #waiting: (() => void)[] = [];

    constructor(connection: HubConnection, method: string, ...args: unknown[]) {
      let end!: (error?: Error) => void;
      this.ended = new Promise((resolve) => (end = resolve));
      const subscription = connection.stream<Item>(method, ...args).subscribe({
        next: (item) => {
          this.all.push(item);
          for (const wake of this.#waiting.splice(0)) wake();
        },
        error: end,
        complete: () => {
          end();
        },
      });
      this.cancel = () => {
        subscription.dispose();
      };
    }

    async until(holds: (items: Item[]) => boolean): Promise<Item[]> {
      while (!holds(this.all)) await new Promise<void>((resolve) => this.#waiting.push(resolve));
      return this.all;
    }

    get types(): unknown[] {
      return this.all.map(({ type }) => type);
    }
  }

  it('gives the topics there are, then those that come, change and go, as far as the token may read them', async () => {
    const hub = await TestHub.start(QUICK);
    await send(hub, 'a1', 's');
    await send(hub, 'b1', 's');
    const connection = await hub.connect(token('read:a*'));
    const items = new Items(connection, 'ReadTopics');
    await items.until(() => items.types.includes('caught-up'));
    expect(items.all).toEqual([
      { type: 'start' },
      expect.objectContaining({ type: 'topic', name: 'a1', kind: 'events', events: 1 }),
      { type: 'caught-up' },
    ]);
    await send(hub, 'b2', 's');
    await send(hub, 'a2', 's');
    await items.until((all) => all.some(({ name }) => name === 'a2'));
    await hub.fetch('/topics/a1', { method: 'DELETE' });
    await items.until((all) => all.some(({ type, name }) => type === 'removed' && name === 'a1'));
    expect(items.all.filter(({ name }) => String(name).startsWith('b'))).toEqual([]);
    items.cancel();
  });

  it('gives the streams there are, then those that come, change and go, and ends with their topic', async () => {
    const hub = await shared.hub();
    await send(hub, 'u', 'a');
    const connection = await hub.connect();
    const items = new Items(connection, 'ReadStreams', 'u');
    await items.until(() => items.types.includes('caught-up'));
    expect(items.all.map(({ type, streamId }) => [type, streamId])).toEqual([
      ['start', undefined],
      ['stream', 'a'],
      ['caught-up', undefined],
    ]);
    await send(hub, 'u', 'b');
    await items.until((all) => all.some(({ streamId }) => streamId === 'b'));
    await connection.invoke('CloseStream', 'u', 'b');
    await items.until((all) => all.some(({ streamId, status }) => streamId === 'b' && status === 'closed'));
    await hub.fetch('/topics/u/streams/a', { method: 'DELETE' });
    await items.until((all) => all.some(({ type, streamId }) => type === 'removed' && streamId === 'a'));
    await hub.fetch('/topics/u', { method: 'DELETE' });
    expect(String(await items.ended)).toContain('HubException: unknown_topic: ');
  });

  it.each([
    ['forbidden', 't'],
    ['unknown_topic', 'a'],
    ['invalid_name', 'a/b'],
    ['invalid_name', 17],
  ])('is refused with %s', async (code, topic) => {
    const hub = await shared.hub();
    await send(hub, 't', 's');
    const connection = await hub.connect(token('read:a*'));
    const items = new Items(connection, 'ReadStreams', topic);
    expect(String(await items.ended)).toContain(`HubException: ${code}: `);
    expect(items.all).toEqual([]);
  });

  it('takes a place of a reader until it is cancelled', async () => {
    const hub = await TestHub.start({ ...QUICK, maxFollowers: 4 });
    const connection = await hub.connect();
    const [first, ...others] = [1, 2, 3].map(() => new Items(connection, 'ReadTopics')) as [Items, Items, Items];
    for (const reader of [first, ...others]) await reader.until(() => reader.types.includes('caught-up'));
    expect(String(await new Items(connection, 'ReadTopics').ended)).toContain('HubException: over_share: ');
    first.cancel();
    for (;;) {
      const again = new Items(connection, 'ReadTopics');
      const error = await Promise.race([again.ended, again.until(() => again.types.includes('caught-up'))]);
      if (!(error instanceof Error)) break;
    }
  });

  it('ends when the token expires, where connections are kept', async () => {
    const hub = await TestHub.start({ ...QUICK, closeOnTokenExpiry: false, clockTolerance: 0 });
    const bearer = mintToken({ scopes: ['read:*'], expiresIn: 4 }, SECRET).token;
    const items = new Items(await hub.connect(bearer), 'ReadTopics');
    expect(String(await items.ended)).toContain('HubException: unauthenticated: the token has expired');
  });

  it('ends when the server stops', async () => {
    const hub = await TestHub.start(QUICK);
    const items = new Items(await hub.connect(), 'ReadTopics');
    await items.until(() => items.types.includes('caught-up'));
    void hub.close();
    expect(await items.ended).toBeInstanceOf(Error);
  });
});

describe('the stock client', () => {
  const TRANSPORTS = [
    ['WebSockets', HttpTransportType.WebSockets],
    ['Server-Sent Events', HttpTransportType.ServerSentEvents],
    ['long polling', HttpTransportType.LongPolling],
  ] as const;

  it.each(
    TRANSPORTS.flatMap(([name, transport]) => [
      [name, transport, 'JSON'] as const,
      ...(transport === HttpTransportType.ServerSentEvents ? [] : [[name, transport, 'MessagePack'] as const]),
    ]),
  )('runs the whole flow over %s, again after it has connected again (%#: %s, %s)', async (_, transport, protocol) => {
    const hub = await TestHub.start(QUICK);
    await send(hub, 't', 's');
    const bearer = token('admin');
    const builder = new HubConnectionBuilder()
      .withUrl(`${hub.url}/hub`, { accessTokenFactory: () => bearer, transport })
      .configureLogging(LogLevel.None);
    if (protocol === 'MessagePack') builder.withHubProtocol(new MessagePackHubProtocol());
    const connection = builder.build();
    atEnd(() => connection.stop());
    const [streams, metrics] = [activeCalls(connection), metricCalls(connection)];
    for (let round = 1; round <= 2; round++) {
      await connection.start();
      const active = await connection.invoke<ActiveStream[]>('SubscribeToActiveStreams', '*');
      expect(active).toHaveLength(round);
      expect(await connection.invoke('SubscribeToTopicMetrics', 't')).toHaveLength(300);
      await connection.invoke('SendEventData', 't', `new-${round}`, [{ id: 'x', timestamp: 1 }]);
      await streams.until((all) => told(all).includes(`AddUpdate new-${round}`));
      const before = metrics.all.length;
      await metrics.until((all) => all.length > before + 1);
      await connection.invoke('UnsubscribeFromActiveStreams', '*');
      await connection.invoke('UnsubscribeFromTopicMetrics', 't');
      await connection.stop();
    }
  });
});
