import { once } from 'node:events';
import { HubConnectionBuilder, LogLevel, Subject, type HubConnection } from '@microsoft/signalr';
import { MessagePackHubProtocol } from '@microsoft/signalr-protocol-msgpack';
import { encode, encodeTimeSpecToTimestamp, ExtData } from '@msgpack/msgpack';
import { WebSocket } from 'ws';
import { frameBody } from '../signalr/support/binary-client';
import { SharedHub } from '../support/shared-hub';
import { atEnd, TestHub, token } from '../support/test-hub';

const shared = new SharedHub();

/** Of the test that runs: each has one of its own. */
let topic = '';
let topics = 0;

beforeEach(() => {
  topic = `cars-${(topics += 1)}`;
});

const stored = (stream: string): string => `/topics/${topic}/streams/${stream}/events/data`;

async function timestampsOf(hub: TestHub, stream: string): Promise<string[]> {
  const text = await hub.read(stored(stream));
  return [...text.matchAll(/"timestamp":(-?\d+)/g)].map(([, digits]) => digits!);
}

async function connectMessagePack(hub: TestHub): Promise<HubConnection> {
  const connection = new HubConnectionBuilder()
    .withUrl(`${hub.url}/hub`, { accessTokenFactory: () => token('admin') })
    .withHubProtocol(new MessagePackHubProtocol())
    .configureLogging(LogLevel.None)
    .build();
  await connection.start();
  atEnd(() => connection.stop());
  return connection;
}

/** Invokes a method with arguments that the stock client cannot encode; resolves with the completion's bytes. */
async function invokeRaw(hub: TestHub, target: string, args: unknown[]): Promise<Buffer> {
  const socket = new WebSocket(`${hub.url.replace('http', 'ws')}/hub?access_token=${token('admin')}`);
  await once(socket, 'open');
  const answered = new Promise<Buffer>((resolve) => {
    socket.on('message', (data: Buffer) => {
      if (data.includes('call')) resolve(data);
    });
  });
  const body = frameBody(encode([1, {}, 'call', target, args, []], { useBigInt64: true }));
  socket.send(Buffer.concat([Buffer.from('{"protocol":"messagepack","version":1}\x1e'), body]));
  const completion = await answered;
  socket.close();
  return completion;
}

const nanoseconds = (sec: number, nsec: number): ExtData => new ExtData(-1, encodeTimeSpecToTimestamp({ sec, nsec }));

const EVENTS = [
  { id: 'JavaScript', timestamp: new Date(1714979289123).toISOString() },
  { id: 'C#', timestamp: '2024-05-06T07:08:09.1234567Z' },
  { id: 'Python', timestamp: '2024-05-06T07:08:09.654321+00:00' },
  { id: 'Java', timestamp: '2024-05-06T07:08:09.123456789Z' },
  { Id: 'Pascal', Timestamp: '2024-05-06T09:08:09.000000001+02:00' },
];
const TIMESTAMPS = [
  '1714979289123000000',
  '1714979289123456700',
  '1714979289654321000',
  '1714979289123456789',
  '1714979289000000001',
];

