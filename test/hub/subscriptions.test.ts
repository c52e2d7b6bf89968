import type { HubConnection } from '@microsoft/signalr';
import { mintToken } from '../../src/auth/token-minter';
import { HttpPeer } from '../signalr/support/http-peer';
import { SharedHub } from '../support/shared-hub';
import { atEnd, SECRET, TestHub, token } from '../support/test-hub';
import { append, Collected, connectBy, WAYS, type Way } from './support/hub-clients';

interface Received {
  readonly topicId: string;
  readonly topicName: string;
  readonly streamId: string;
  readonly id: string;
  readonly offset: string;
}

interface Package {
  readonly topicName: string;
  readonly streamId: string;
  readonly type: string;
  readonly value: string;
  readonly dateTime: string;
}

/** A client of Quix's Reader API. */
class QuixReader {
  readonly events = new Collected<Received>();
  readonly packages = new Collected<Package>();
  readonly closed: Promise<Error | undefined>;

  private constructor(readonly connection: HubConnection) {
    connection.on('EventDataReceived', this.events.add);
    connection.on('PackageReceived', this.packages.add);
    this.closed = new Promise((resolve) => {
      connection.onclose(resolve);
    });
  }

  static async connect(hub: TestHub, way?: Way): Promise<QuixReader> {
    return new QuixReader(await connectBy(hub, way));
  }

  call(method: string, ...args: unknown[]): Promise<unknown> {
    return this.connection.invoke(method, ...args);
  }

  subscribe(...args: unknown[]): Promise<unknown> {
    return this.call('SubscribeToEvent', ...args);
  }

  get ids(): string[] {
    return this.events.all.map(({ id }) => id);
  }

  async untilIds(...ids: string[]): Promise<void> {
    await this.events.count(ids.length);
    expect(this.ids).toEqual(ids);
  }

  /** Waits for an event that comes behind everything else. */
  async untilId(id: string): Promise<string[]> {
    await this.events.until((all) => all.some((each) => each.id === id));
    return this.ids;
  }
}

