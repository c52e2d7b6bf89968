import type { HubConnection } from '@microsoft/signalr';
import { mintToken } from '../../src/auth/token-minter';
import { HttpPeer } from '../signalr/support/http-peer';
import { SharedHub, freshName } from '../support/shared-hub';
import { atEnd, SECRET, TestHub, token } from '../support/test-hub';
import { append, Collected, connectBy, WAYS, type Way } from './support/hub-clients';
import { sendData } from './support/parameter-data';

interface Data {
  readonly topicName: string;
  readonly streamId: string;
  readonly numericValues: Record<string, unknown[]>;
  readonly stringValues: Record<string, unknown[]>;
  readonly offset: string;
}

interface Package {
  readonly type: string;
  readonly value: string;
}

const MEMBERS = [
  ...['topicId', 'topicName', 'streamId', 'epoch', 'timestamps'],
  ...['numericValues', 'stringValues', 'binaryValues', 'tagValues', 'offset'],
];

/** A client of Quix's Reader API. */
class QuixReader {
  readonly data = new Collected<Data>();
  readonly packages = new Collected<Package>();
  readonly closed: Promise<Error | undefined>;

  private constructor(readonly connection: HubConnection) {
    connection.on('ParameterDataReceived', this.data.add);
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
    return this.call('SubscribeToParameter', ...args);
  }

  /** The ids that each call has brought values of. */
  get ids(): string[] {
    return this.data.all.map(({ numericValues, stringValues }) =>
      [...Object.keys(numericValues), ...Object.keys(stringValues)].join(),
    );
  }
}

const both = { timestamps: [1, 2], numericValues: { Speed: [1, 2], Gear: [3, null] }, tagValues: { car: ['a', null] } };

const speed = { timestamps: [1], numericValues: { Speed: [1] } };

const last = { timestamps: [1], stringValues: { last: ['x'] } };