describe('times of events', () => {
  it('in ISO 8601 are stored to the digit at every door', async () => {
    const hub = await shared.hub();
    const [json, messagePack] = [await hub.connect(), await connectMessagePack(hub)];
    await json.invoke('SendEventData', topic, 'json', EVENTS);
    await messagePack.invoke('SendEventData', topic, 'messagepack', EVENTS);
    expect((await hub.post(stored('http'), EVENTS)).status).toBe(200);
    const items = new Subject();
    const uploaded = json.invoke('StreamEvents', topic, items);
    items.next({ streamId: 'upload', events: EVENTS });
    items.complete();
    await uploaded;
    for (const stream of ['json', 'messagepack', 'http', 'upload']) {
      expect([stream, ...(await timestampsOf(hub, stream))]).toEqual([stream, ...TIMESTAMPS]);
    }
  });

  it('in ISO 8601 are stored to the digit in a batch so long that a thread reads it', async () => {
    const hub = await shared.hub();
    const events = Array.from({ length: 5000 }, (_, n) => ({
      id: String(n),
      timestamp: `2024-05-06T07:08:09.${String(n).padStart(9, '0')}Z`,
    }));
    expect((await hub.post(stored('long'), events)).status).toBe(200);
    const text = await hub.read(`${stored('long')}?limit=10000`);
    const found = [...text.matchAll(/"timestamp":(\d+),"id":"(\d+)"/g)].map(([, digits, id]) => `${id} ${digits}`);
    expect(found).toEqual(events.map(({ id }) => `${id} ${1714979289000000000n + BigInt(id)}`));
  });

  it.each([
    ['of 32 bits', 1714979289, 0, '1714979289000000000'],
    ['of 64 bits', 1714979289, 123456789, '1714979289123456789'],
    ['of 96 bits, before 1970', -1, 999999999, '-1'],
  ])('as timestamps of MessagePack are stored to the digit: %s', async (_, sec, nsec, expected) => {
    const hub = await shared.hub();
    await invokeRaw(hub, 'SendEventData', [topic, 's', [{ id: 'a', timestamp: nanoseconds(sec, nsec) }]]);
    expect(await timestampsOf(hub, 's')).toEqual([expected]);
  });

  it.each([
    ['without a zone', '2024-05-06T07:08:09', /has no zone/],
    ['with a tenth digit', '2024-05-06T07:08:09.1234567891Z', /finer than nanoseconds/],
    ['that is a date', '2024-05-06', /date without a time/],
  ])('are refused with the reason at every door: one %s', async (_, timestamp, reason) => {
    const hub = await shared.hub();
    const connection = await hub.connect();
    const events = [{ id: 'a', timestamp }];
    await expect(connection.invoke('SendEventData', topic, 's', events)).rejects.toThrow(reason);
    expect(await (await hub.post(stored('s'), events)).text()).toMatch(reason);
    expect((await hub.fetch(stored('s'))).status).toBe(404);
  });
});

describe('times of parameter data', () => {
  const SENT = EVENTS.map(({ timestamp, Timestamp }) => timestamp ?? Timestamp);
  const PACKAGE = { timestamps: SENT, numericValues: { n: SENT.map((_, index) => index) } };
  const path = (stream: string): string => `/topics/${topic}/streams/${stream}/parameters/data`;

  async function samplesOf(hub: TestHub, stream: string): Promise<string> {
    const text = await hub.read(path(stream));
    return /"timestamps":\[([^\]]*)\]/.exec(text)![1]!;
  }

  it('in ISO 8601 are stored to the digit at every door', async () => {
    const hub = await shared.hub();
    const [json, messagePack] = [await hub.connect(), await connectMessagePack(hub)];
    await json.invoke('SendParameterData', topic, 'json', PACKAGE);
    await messagePack.invoke('SendParameterData', topic, 'messagepack', PACKAGE);
    expect((await hub.post(path('http'), PACKAGE)).status).toBe(200);
    const items = new Subject();
    const uploaded = json.invoke('UploadParameters', topic, items);
    items.next({ streamId: 'upload', data: PACKAGE });
    items.complete();
    await uploaded;
    const inOrder = [...TIMESTAMPS].sort().join(',');
    for (const stream of ['json', 'messagepack', 'http', 'upload']) expect(await samplesOf(hub, stream)).toBe(inOrder);
  });

  it('in ISO 8601 are stored to the digit in a package so long that a thread reads it', async () => {
    const hub = await shared.hub();
    const times = Array.from({ length: 9000 }, (_, n) => `2024-05-06T07:08:09.${String(n).padStart(9, '0')}Z`);
    const sent = { timestamps: times, numericValues: { n: times.map((_, index) => index) } };
    expect((await hub.post(path('long'), sent)).status).toBe(200);
    const text = await hub.read(`${path('long')}?limit=10000&epoch=1714979289000000000`);
    expect(text).toContain(`"timestamps":[${times.map((_, index) => index).join(',')}]`);
  });

  it('as a Date and as a timestamp of MessagePack are stored to the digit', async () => {
    const hub = await shared.hub();
    const connection = await hub.connect();
    const date = new Date(1714979289123);
    await connection.invoke('SendParameterData', topic, 'date', { timestamps: [date], numericValues: { n: [1] } });
    const packed = { timestamps: [nanoseconds(1714979289, 123456789)], numericValues: { n: [1] } };
    await invokeRaw(hub, 'SendParameterData', [topic, 'packed', packed]);
    expect(await samplesOf(hub, 'date')).toBe('1714979289123000000');
    expect(await samplesOf(hub, 'packed')).toBe('1714979289123456789');
  });

  it.each([
    ['without a zone', { timestamps: ['2024-05-06T07:08:09'] }, /has no zone/],
    ['beside an epoch', { epoch: 1, timestamps: ['2024-05-06T07:08:09Z'] }, /a time by itself: leave out the epoch/],
  ])('are refused with the reason at every door: one %s', async (_, data, reason) => {
    const hub = await shared.hub();
    const connection = await hub.connect();
    await expect(connection.invoke('SendParameterData', topic, 's', data)).rejects.toThrow(reason);
    expect(await (await hub.post(path('s'), data)).text()).toMatch(reason);
  });
});

