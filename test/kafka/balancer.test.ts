import { randomBytes } from 'node:crypto';
import path from 'node:path';
import {
  HttpTransportType,
  type HubConnection,
  HubConnectionBuilder,
  HubConnectionState,
  LogLevel,
} from '@microsoft/signalr';
import { tokenIssuer } from '../../src/auth/token-issuer';
import { RoundRobinProxy } from '../signalr/support/round-robin-proxy';
import { Command } from '../support/command';
import { temporaryDirectory } from '../support/temporary-directory';
import { describeKafka, freshPrefix } from './support/open-kafka-store';
import { BROKERS } from './support/suite-cluster';

const SECRET = randomBytes(32).toString('base64');

/** A hub as a process of its own. */
interface Hub {
  readonly command: Command;
  readonly url: string;
}

describeKafka('hubs behind a balancer that sends each request to the next', () => {
  let prefix: string;
  let hubs: Hub[];
  let proxy: RoundRobinProxy;
  const connections: HubConnection[] = [];

  async function startHub(): Promise<Hub> {
    const settings = {
      WRITER_HUB_STORE: 'kafka',
      WRITER_HUB_KAFKA_BROKERS: process.env[BROKERS]!,
      WRITER_HUB_KAFKA_PREFIX: prefix,
      WRITER_HUB_FORWARDING_HOST: '127.0.0.1',
      WRITER_HUB_JWT_SECRET: SECRET,
    };
    // The client library is installed where the suite is.
    const command = new Command(['serve', '--port', '0', '--data-dir', temporaryDirectory()], settings, {
      cwd: path.join(__dirname),
    });
    const [url] = await command.printed(/http:\/\/127\.0\.0\.1:\d+/);
    while (!(await fetch(`${url}/readyz`)).ok) await new Promise(setImmediate);
    return { command, url };
  }

  function connect(transport: HttpTransportType, subject: string): HubConnection {
    const { token } = tokenIssuer(SECRET, {})({ scopes: ['admin'], expiresIn: 600, subject });
    const connection = new HubConnectionBuilder()
      .withUrl(proxy.url, { transport, accessTokenFactory: () => token })
      .withAutomaticReconnect(Array.from({ length: 60 }, () => 100))
      .configureLogging(LogLevel.None)
      .build();
    connections.push(connection);
    return connection;
  }

  beforeEach(async () => {
    prefix = freshPrefix();
    hubs = await Promise.all([startHub(), startHub(), startHub()]);
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
    const got: string[] = [];
    const done = new Promise<void>((resolve, reject) => {
      reader.stream<{ type: string; id: string }>('ReadEvents', topic, { from: 'earliest' }).subscribe({
        next: ({ type, id }) => {
          if (type === 'event') got.push(id);
          if (got.length === sent.length + 1) resolve();
        },
        error: reject,
        complete: () => undefined,
      });
    });
    for (const [index, id] of sent.entries()) {
      await writer.invoke('SendEventData', topic, 's', [{ timestamp: index + 2, id, value: 'v' }]);
    }
    await done;
    expect(got).toEqual(['first', ...sent]);
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
    const { token } = tokenIssuer(SECRET, {})({ scopes: ['admin'], expiresIn: 600, subject: 'reader' });
    const answer = await fetch(`${hubs[2]!.url}/topics/kept/streams/s/events/data?limit=100`, {
      headers: { authorization: `Bearer ${token}` },
    });
    const { events } = (await answer.json()) as { events: { id: string }[] };
    const stored = events.map(({ id }) => id);
    expect(acknowledged.filter((id) => !stored.includes(id))).toEqual([]);
    expect(acknowledged.length).toBeGreaterThanOrEqual(38);
    expect(new Set(stored).size).toBe(stored.length);
  });
});
