import {
  HttpTransportType,
  type HubConnection,
  HubConnectionBuilder,
  HubConnectionState,
  LogLevel,
} from '@microsoft/signalr';
import { RoundRobinProxy } from '../signalr/support/round-robin-proxy';
import { anyToken, HubProcess, readLive } from './support/hub-process';
import { describeKafka, freshPrefix } from './support/open-kafka-store';

describeKafka('hubs behind a balancer that sends each request to the next', () => {
  let hubs: HubProcess[];
  let proxy: RoundRobinProxy;
  const connections: HubConnection[] = [];

  function connect(transport: HttpTransportType, subject: string): HubConnection {
    const token = anyToken(subject);
    const connection = new HubConnectionBuilder()
      .withUrl(proxy.url, { transport, accessTokenFactory: () => token })
      .withAutomaticReconnect(Array.from({ length: 60 }, () => 100))
      .configureLogging(LogLevel.None)
      .build();
    connections.push(connection);
    return connection;
  }

  beforeEach(async () => {
    const prefix = freshPrefix();
    hubs = await Promise.all(Array.from({ length: 3 }, () => HubProcess.start({ prefix })));
    proxy = await RoundRobinProxy.before(hubs.map(({ url }) => `${url}/hub`));
  });

  afterEach(async () => {
    await Promise.all(connections.splice(0).map((connection) => connection.stop()));
    proxy.close();
  });

  it.each(['WebSockets', 'ServerSentEvents', 'LongPolling'] as const)('serve stock clients over %s', async (name) => {
    const topic = `by-${name}`;
    const writer = connect(HttpTransportType[name], 'writer');
    const reader = connect(HttpTransportType[name], 'reader');
    await Promise.all([writer.start(), reader.start()]);
    const sent = Array.from({ length: 30 }, (_, index) => `event-${index}`);
    await writer.invoke('SendEventData', topic, 's', [{ timestamp: 1, id: 'first', value: '' }]);
    const live = readLive(reader, topic, sent.length + 1);
    for (const [index, id] of sent.entries()) {
      await writer.invoke('SendEventData', topic, 's', [{ timestamp: index + 2, id, value: 'v' }]);
    }
    expect(await live).toEqual(['first', ...sent]);
    expect(proxy.answered.every((times, hub) => times + proxy.upgraded[hub]! > 0)).toBe(true);
  });

  it('go on when one of them is killed, and lose nothing that was acknowledged', async () => {
    const writer = connect(HttpTransportType.LongPolling, 'tireless');
    await writer.start();
    const acknowledged: string[] = [];
    const send = async (index: number): Promise<void> => {
      const id = `event-${index}`;
      try {
        await writer.invoke('SendEventData', 'kept', 's', [{ timestamp: index + 1, id, value: 'v' }]);
        acknowledged.push(id);
      } catch {
        // Its hub was killed: nobody knows. The next one is sent when there is another connection.
        while (writer.state !== HubConnectionState.Connected) {
          if (writer.state === HubConnectionState.Disconnected) await writer.start().catch(() => undefined);
          await new Promise(setImmediate);
        }
      }
    };
    for (let index = 0; index < 20; index++) await send(index);
    hubs[1]!.command.kill('SIGKILL');
    proxy.replace(1, hubs[0]!.url);
    for (let index = 20; index < 40; index++) await send(index);
    const stored = await hubs[2]!.idsOf('kept');
    expect(acknowledged.filter((id) => !stored.includes(id))).toEqual([]);
    expect(acknowledged.length).toBeGreaterThanOrEqual(38);
    expect(new Set(stored).size).toBe(stored.length);
  });
});