describe('Quix’s Reader API', () => {
  let hub: TestHub;

  beforeEach(async () => {
    // The stock client leaves sockets behind that it never uses.
    hub = await TestHub.start({ shutdownTimeout: 200 });
    await append(hub, 't', 'a', 'old');
  });

  it.each(WAYS)('is served whole by $transport in $protocol', async (way) => {
    const reader = await QuixReader.connect(hub, way);
    expect(await reader.subscribe('t', 'a', 'Alert')).toBeNull();
    await reader.subscribe('*', 'b', '*');
    await reader.call('SubscribeToPackages', 't');
    await append(hub, 't', 'a', 'Alert', 'Other');
    await append(hub, 't', 'b', 'any');
    await append(hub, 'later', 'b', 'new');
    await append(hub, 'later', 'a', 'Alert');
    await reader.events.count(3);
    expect(reader.events.all.map(({ topicName, id }) => `${topicName} ${id}`).sort()).toEqual([
      'later new',
      't Alert',
      't any',
    ]);
    expect(reader.events.all.find(({ id }) => id === 'Alert')).toEqual({
      ...{ topicId: 't', topicName: 't', streamId: 'a', id: 'Alert', timestamp: 1, value: 'v', tags: {}, offset: '2' },
    });
    await reader.packages.until((all) => all.some(({ streamId }) => streamId === 'b'));
    const [first] = reader.packages.all;
    expect(first).toMatchObject({ topicId: 't', topicName: 't', streamId: 'a' });
    expect(first!.type).toBe('QuixStreams.Telemetry.Models.EventDataRaw[]');
    expect(JSON.parse(first!.value)).toEqual([
      { Timestamp: 1, Id: 'Alert', Value: 'v', Tags: {} },
      { Timestamp: 1, Id: 'Other', Value: 'v', Tags: {} },
    ]);
    expect(new Date(first!.dateTime).toISOString()).toBe(first!.dateTime);

    await reader.call('UnsubscribeFromEvent', '*', 'b', '*');
    await reader.call('UnsubscribeFromPackages', 't');
    await append(hub, 't', 'b', 'unwanted');
    await append(hub, 't', 'a', 'Alert');
    await reader.events.count(4);
    await reader.call('UnsubscribeFromStream', 't', 'a');
    expect(await hub.read('/metrics')).toMatch(/^writer_hub_subscriptions 0$/m);
    const count = reader.packages.all.length;
    await append(hub, 't', 'a', 'Alert');
    await reader.subscribe('t', '*', 'last');
    await append(hub, 't', 'a', 'last');
    await reader.events.count(5);
    expect(reader.ids.sort()).toEqual(['Alert', 'Alert', 'any', 'last', 'new']);
    expect(reader.packages.all).toHaveLength(count);
  });

  it('sends all digits of a timestamp', async () => {
    const authorization = `Bearer ${token('admin')}`;
    const [peer, records] = await HttpPeer.serverSentEvents(`${hub.url}/hub`, { authorization });
    atEnd(() => void records.response.destroy());
    await peer.post('{"type":1,"invocationId":"i","target":"SubscribeToEvent","arguments":["t","*","*"]}');
    expect(await records.next()).toBe('{"type":3,"invocationId":"i","result":null}');
    const exact = '[{"id":"x","timestamp":1618133869123456789,"value":"line\\nbreak","tags":{"a":"b"}}]';
    await hub.post('/topics/t/streams/s%20x/events/data', exact);
    expect(await records.next()).toBe(
      '{"type":1,"target":"EventDataReceived","arguments":[{"topicId":"t","topicName":"t","streamId":"s x","id":"x",' +
        '"timestamp":1618133869123456789,"value":"line\\nbreak","tags":{"a":"b"},"offset":"2"}]}',
    );
  });

  it('calls SubscribeToTopicPackages what Quix’s table calls so', async () => {
    const reader = await QuixReader.connect(hub);
    await reader.call('SubscribeToTopicPackages', '*');
    await append(hub, 'later', 'a', 'x');
    await reader.packages.count(1);
    await reader.call('UnsubscribeFromTopicPackages', '*');
    expect(await hub.read('/metrics')).toMatch(/^writer_hub_subscriptions 0$/m);
  });

  it.each([
    [
      'the same twice',
      [
        ['t', 'a', 'x'],
        ['t', 'a', 'x'],
      ],
    ],
    [
      'a stream and an id',
      [
        ['t', 'a', '*'],
        ['t', '*', 'x'],
      ],
    ],
    [
      'all topics and one',
      [
        ['*', '*', '*'],
        ['t', 'a', 'x'],
      ],
    ],
    [
      'one and all topics',
      [
        ['t', 'a', 'x'],
        ['*', 'a', '*'],
      ],
    ],
    [
      'everything in every way',
      ['t', '*'].flatMap((t) => ['a', '*'].flatMap((s) => ['x', '*'].map((id) => [t, s, id]))),
    ],
  ])('sends an event once, however many subscriptions cover it: %s', async (_, patterns) => {
    const reader = await QuixReader.connect(hub);
    await Promise.all(patterns.map((pattern) => reader.subscribe(...pattern)));
    await append(hub, 't', 'a', 'x', 'x');
    await append(hub, 't', 'a', 'x');
    await reader.events.count(3);
    await reader.subscribe('t', '*', 'last');
    await append(hub, 't', 'b', 'last');
    expect(await reader.untilId('last')).toEqual(['x', 'x', 'x', 'last']);
  });

  it('waits for a topic that there is not yet, and for another one when it was removed', async () => {
    const reader = await QuixReader.connect(hub);
    await reader.subscribe('later', '*', '*');
    await append(hub, 'later', 'a', 'x1', 'x2');
    await reader.untilIds('x1', 'x2');
    await hub.fetch('/topics/later', { method: 'DELETE' });
    await append(hub, 'later', 'a', 'x3');
    await reader.untilIds('x1', 'x2', 'x3');
  });

  it('sends what comes under a name that was removed while nothing had come', async () => {
    const reader = await QuixReader.connect(hub);
    await reader.subscribe('t', '*', '*');
    await hub.fetch('/topics/t', { method: 'DELETE' });
    await append(hub, 't', 'a', 'x1');
    await reader.untilIds('x1');
  });

  it('gives a removed topic’s successor to who subscribes to all', async () => {
    const reader = await QuixReader.connect(hub);
    await reader.subscribe('*', '*', '*');
    await append(hub, 't', 'a', 'x1');
    await reader.untilIds('x1');
    await hub.fetch('/topics/t', { method: 'DELETE' });
    while (!(await hub.read('/metrics')).includes('\nwriter_hub_followers 0\n'));
    await append(hub, 't', 'a', 'x2');
    await reader.untilIds('x1', 'x2');
  });

  it('says nothing of data sources to who subscribes to all', async () => {
    const reader = await QuixReader.connect(hub);
    await reader.subscribe('*', '*', '*');
    await hub.post('/v0/events?name=rows', '{"a":1}\n');
    await append(hub, 't', 'a', 'x1');
    await reader.untilIds('x1');
    expect(reader.connection.state).toBe('Connected');
  });

  it.each([
    [{ from: 'earliest' }, ['old', 'e1', 'e2', 'e3']],
    [{ from: '2' }, ['e2', 'e3']],
    [{ from: { time: '2020-01-01T00:00:00Z' } }, ['old', 'e1', 'e2', 'e3']],
    [{ from: { time: '2100-01-01T00:00:00Z' } }, ['e3']],
    [{ from: 'latest' }, ['e3']],
    [{}, ['e3']],
    [null, ['e3']],
  ])('begins where it is asked to: %j', async (options, ids) => {
    await append(hub, 't', 'a', 'e1', 'e2');
    const reader = await QuixReader.connect(hub);
    await reader.subscribe('t', '*', '*', options);
    await append(hub, 't', 'a', 'e3');
    await reader.untilIds(...ids);
  });

  it('goes on where it stood when a client comes back, with several subscriptions to a topic', async () => {
    const first = await QuixReader.connect(hub);
    await first.subscribe('t', 'a', '*');
    await first.subscribe('t', 'b', '*');
    await append(hub, 't', 'a', 'a1');
    await first.untilIds('a1');
    const from = first.events.all[0]!.offset;
    await first.connection.stop();
    await append(hub, 't', 'b', 'b1');
    await append(hub, 't', 'a', 'a2', 'a3');
    const second = await QuixReader.connect(hub);
    await second.subscribe('t', 'a', '*', { from });
    await second.subscribe('t', 'b', '*', { from });
    await second.subscribe('t', '*', 'a3', { from });
    await append(hub, 't', 'a', 'last');
    await second.untilId('last');
    expect([...second.ids].sort()).toEqual(['a2', 'a3', 'b1', 'last']);
    // All of it has become one reader.
    await append(hub, 't', 'b', 'b2');
    await second.untilId('b2');
    while (!(await hub.read('/metrics')).includes('\nwriter_hub_followers 1\n')) await append(hub, 't', 'x', 'x');
    expect(second.ids).toHaveLength(5);
  });

  it.each(['earliest', '1'])('waits for a stream that there is not yet, from %s on', async (from) => {
    const reader = await QuixReader.connect(hub);
    await reader.subscribe('t', 'later', '*', { from });
    await append(hub, 't', 'a', 'x1');
    await append(hub, 't', 'later', 'x2');
    await reader.untilIds('x2');
    await hub.fetch('/topics/t/streams/later', { method: 'DELETE' });
    await append(hub, 't', 'later', 'x3');
    await reader.untilIds('x2', 'x3');
  });

  it('sends what was stored once, when an earlier subscription covers what comes', async () => {
    const reader = await QuixReader.connect(hub);
    await append(hub, 't', 'a', ...Array.from({ length: 3000 }, (_, index) => `s${index}`));
    await reader.subscribe('t', 'b', '*');
    await reader.subscribe('t', '*', '*', { from: 'earliest' });
    for (let index = 0; index < 20; index++) await append(hub, 't', index % 2 === 0 ? 'a' : 'b', `n${index}`);
    await append(hub, 't', 'c', 'last');
    await reader.untilId('last');
    await reader.events.count(3022);
    expect(new Set(reader.ids).size).toBe(3022);
    expect(reader.ids).toHaveLength(3022);
  });

  it('refuses data sources, and positions that are gone', async () => {
    await hub.post('/v0/events?name=rows', '{"a":1}\n');
    const reader = await QuixReader.connect(hub);
    await expect(reader.subscribe('rows', '*', '*')).rejects.toThrow('HubException: wrong_topic_kind: ');
    await hub.fetch('/topics/t', { method: 'DELETE' });
    await append(hub, 't', 'a', 'x');
    await expect(reader.subscribe('t', '*', '*', { from: '1' })).rejects.toThrow('HubException: position_gone: ');
    expect(await hub.read('/metrics')).toMatch(/^writer_hub_subscriptions 0$/m);
  });

  it('gives what the token may read, and refuses the rest', async () => {
    const reader = await QuixReader.connect(hub, { bearer: token('read:t*', 'append:*') });
    for (const [method, ...args] of [
      ['SubscribeToEvent', 'u', '*', '*'],
      ['SubscribeToPackages', 'u'],
    ]) {
      await expect(reader.call(method!, ...args)).rejects.toThrow('HubException: forbidden: the token lacks the scope');
    }
    await reader.subscribe('*', '*', '*');
    await append(hub, 'u', 'a', 'secret');
    await append(hub, 't', 'a', 'x1');
    await append(hub, 'tt', 'a', 'x2');
    await reader.events.count(2);
    expect(reader.ids.sort()).toEqual(['x1', 'x2']);
    const writer = await QuixReader.connect(hub, { bearer: token('create') });
    for (const [method, ...args] of [
      ['SubscribeToEvent', '*', '*', '*'],
      ['SubscribeToParameter', '*', '*', '*'],
      ['SubscribeToPackages', '*'],
      ['SubscribeToActiveStreams', '*'],
      ['SubscribeToTopicMetrics', '*'],
    ]) {
      await expect(writer.call(method!, ...args)).rejects.toThrow(
        'HubException: forbidden: the token lacks the scope read:*, or any other read: for the topics that it names',
      );
    }
  });

  it('has as many subscriptions a connection as may be', async () => {
    const small = await TestHub.start({ maxSubscriptions: 3 });
    const reader = await QuixReader.connect(small);
    await reader.subscribe('t', 'a', 'x');
    await reader.subscribe('t', 'a', 'x');
    await reader.call('SubscribeToPackages', '*');
    await reader.subscribe('*', 'a', 'x');
    for (const [method, ...args] of [
      ['SubscribeToEvent', 't', 'b', 'x'],
      ['SubscribeToPackages', 't'],
    ]) {
      await expect(reader.call(method!, ...args)).rejects.toThrow(/HubException: over_share: .*MAX_SUBSCRIPTIONS/);
    }
    expect(await small.read('/metrics')).toMatch(/^writer_hub_limit_strikes_total\{limit="subscriptions"\} 2$/m);
    expect(await small.read('/metrics')).toMatch(/^writer_hub_subscriptions 3$/m);
    await reader.call('UnsubscribeFromPackages', '*');
    await reader.subscribe('t', 'b', 'x');
    await reader.connection.stop();
    while (!(await small.read('/metrics')).includes('\nwriter_hub_subscriptions 0\n'));
  });

  it('takes a place of live readers for each topic of a connection', async () => {
    const small = await TestHub.start({ maxFollowers: 4 });
    const reader = await QuixReader.connect(small);
    for (const topic of ['t1', 't2', 't3']) await reader.subscribe(topic, '*', '*');
    await reader.subscribe('t1', 'a', '*');
    await expect(reader.subscribe('t4', '*', '*')).rejects.toThrow(/HubException: (over_share|store_busy): /);
    await reader.call('UnsubscribeFromEvent', 't3', '*', '*');
    await reader.subscribe('t4', '*', '*');
  });
});

