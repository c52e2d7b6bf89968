import type { HubConnection } from '@microsoft/signalr';
import { HttpPeer } from '../signalr/support/http-peer';
import { atEnd, TestHub, token } from '../support/test-hub';
import { Collected, connectBy } from './support/hub-clients';

const WORKSPACE = 'demo-chatappdemo-dev';

interface Data {
  readonly topicId: string;
  readonly streamId: string;
  readonly timestamps: number[];
  readonly numericValues: Record<string, unknown[]>;
  readonly stringValues: Record<string, unknown[]>;
  readonly tagValues: Record<string, unknown[]>;
}

/** What a public client of Quix has: a connection to the Reader, and one to the Writer. */
async function clients(hub: TestHub): Promise<{ reader: HubConnection; writer: HubConnection }> {
  const bearer = token('create', 'read:*');
  return { reader: await connectBy(hub, { bearer }), writer: await connectBy(hub, { bearer }) };
}

/** The text of what is kept of a stream. */
async function kept(hub: TestHub, topic: string, streamId: string): Promise<string> {
  return hub.read(`/topics/${topic}/streams/${streamId}/parameters/data`);
}

const start = (): Promise<TestHub> => TestHub.start({ shutdownTimeout: 200, workspace: WORKSPACE });

describe('public clients of Quix, call by call', () => {
  it('the chat demo: ids of topics, tags without a value, empty messages, rooms that change', async () => {
    const hub = await start();
    const { reader, writer } = await clients(hub);
    const topic = `${WORKSPACE}-messages`;
    const received = new Collected<Data>();
    reader.on('ParameterDataReceived', received.add);
    await reader.invoke('SubscribeToParameter', topic, 'room', 'chat-message');
    await reader.invoke('SubscribeToParameter', topic, 'other', 'chat-message');
    await reader.invoke('UnsubscribeFromParameter', topic, 'other', 'chat-message');
    const timestamp = 1697020374684 * 1000000;
    const message = (text: string, room: string): object => ({
      timestamps: [timestamp],
      tagValues: { room: [room], role: ['Customer'], name: ['Ann'], draft_id: [undefined] },
      stringValues: { 'chat-message': [text] },
    });
    await writer.invoke('SendParameterData', topic, 'other', message('elsewhere', 'other'));
    for (const text of ['', 'hello']) await writer.invoke('SendParameterData', topic, 'room', message(text, 'room'));
    await received.count(2);
    // The page compares the id of the topic, and the timestamp as a number.
    expect(received.all).toMatchObject([
      { topicId: topic, streamId: 'room', timestamps: [timestamp], stringValues: { 'chat-message': [''] } },
      { topicId: topic, streamId: 'room', numericValues: {}, stringValues: { 'chat-message': ['hello'] } },
    ]);
    expect(received.all[1]!.tagValues).toEqual({
      ...{ room: ['room'], role: ['Customer'] },
      ...{ name: ['Ann'], draft_id: [null] },
    });
    expect(await kept(hub, 'messages', 'room')).toContain('"chat-message":["","hello"]');
  });

  it('the phone page: a package for each motion, not waited for', async () => {
    const hub = await start();
    const { reader, writer } = await clients(hub);
    const received = new Collected<Data>();
    reader.on('ParameterDataReceived', received.add);
    await reader.invoke('SubscribeToParameter', 'phone-data', '*', '*');
    await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        writer.invoke('SendParameterData', 'phone-data', 'player-1', {
          timestamps: [(1697020374000 + 20 * index) * 1000000],
          // A machine without the sensor gives null.
          numericValues: { Y_grav: [index % 2 === 0 ? index / 8 : null], throttle: [index], brake: [0] },
          tagValues: { Player: ['Ann'] },
        }),
      ),
    );
    await received.count(50);
    expect(received.all.map(({ numericValues }) => numericValues['throttle']![0])).toEqual(
      Array.from({ length: 50 }, (_, index) => index),
    );
  });

  it('the companion app: UpdateStream with an id of its own, absent members as null', async () => {
    const hub = await start();
    const { reader, writer } = await clients(hub);
    const notified = new Collected<{ readonly id: string; readonly value: string }>();
    reader.on('EventDataReceived', notified.add);
    await reader.invoke('SubscribeToEvent', 'notifications', 'rider-1-3f2a9c', 'notification');
    await writer.invoke('UpdateStream', 'phone', 'rider-1-3f2a9c', {
      name: 'Morning',
      location: 'team/rider',
      metadata: { rider: 'rider', createdAt: '2023-10-11T10:32:54.6840268+00:00' },
    });
    await writer.invoke('SendParameterData', 'phone', 'rider-1-3f2a9c', {
      epoch: 0,
      timestamps: [1697020374684026880n.toString()],
      numericValues: { Latitude: [51.5], Heartrate: [72] },
      stringValues: null,
      binaryValues: null,
      tagValues: { lap: ['1'] },
    });
    await writer.invoke('SendEventData', 'notifications', 'rider-1-3f2a9c', [
      { id: 'notification', timestamp: 1697020374684 * 1000000, value: '{"title":"Slow down"}', tags: null },
    ]);
    await writer.invoke('CloseStream', 'phone', 'rider-1-3f2a9c');
    expect((await notified.count(1))[0]).toMatchObject({ id: 'notification', value: '{"title":"Slow down"}' });
    const text = await kept(hub, 'phone', 'rider-1-3f2a9c');
    expect(text).toContain('"timestamps":[1697020374684026880],');
    expect(JSON.parse(text)).toMatchObject({ numericValues: { Latitude: [51.5], Heartrate: [72] } });
    const stream = JSON.parse(await hub.read('/topics/phone/streams/rider-1-3f2a9c')) as object;
    expect(stream).toMatchObject({ name: 'Morning', status: 'closed' });
  });

  it('dashboards in Python: signalrcore before 1.0, which waits for nothing and gives all its calls one id', async () => {
    const hub = await start();
    const authorization = `Bearer ${token('create', 'read:*')}`;
    const [peer, records] = await HttpPeer.serverSentEvents(`${hub.url}/hub`, { authorization });
    atEnd(() => void records.response.destroy());
    const invoke = (target: string, ...args: string[]): string =>
      `{"type":1,"invocationId":"one","target":"${target}","arguments":["cars","car-1",${args.join()}]}`;
    const data = '{"timestamps":[1697020374684026880],"numericValues":{"Speed":[1.5]}}';
    const sending = invoke('SendParameterData', data);
    await peer.post([invoke('SubscribeToParameter', '"Speed"'), sending, sending, sending].join('\x1e'));
    const received: string[] = [];
    while (received.length < 7) received.push(await records.next());
    expect(received.filter((record) => record === '{"type":3,"invocationId":"one","result":null}')).toHaveLength(4);
    expect(received.filter((record) => record.includes('"ParameterDataReceived"'))).toHaveLength(3);
  });

  it("the documentation's parameter data, as it stands", async () => {
    const hub = await start();
    const { writer } = await clients(hub);
    await writer.invoke('SendParameterData', 'cars', 'car-1', {
      epoch: 1697020374684 * 1000000,
      timestamps: [0, 5000000000, 8000000000],
      numericValues: { NumericParameter1: [13.37, 42, 24.72] },
      stringValues: { StringParameter1: ['Hello', 'World', '!'] },
      binaryValues: { BinaryParameter1: [btoa('Hello'), btoa('World'), btoa('!')] },
      tagValues: { Tag1: ['A', 'B', null] },
    });
    expect(await kept(hub, 'cars', 'car-1')).toBe(
      '{"epoch":0,"timestamps":[1697020374684000000,1697020379684000000,1697020382684000000],' +
        '"numericValues":{"NumericParameter1":[13.37,42,24.72]},"stringValues":{"StringParameter1":["Hello","World","!"]},' +
        '"binaryValues":{"BinaryParameter1":["SGVsbG8=","V29ybGQ=","IQ=="]},"tagValues":{"Tag1":["A","B",null]},"next":null}',
    );
  });
});