describe('the unit of timestamps', () => {
  const MILLISECONDS = [{ id: 'a', timestamp: 1714979289123 }];
  const TOLD = /^timestamp 1714979289123 is stored as it is, but .*milliseconds/;

  it('that is evidently another one is said once per stream in the answer at the hub', async () => {
    const hub = await shared.hub();
    const connection = await hub.connect();
    const data = { timestamps: [1714979289123], numericValues: { n: [1] } };
    const answers = [
      await connection.invoke<unknown>('SendEventData', topic, 's', MILLISECONDS),
      await connection.invoke<unknown>('SendEventData', topic, 's', MILLISECONDS),
      await connection.invoke<unknown>('SendParameterData', topic, 'p', data),
    ];
    const warning = { warning: expect.stringMatching(TOLD) as string };
    expect(answers).toEqual([warning, null, warning]);
  });

  it('that is evidently another one is said once per stream in the answer of an upload', async () => {
    const connection = await (await shared.hub()).connect();
    const items = new Subject();
    const uploaded = connection.invoke<{ warnings: string[] }>('StreamEvents', topic, items);
    for (const streamId of ['a', 'b', 'a']) items.next({ streamId, events: MILLISECONDS });
    items.complete();
    const { warnings } = await uploaded;
    expect(warnings.map((text) => text.slice(0, 30))).toEqual([
      'stream a: timestamp 1714979289',
      'stream b: timestamp 1714979289',
    ]);
  });

  it('that is evidently another one is said once per stream in a header and in the log, and counted', async () => {
    const hub = await TestHub.start();
    const warnings: (string | null)[] = [];
    for (const stream of ['a', 'a', 'b']) {
      const response = await hub.post(stored(stream), MILLISECONDS);
      expect(response.status).toBe(200);
      warnings.push(response.headers.get('writer-hub-warning'));
    }
    const warning =
      'timestamp 1714979289123 is stored as it is, but lies in January 1970, as timestamps are nanoseconds; ' +
      'it seems to be in milliseconds: append 6 zeros; with strict=true it is refused';
    expect(warnings).toEqual([warning, null, warning]);
    expect(hub.log().match(/timestamps seem to be in another unit/g)).toHaveLength(2);
    expect(await timestampsOf(hub, 'a')).toEqual(['1714979289123', '1714979289123']);
    expect(await hub.read('/metrics')).toContain('\nwriter_hub_early_timestamps_total 3\n');
  });

  it.each([
    ['seconds', 1714979289],
    ['milliseconds', 1714979289123],
    ['microseconds', 1714979289123456],
    ['nothing', 0],
  ])('is refused with strict=true, over HTTP and at the hub: %s', async (_, timestamp) => {
    const hub = await shared.hub();
    const events = [{ id: 'a', timestamp }];
    const response = await hub.post(`${stored('s')}?strict=true`, events);
    expect([response.status, await response.text()]).toEqual([400, expect.stringContaining('lies in January 1970')]);
    const connection = await hub.connect();
    const sent = connection.invoke('SendEventData', topic, 's', events, { strict: true });
    await expect(sent).rejects.toThrow('lies in January 1970');
    expect((await hub.fetch(stored('s'))).status).toBe(404);
  });

  it('is looked at in batches that a thread reads as well', async () => {
    const hub = await shared.hub();
    const events = Array.from({ length: 5000 }, (_, n) => ({ id: 'x'.repeat(20), timestamp: 1714979289123 + n }));
    expect((await hub.post(`${stored('s')}?strict=true`, events)).status).toBe(400);
    const response = await hub.post(stored('s'), events);
    expect(response.headers.get('writer-hub-warning')).toContain('(and 4999 more of this request)');
  });

  it('is not doubted of exact times, and strict is a flag', async () => {
    const hub = await shared.hub();
    const response = await hub.post(`${stored('s')}?strict=true`, EVENTS);
    expect([response.status, response.headers.get('writer-hub-warning')]).toEqual([200, null]);
    expect((await hub.post(`${stored('s')}?strict=yes`, EVENTS)).status).toBe(400);
  });
});

