import { type HubConnection, HubConnectionBuilder, LogLevel } from '@microsoft/signalr';
import { MessagePackHubProtocol } from '@microsoft/signalr-protocol-msgpack';
import { encode } from '@msgpack/msgpack';
import { WebSocket } from 'ws';
import { frameBody } from '../signalr/support/binary-client';
import { atEnd, TestHub, token } from '../support/test-hub';

const stored = (stream: string): string => `/topics/cars/streams/${stream}/events/data`;

async function connect(hub: TestHub): Promise<HubConnection> {
  const connection = new HubConnectionBuilder()
    .withUrl(`${hub.url}/hub`, { accessTokenFactory: () => token('admin') })
    .withHubProtocol(new MessagePackHubProtocol())
    .configureLogging(LogLevel.None)
    .build();
  await connection.start();
  atEnd(() => connection.stop());
  return connection;
}

describe('/hub in MessagePack', () => {
  it('stores of events exactly what it stores of them in JSON', async () => {
    const hub = await TestHub.start();
    const events = [
      {
        id: 'Alert',
        timestamp: 1618133869000000000,
        value: 'Help "me"\n\\ ü \u2028\u0001',
        tags: { capacity: 'over' },
      },
      { id: 'ü', timestamp: 0, value: '', tags: {} },
      { Id: 'Pascal', Timestamp: '1618133869000000001', Value: 'x', Tags: null },
    ];
    const [json, messagePack] = [await hub.connect(), await connect(hub)];
    await json.invoke('SendEventData', 'cars', 'json', events);
    await messagePack.invoke('SendEventData', 'cars', 'messagepack', events);
    const text = async (stream: string): Promise<string> =>
      (await hub.read(stored(stream))).replaceAll(/"offset":"\d+"/g, '"offset":"0"');
    expect(await text('messagepack')).toBe(await text('json'));
    expect(await text('messagepack')).toContain('1618133869000000001');
  });

  it('keeps all digits of a timestamp of 64 bits', async () => {
    const hub = await TestHub.start();
    const socket = new WebSocket(`${hub.url.replace('http', 'ws')}/hub?access_token=${token('admin')}`);
    await new Promise((resolve) => socket.once('open', resolve));
    const answered = new Promise((resolve) => {
      socket.on('message', (data: Buffer) => {
        if (data.includes('sent')) resolve(data);
      });
    });
    const event = { id: 'n', timestamp: 1_618_133_869_123_456_789n, value: 'x' };
    const message = [1, {}, 'sent', 'SendEventData', ['cars', 'exact', [event]], []];
    const body = frameBody(encode(message, { useBigInt64: true }));
    socket.send(Buffer.concat([Buffer.from('{"protocol":"messagepack","version":1}\x1e'), body]));
    await answered;
    socket.close();
    expect(await hub.read(stored('exact'))).toContain('"timestamp":1618133869123456789,');
  });

  it.each([
    [[{ id: 'a' }], 'timestamp'],
    [[{ id: 'a', timestamp: 1, value: NaN }], 'at [0]["value"]: NaN has no JSON form'],
    [[{ id: 'a', timestamp: 1, value: new Uint8Array(2), extra: 1 }], 'extra'],
  ])('refuses %j with a reason, and the connection goes on', async (events, reason) => {
    const hub = await TestHub.start();
    const connection = await connect(hub);
    await expect(connection.invoke('SendEventData', 'cars', 'car-1', events)).rejects.toThrow(reason);
    await connection.invoke('SendEventData', 'cars', 'car-1', [{ id: 'a', timestamp: 1, value: 'x' }]);
    expect(await hub.read('/topics/cars/streams/car-1')).toContain('"eventCount":1');
  });
});