describe('Quix’s Reader API', () => {
  const shared = new SharedHub();

  beforeAll(async () => append(await shared.hub(), 't', 'a', 'old'));

  it.each([
    ['SubscribeToEvent', ['t', 'a'], 'invalid_query: SubscribeToEvent takes'],
    ['SubscribeToEvent', ['', 'a', 'x'], 'invalid_name: the topic name is empty'],
    ['SubscribeToEvent', [7, 'a', 'x'], 'invalid_name: the topic name is not a string'],
    ['SubscribeToEvent', ['t', '', 'x'], 'invalid_name: the stream id is empty'],
    ['SubscribeToEvent', ['t', 'a', 7], 'invalid_query: the event id is not a string'],
    ['SubscribeToEvent', ['t', 'a', 'x'.repeat(1025)], 'invalid_query: the event id has more than 1024'],
    ['SubscribeToEvent', ['t', 'a', 'x', 'earliest'], 'invalid_query: the options are not {from}'],
    ['SubscribeToEvent', ['t', 'a', 'x', { since: 1 }], 'invalid_query: the options have the unknown property "since"'],
    ['SubscribeToEvent', ['t', 'a', 'x', { from: 1 }], 'invalid_query: from=1 is not'],
    ['SubscribeToEvent', ['t', 'a', 'x', { from: '99' }], 'invalid_query: from="99" is beyond the end of'],
    ['SubscribeToEvent', ['*', 'a', 'x', { from: 'earliest' }], 'invalid_query: from names a place in one topic'],
    ['SubscribeToEvent', ['nowhere', 'a', 'x', { from: '1' }], 'unknown_topic: '],
    ['UnsubscribeFromEvent', ['t', 'a', null], 'invalid_query: the event id is not a string'],
    ['UnsubscribeFromStream', ['t', 'a/b'], 'invalid_name: the stream id holds a slash'],
    ['SubscribeToPackages', [null], 'invalid_name: the topic name is not a string'],
    ['UnsubscribeFromPackages', ['a/b'], 'invalid_name: the topic name holds a slash'],
  ])('refuses %s%j', async (method, args, error) => {
    const reader = await QuixReader.connect(await shared.hub());
    await expect(reader.call(method, ...args)).rejects.toThrow(`HubException: ${error}`);
    expect(await (await shared.hub()).read('/metrics')).toMatch(/^writer_hub_subscriptions 0$/m);
    // What was never subscribed to is ended without a word.
    await reader.call('UnsubscribeFromEvent', 't', 'a', 'x');
    await reader.call('UnsubscribeFromStream', '*', 'x');
  });
});