describe('streams at the hub', () => {
  const streamOf = async (hub: TestHub, id: string): Promise<unknown> =>
    JSON.parse(await hub.read(`/topics/${topic}/streams/${id}`));

  it.each(['json', 'messagepack'])('are made without properties, as C# calls it (%s)', async (protocol) => {
    const hub = await shared.hub();
    const connection = protocol === 'json' ? await hub.connect() : await connectMessagePack(hub);
    const { streamId } = await connection.invoke<{ streamId: string }>('CreateStream', topic);
    expect(await streamOf(hub, streamId)).toMatchObject({ streamId, status: 'open', eventCount: 0 });
  });

  it.each(['json', 'messagepack'])('are not updated without properties, and that is said (%s)', async (protocol) => {
    const hub = await shared.hub();
    const connection = protocol === 'json' ? await hub.connect() : await connectMessagePack(hub);
    await connection.invoke('UpdateStream', topic, 'a', { name: 'kept' });
    for (const nothing of [[], [null]]) {
      await expect(connection.invoke('UpdateStream', topic, 'a', ...nothing)).rejects.toThrow(
        'invalid_properties: the properties are missing: UpdateStream takes (topic, streamId, properties)',
      );
    }
    const put = await hub.fetch(`/topics/${topic}/streams/a`, {
      method: 'PUT',
      body: 'null',
      headers: { 'content-type': 'application/json' },
    });
    expect([put.status, await put.text()]).toEqual([400, expect.stringContaining('{} removes them all')]);
    expect(await streamOf(hub, 'a')).toMatchObject({ name: 'kept' });
  });

  it.each([
    ['a date of JavaScript', new Date(1714979289123), '2024-05-06T07:08:09.123Z'],
    ['a text', '2024-05-06T07:08:09.123456789+02:00', '2024-05-06T07:08:09.123456789+02:00'],
  ])('take timeOfRecording in MessagePack as %s', async (_, timeOfRecording, expected) => {
    const hub = await shared.hub();
    const connection = await connectMessagePack(hub);
    await connection.invoke('UpdateStream', topic, 'a', { timeOfRecording });
    expect(await streamOf(hub, 'a')).toMatchObject({ timeOfRecording: expected });
  });

  it.each([
    [1714979289, 0, '2024-05-06T07:08:09.000Z'],
    [1714979289, 123456789, '2024-05-06T07:08:09.123456789Z'],
    [-1, 1, '1969-12-31T23:59:59.000000001Z'],
  ])('keep all nanoseconds of timeOfRecording: %d s and %d ns', async (sec, nsec, expected) => {
    const hub = await shared.hub();
    await invokeRaw(hub, 'UpdateStream', [topic, 'a', { TimeOfRecording: nanoseconds(sec, nsec) }]);
    expect(await streamOf(hub, 'a')).toMatchObject({ timeOfRecording: expected });
  });

  it.each([
    [
      'a number in tags',
      [{ id: 'a', timestamp: '1714979289000000000', tags: { t: 1 } }],
      /tags\.t: the tag is a number, not a string/,
    ],
    [
      'a truth in tags',
      [{ id: 'a', timestamp: '1714979289000000000', tags: { t: true } }],
      /the tag is true, not a string/,
    ],
    ['null in tags', [{ id: 'a', timestamp: '1714979289000000000', tags: { t: null } }], /the tag is null/],
    ['a number as id', [{ id: 7, timestamp: '1714979289000000000' }], /id is a number, not a string/],
    ['a number as value', [{ id: 'a', timestamp: '1714979289000000000', value: 7 }], /value is a number, not a string/],
    ['another case', [{ ID: 'a', timestamp: '1714979289000000000' }], /unknown property "ID"/],
    ['a fraction', [{ id: 'a', timestamp: 1714979289.5 }], /is not an integer of nanoseconds/],
  ])('are told what is wrong with %s', async (_, events, reason) => {
    const hub = await shared.hub();
    const connection = await hub.connect();
    await expect(connection.invoke('SendEventData', topic, 's', events)).rejects.toThrow(reason);
  });

  it.each([
    ['a topic that is a number', [7, 's', []], /invalid_name: the topic name is not a string/],
    ['a stream id that is a number', ['cars', 7, []], /invalid_name: the stream id is not a string/],
  ])('are told what is wrong with %s', async (_, args, reason) => {
    const hub = await shared.hub();
    const connection = await hub.connect();
    await expect(connection.invoke('SendEventData', ...args)).rejects.toThrow(reason);
  });
});
