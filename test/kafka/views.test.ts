import { randomBytes } from 'node:crypto';
import { HttpTransportType, type HubConnection, HubConnectionBuilder, LogLevel } from '@microsoft/signalr';
import { tokenIssuer } from '../../src/auth/token-issuer';
import { Command } from '../support/command';
import { temporaryDirectory } from '../support/temporary-directory';
import { describeKafka, freshPrefix } from './support/open-kafka-store';
import { BROKERS } from './support/suite-cluster';

const SECRET = randomBytes(32).toString('base64');

interface Hub {
  readonly command: Command;
  readonly url: string;
  readonly directory: string;
}

interface Page {
  readonly events: readonly { readonly id: string }[];
}

describeKafka('hubs that have views of some topics', () => {
  const { token } = tokenIssuer(SECRET, {})({ scopes: ['admin'], expiresIn: 600, subject: 'everybody' });
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const connections: HubConnection[] = [];
  let prefix: string;

  beforeEach(() => {
    prefix = freshPrefix();
  });

  afterEach(async () => {
    await Promise.all(connections.splice(0).map((connection) => connection.stop()));
  });

  async function startHub(view: string, directory = temporaryDirectory()): Promise<Hub> {
    const settings = {
      WRITER_HUB_STORE: 'kafka',
      WRITER_HUB_KAFKA_BROKERS: process.env[BROKERS]!,
      WRITER_HUB_KAFKA_PREFIX: prefix,
      WRITER_HUB_FORWARDING_HOST: '127.0.0.1',
      WRITER_HUB_JWT_SECRET: SECRET,
      WRITER_HUB_VIEW: view,
    };
    // The client library is installed where the suite is.
    const command = new Command(['serve', '--port', '0', '--data-dir', directory], settings, { cwd: __dirname });
    const [url] = await command.printed(/http:\/\/127\.0\.0\.1:\d+/);
    while (!(await fetch(`${url}/readyz`)).ok) await new Promise(setImmediate);
    return { command, url, directory };
  }

  /** Resolves when a hub can ask so many others. */
  async function linked({ url }: Hub, hubs: number): Promise<void> {
    const pattern = new RegExp(`^writer_hub_view_hubs ${hubs}$`, 'm');
    while (!pattern.test(await (await fetch(`${url}/metrics`)).text())) await new Promise(setImmediate);
  }

  async function post({ url }: Hub, topic: string, id: string, key = id): Promise<Response> {
    return fetch(`${url}/topics/${topic}/streams/s/events/data`, {
      method: 'POST',
      headers: { ...headers, 'idempotency-key': key },
      body: JSON.stringify([{ timestamp: 1, id, value: 'v' }]),
    });
  }

  async function idsAt({ url }: Hub, topic: string): Promise<string[]> {
    const answer = await fetch(`${url}/topics/${topic}/streams/s/events/data?limit=1000`, { headers });
    return ((await answer.json()) as Page).events.map(({ id }) => id);
  }

  async function connect({ url }: Hub): Promise<HubConnection> {
    const connection = new HubConnectionBuilder()
      .withUrl(`${url}/hub`, { transport: HttpTransportType.WebSockets, accessTokenFactory: () => token })
      .configureLogging(LogLevel.None)
      .build();
    connections.push(connection);
    await connection.start();
    return connection;
  }

  it('take, give back and tell live the same, whichever is asked', async () => {
    const hubs = await Promise.all([startHub('a*'), startHub('b*'), startHub('none')]);
    await Promise.all([linked(hubs[0], 2), linked(hubs[1], 2), linked(hubs[2], 2)]);
    const topics = ['apples', 'bees'];
    const live = new Map<string, string[]>();
    const readers = await Promise.all(hubs.map(connect));
    const expected = Array.from({ length: 30 }, (_, index) => `e${index}`);
    await Promise.all(topics.map((topic) => post(hubs[2], topic, 'first')));
    const done = Promise.all(
      topics.flatMap((topic) =>
        readers.map((reader, index) => {
          const got: string[] = [];
          live.set(`${topic} ${index}`, got);
          return new Promise<void>((resolve, reject) => {
            reader.stream<{ type: string; id: string }>('ReadEvents', topic, { from: 'earliest' }).subscribe({
              next: ({ type, id }) => {
                if (type === 'event') got.push(id);
                if (got.length === expected.length + 1) resolve();
              },
              error: reject,
              complete: () => undefined,
            });
          });
        }),
      ),
    );
    for (const [index, id] of expected.entries()) {
      for (const topic of topics) expect((await post(hubs[index % 3]!, topic, id)).status).toBe(200);
      // The same again at another hub.
      for (const topic of topics) expect((await post(hubs[(index + 1) % 3]!, topic, id)).status).toBe(200);
    }
    await done;
    for (const got of live.values()) expect(got).toEqual(['first', ...expected]);
    for (const topic of topics) {
      for (const hub of hubs) expect(await idsAt(hub, topic)).toEqual(['first', ...expected]);
    }
    const counts = hubs.map(async ({ url }) => {
      const query = encodeURIComponent('SELECT count() AS n FROM bees FORMAT JSONEachRow');
      return (await fetch(`${url}/v0/sql?q=${query}`, { headers })).text();
    });
    expect(await Promise.all(counts)).toEqual(hubs.map(() => '{"n":31}\n'));
  });

  it('lose nothing that was acknowledged when one with the view is killed, and go on with the other', async () => {
    const [one, two, writer] = await Promise.all([startHub('all'), startHub('all'), startHub('none')]);
    await linked(writer, 2);
    let isOver = false;
    const acknowledged: string[] = [];
    const send = async (topic: string): Promise<void> => {
      for (let index = 0; !isOver; index++) {
        const id = `${topic}-${index}`;
        // What is not answered with 200 is sent again under its key.
        while ((await post(writer, topic, id)).status !== 200) await new Promise(setImmediate);
        acknowledged.push(id);
      }
    };
    const topics = ['t1', 't2', 't3', 't4'];
    const senders = topics.map(send);
    const reach = async (count: number): Promise<void> => {
      while (acknowledged.length < count) await new Promise(setImmediate);
    };
    await reach(40);
    one.command.kill('SIGKILL');
    await reach(acknowledged.length + 40);
    const again = await startHub('all', one.directory);
    await linked(writer, 2);
    two.command.kill('SIGKILL');
    await reach(acknowledged.length + 40);
    isOver = true;
    await Promise.all(senders);
    for (const topic of topics) {
      const sent = acknowledged.filter((id) => id.startsWith(`${topic}-`));
      for (const hub of [again, writer]) expect(await idsAt(hub, topic)).toEqual(sent);
    }
  });
});