describe('the rights of a subscriber', () => {
  it('end with the token: the connection is closed with a reason', async () => {
    const hub = await TestHub.start({ closeOnTokenExpiry: false, clockTolerance: 0 });
    const bearer = mintToken({ scopes: ['read:t'], expiresIn: 4 }, SECRET).token;
    const reader = await QuixReader.connect(hub, { bearer });
    await reader.subscribe('t', '*', '*');
    expect((await reader.closed)?.message).toContain('unauthenticated: the token has expired');
  });

  it('end when the token is revoked', async () => {
    const hub = await TestHub.start();
    const { token: bearer, tokenId } = mintToken({ scopes: ['read:t'] }, SECRET);
    const reader = await QuixReader.connect(hub, { bearer });
    await reader.subscribe('*', '*', '*');
    await hub.post('/tokens/revoke', { tokenId });
    expect((await reader.closed)?.message).toContain('unauthenticated: the token was revoked');
  });

  it('go on with the next token of a client that polls, for what that may read', async () => {
    const hub = await TestHub.start({ closeOnTokenExpiry: false, clockTolerance: 0 });
    const mint = (scopes: string[], expiresIn: number): { authorization: string } => ({
      authorization: `Bearer ${mintToken({ scopes, expiresIn, subject: 'ann' }, SECRET).token}`,
    });
    const [first, stream] = await HttpPeer.serverSentEvents(`${hub.url}/hub`, mint(['read:*'], 2));
    atEnd(() => void stream.response.destroy());
    const until = async (text: string): Promise<string> => {
      for (;;) {
        const record = await stream.next();
        if (record.includes('secret')) throw new Error(record);
        if (record.includes(text)) return record;
      }
    };
    await first.post('{"type":1,"invocationId":"1","target":"SubscribeToEvent","arguments":["*","*","*"]}');
    await until('"invocationId":"1"');
    await append(hub, 'u', 'a', 'u1');
    await until('"u1"');
    const second = first.as(mint(['read:t'], 4));
    await second.post('{"type":6}');
    // The first token ends; then what it alone could read is left.
    while (!(await hub.read('/metrics')).includes('\nwriter_hub_followers 0\n'));
    await append(hub, 'u', 'a', 'secret');
    await append(hub, 't', 'a', 't1');
    await until('"t1"');
    expect(await until('"type":7')).toContain('unauthenticated: the token has expired');
  });
});