describe('SubscribeToParameter', () => {
  const shared = new SharedHub();
  let hub: TestHub;
  let t: string;

  beforeEach(async () => {
    hub = await shared.hub();
    t = freshName();
    await sendData(hub, t, 'a', { timestamps: [0], numericValues: { Speed: [0] } });
  });

  it.each(WAYS)('is served whole by $transport in $protocol', async (way) => {
    const reader = await QuixReader.connect(hub, way);
    expect(await reader.subscribe(t, 'a', 'Speed')).toBeNull();
    await sendData(hub, t, 'a', {
      ...both,
      epoch: 1_000,
      stringValues: { Speed: ['x', null] },
      binaryValues: { B: ['QQ==', null] },
    });
    await reader.data.count(1);
    expect(reader.data.all[0]).toEqual({
      ...{ topicId: t, topicName: t, streamId: 'a', epoch: 1_000, timestamps: [1, 2], offset: '2' },
      ...{ numericValues: { Speed: [1, 2] }, stringValues: { Speed: ['x', null] }, binaryValues: {} },
      tagValues: { car: ['a', null] },
    });
    expect(Object.keys(reader.data.all[0]!)).toEqual(MEMBERS);
    await reader.call('UnsubscribeFromParameter', t, 'a', 'Speed');
    await sendData(hub, t, 'a', speed);
    await reader.subscribe(t, 'b', '*');
    await sendData(hub, t, 'b', { timestamps: [1], tagValues: {}, numericValues: { x: [null] } });
    await reader.data.count(2);
    expect(reader.data.all[1]).toMatchObject({ streamId: 'b', epoch: 0, numericValues: { x: [null] }, tagValues: {} });
  });

  it('sends all digits', async () => {
    const authorization = `Bearer ${token('admin')}`;
    const [peer, records] = await HttpPeer.serverSentEvents(`${hub.url}/hub`, { authorization });
    atEnd(() => void records.response.destroy());
    await peer.post(`{"type":1,"invocationId":"i","target":"SubscribeToParameter","arguments":["${t}","*","*"]}`);
    expect(await records.next()).toBe('{"type":3,"invocationId":"i","result":null}');
    const exact = '{"epoch":1618133869123456789,"timestamps":[1],"numericValues":{"10":[1.10],"__proto__":[-0.0]}}';
    await sendData(hub, t, 's', exact);
    expect(await records.next()).toBe(
      `{"type":1,"target":"ParameterDataReceived","arguments":[{"topicId":"${t}","topicName":"${t}","streamId":"s",` +
        '"epoch":1618133869123456789,"timestamps":[1],"numericValues":{"10":[1.10],"__proto__":[-0.0]},' +
        '"stringValues":{},"binaryValues":{},"tagValues":{},"offset":"2"}]}',
    );
  });

  it.each([
    [
      'two parameters',
      [
        ['t', 'a', 'Speed'],
        ['t', 'a', 'Gear'],
      ],
      'Speed,Gear',
    ],
    [
      'a parameter and every one',
      [
        ['t', 'a', 'Speed'],
        ['t', '*', '*'],
      ],
      'Speed,Gear',
    ],
    [
      'all topics and one',
      [
        ['*', 'a', 'Gear'],
        ['t', '*', 'Gear'],
      ],
      'Gear',
    ],
    [
      'the same from the past',
      [
        ['t', 'a', 'Speed'],
        ['t', 'a', 'Speed', { from: 'latest' }],
      ],
      'Speed',
    ],
  ])('calls once for each package, with each parameter once: %s', async (_, patterns, ids) => {
    const reader = await QuixReader.connect(hub);
    for (const [topic, ...rest] of patterns) await reader.subscribe(topic === 't' ? t : topic, ...rest);
    await reader.subscribe(t, '*', 'last');
    await sendData(hub, t, 'a', both);
    await sendData(hub, t, 'a', { timestamps: [1], numericValues: { other: [1] } });
    await sendData(hub, t, 'c', last);
    await reader.data.until(() => reader.ids.at(-1)?.endsWith('last') === true);
    expect(reader.ids.filter((each) => each !== 'other')).toEqual([ids, 'last']);
  });

  it.each([
    [{ from: 'earliest' }, ['Speed', 'Speed', 'Speed', 'last']],
    [{ from: '1' }, ['Speed', 'Speed', 'last']],
    [{ from: { time: '2100-01-01T00:00:00Z' } }, ['Speed', 'last']],
    [{}, ['Speed', 'last']],
  ])('begins where it is asked to: %j', async (options, ids) => {
    await append(hub, t, 'a', 'event');
    await sendData(hub, t, 'a', both);
    const reader = await QuixReader.connect(hub);
    await reader.subscribe(t, 'a', 'Speed', options);
    await sendData(hub, t, 'a', speed);
    await reader.subscribe(t, '*', 'last');
    await sendData(hub, t, 'a', last);
    await reader.data.until(() => reader.ids.includes('last'));
    expect(reader.ids).toEqual(ids);
  });

  it('brings each value once when what is subscribed to later begins in the past', async () => {
    const reader = await QuixReader.connect(hub);
    for (let index = 0; index < 50; index++) await sendData(hub, t, 'a', both);
    await reader.subscribe(t, 'a', 'Speed');
    await reader.subscribe(t, 'a', '*', { from: 'earliest' });
    for (let index = 0; index < 50; index++) await sendData(hub, t, 'a', both);
    await sendData(hub, t, 'a', last);
    await reader.data.until(() => reader.ids.includes('last'));
    await reader.data.until(() => reader.ids.filter((ids) => ids.includes('Gear')).length === 100);
    // The earlier subscription covers Speed, also from before.
    const speeds = reader.ids.filter((ids) => ids.includes('Speed'));
    expect(speeds).toHaveLength(50);
  });

  it('waits for a topic that there is not, and for another one of its name', async () => {
    const reader = await QuixReader.connect(hub);
    const later = freshName();
    await reader.subscribe(later, '*', '*');
    await sendData(hub, later, 'a', speed);
    await reader.data.count(1);
    await hub.fetch(`/topics/${later}`, { method: 'DELETE' });
    await sendData(hub, later, 'a', both);
    await reader.data.count(2);
    expect(reader.ids).toEqual(['Speed', 'Speed,Gear']);
  });

  it('says nothing of events to who subscribes to parameters, nor the other way', async () => {
    const reader = await QuixReader.connect(hub);
    const events = new Collected<{ readonly id: string }>();
    reader.connection.on('EventDataReceived', events.add);
    await reader.subscribe(t, '*', '*');
    await append(hub, t, 'a', 'unwanted');
    await sendData(hub, t, 'a', speed);
    await reader.data.count(1);
    await reader.call('UnsubscribeFromStream', t, '*');
    await reader.call('SubscribeToEvent', t, '*', '*');
    await sendData(hub, t, 'a', speed);
    await append(hub, t, 'a', 'wanted');
    await events.count(1);
    expect(events.all.map(({ id }) => id)).toEqual(['wanted']);
    expect(reader.ids).toEqual(['Speed']);
  });

  it('ends with UnsubscribeFromStream, as events do', async () => {
    const own = await TestHub.start({ shutdownTimeout: 200 });
    const reader = await QuixReader.connect(own);
    await reader.subscribe('t', 'a', 'Speed');
    await reader.subscribe('*', 'a', '*');
    await reader.call('SubscribeToEvent', 't', 'a', '*');
    await reader.call('SubscribeToParameterDefinitions', 't', 'a');
    expect(await own.read('/metrics')).toMatch(/^writer_hub_subscriptions 4$/m);
    await reader.call('UnsubscribeFromStream', 't', 'a');
    expect(await own.read('/metrics')).toMatch(/^writer_hub_subscriptions 1$/m);
    await reader.call('UnsubscribeFromStream', '*', 'a');
    expect(await own.read('/metrics')).toMatch(/^writer_hub_subscriptions 0$/m);
    while (!(await own.read('/metrics')).includes('\nwriter_hub_followers 0\n'));
  });

  it('gives packages of events and of parameter data to who subscribes to packages', async () => {
    const reader = await QuixReader.connect(hub);
    await reader.call('SubscribeToPackages', t);
    await sendData(hub, t, 'a', '{ "timestamps" : [1],\n"numericValues": {"Speed":[1.10]}, "epoch": 5}');
    await append(hub, t, 'a', 'event');
    await reader.packages.count(2);
    const ofParameters = reader.packages.all.find(({ type }) => type.endsWith('TimeseriesDataRaw'))!;
    expect(ofParameters).toMatchObject({
      ...{ topicId: t, topicName: t, streamId: 'a', type: 'QuixStreams.Telemetry.Models.TimeseriesDataRaw' },
    });
    expect(ofParameters.value).toContain('[1.10]');
    expect(JSON.parse(ofParameters.value)).toEqual({
      ...{ Epoch: 5, Timestamps: [1], NumericValues: { Speed: [1.1] } },
      ...{ StringValues: {}, BinaryValues: {}, TagValues: {} },
    });
    await reader.call('UnsubscribeFromPackages', t);
    await reader.subscribe(t, '*', '*');
    await sendData(hub, t, 'a', last);
    await reader.data.count(1);
    expect(reader.packages.all).toHaveLength(2);
  });

  it.each([
    ['SubscribeToParameter', ['t', 'a'], 'invalid_query: SubscribeToParameter takes'],
    ['SubscribeToParameter', ['', 'a', 'x'], 'invalid_name: the topic name is empty'],
    ['SubscribeToParameter', ['t', 'a', 7], 'invalid_query: the parameter id is not a string'],
    ['SubscribeToParameter', ['t', 'a', 'x'.repeat(1025)], 'invalid_query: the parameter id has more than 1024'],
    ['SubscribeToParameter', ['*', 'a', 'x', { from: 'earliest' }], 'invalid_query: from names a place in one topic'],
    ['SubscribeToParameterDefinitions', ['*', 'a'], 'invalid_query: definitions are those of one topic'],
    ['SubscribeToEventDefinitions', ['t', ''], 'invalid_name: the stream id is empty'],
  ])('refuses %s%j', async (method, args, message) => {
    const reader = await QuixReader.connect(hub);
    await expect(reader.call(method, ...args)).rejects.toThrow(`HubException: ${message}`);
  });

  it('refuses what the token may not read, and ends when it may no longer', async () => {
    const reader = await QuixReader.connect(hub, { bearer: token('read:none') });
    for (const method of ['SubscribeToParameter', 'SubscribeToParameterDefinitions']) {
      const args = method === 'SubscribeToParameter' ? [t, 'a', 'x'] : [t, 'a'];
      await expect(reader.call(method, ...args)).rejects.toThrow('HubException: forbidden: ');
    }
    const minted = mintToken({ scopes: ['admin'], expiresIn: 600 }, SECRET);
    const brief = await QuixReader.connect(hub, { bearer: minted.token });
    await brief.subscribe(t, 'a', 'x');
    await hub.post('/tokens/revoke', { tokenId: minted.tokenId });
    expect(String(await brief.closed)).toContain('unauthenticated');
  });
});

describe('SubscribeToParameterDefinitions', () => {
  const shared = new SharedHub();

  const put = async (hub: TestHub, path: string, definitions: readonly object[]): Promise<void> => {
    const headers = { 'content-type': 'application/json' };
    const { status } = await hub.fetch(path, { method: 'PUT', headers, body: JSON.stringify(definitions) });
    expect(status).toBeLessThan(300);
  };

  it('tells of what there is and what changes, once, and of events likewise', async () => {
    const [hub, t] = [await shared.hub(), freshName()];
    const of = `/topics/${t}/streams/a`;
    await put(hub, `${of}/parameters`, [{ id: 'Speed', minimumValue: 0, unit: 'km/h', location: '/chassis' }]);
    const connection = await connectBy(hub);
    const updates = new Collected<unknown>();
    connection.on('ParameterDefinitionsUpdated', (update) => {
      updates.add(['parameters', update]);
    });
    connection.on('EventDefinitionsUpdated', (update) => {
      updates.add(['events', update]);
    });
    expect(await connection.invoke('SubscribeToParameterDefinitions', t, '*')).toBeNull();
    await connection.invoke('SubscribeToEventDefinitions', t, 'a');
    const none = { Name: null, Description: null, CustomProperties: null };
    await updates.count(1);
    await put(hub, `${of}/parameters`, [{ id: 'Speed', minimumValue: 0, unit: 'km/h', location: '/chassis' }]);
    await put(hub, `${of}/events`, [{ id: 'Alert', level: 3 }]);
    await updates.count(2);
    await put(hub, `/topics/${t}/streams/b/parameters`, [{ id: 'x' }]);
    await updates.count(3);
    const range = { MinimumValue: 0, MaximumValue: null, Unit: 'km/h' };
    expect(updates.all).toEqual([
      [
        'parameters',
        { topicName: t, streamId: 'a', definitions: [{ ...none, Id: 'Speed', ...range, Location: '/chassis' }] },
      ],
      [
        'events',
        { topicName: t, streamId: 'a', definitions: [{ ...none, Id: 'Alert', Level: 'Warning', Location: null }] },
      ],
      ['parameters', expect.objectContaining({ streamId: 'b' })],
    ]);
    await connection.invoke('UnsubscribeFromParameterDefinitions', t, '*');
    await put(hub, `${of}/parameters`, []);
    await put(hub, `${of}/events`, []);
    await updates.count(4);
    expect(updates.all[3]).toEqual(['events', { topicName: t, streamId: 'a', definitions: [] }]);
    await connection.invoke('UnsubscribeFromEventDefinitions', t, 'a');
    await connection.invoke('UnsubscribeFromEventDefinitions', t, 'a');
  });

  it('counts as subscription and as reader', async () => {
    const hub = await TestHub.start({ maxSubscriptions: 1, shutdownTimeout: 200 });
    const connection = await connectBy(hub);
    await connection.invoke('SubscribeToParameterDefinitions', 'later', 'a');
    await connection.invoke('SubscribeToParameterDefinitions', 'later', 'a');
    await expect(connection.invoke('SubscribeToEventDefinitions', 'later', 'a')).rejects.toThrow('over_share');
    expect(await hub.read('/metrics')).toMatch(/^writer_hub_followers 1$/m);
    await connection.stop();
    while (!(await hub.read('/metrics')).includes('\nwriter_hub_followers 0\n'));
  });

  it('refuses a data source', async () => {
    const hub = await shared.hub();
    await hub.post('/v0/events?name=rows&wait=true', '{"a":1}\n');
    const connection = await connectBy(hub);
    await expect(connection.invoke('SubscribeToParameterDefinitions', 'rows', '*')).rejects.toThrow('wrong_topic_kind');
  });
});
