import { HttpTransportType, type HubConnection, HubConnectionBuilder, LogLevel } from '@microsoft/signalr';
import { anyToken, HubProcess, readLive } from './support/hub-process';
import { describeKafka, freshPrefix } from './support/open-kafka-store';

describeKafka('hubs that have views of some topics', () => {
  const connections: HubConnection[] = [];
  let prefix: string;

  beforeEach(() => {
    prefix = freshPrefix();
  });

  afterEach(async () => {
    await Promise.all(connections.splice(0).map((connection) => connection.stop()));
  });

  const startHub = (view: string): Promise<HubProcess> => HubProcess.start({ prefix, view });

  async function connect({ url }: HubProcess): Promise<HubConnection> {
    const connection = new HubConnectionBuilder()
      .withUrl(`${url}/hub`, {
        transport: HttpTransportType.WebSockets,
        accessTokenFactory: () => anyToken('everybody'),
      })
      .configureLogging(LogLevel.None)
      .build();
    connections.push(connection);
    await connection.start();
    return connection;
  }

  it('take, give back and tell live the same, whichever is asked', async () => {
    const hubs = await Promise.all([startHub('a*'), startHub('b*'), startHub('none')]);
    await Promise.all(hubs.map((hub) => hub.linked(2)));
    const topics = ['apples', 'bees'];
    const readers = await Promise.all(hubs.map(connect));
    const sent = Array.from({ length: 30 }, (_, index) => `e${index}`);
    const expected = ['first', ...sent];
    await Promise.all(topics.map((topic) => hubs[2].post(topic, 'first')));
    const live = topics.flatMap((topic) => readers.map((reader) => readLive(reader, topic, expected.length)));
    for (const [index, id] of sent.entries()) {
      for (const topic of topics) expect((await hubs[index % 3]!.post(topic, id)).status).toBe(200);
      // The same again at another hub.
      for (const topic of topics) expect((await hubs[(index + 1) % 3]!.post(topic, id)).status).toBe(200);
    }
    for (const ids of await Promise.all(live)) expect(ids).toEqual(expected);
    for (const topic of topics) {
      for (const hub of hubs) expect(await hub.idsOf(topic)).toEqual(expected);
    }
    const query = encodeURIComponent('SELECT count() AS n FROM bees FORMAT JSONEachRow');
    const counts = hubs.map(async (hub) => (await hub.fetch(`/v0/sql?q=${query}`)).text());
    expect(await Promise.all(counts)).toEqual(hubs.map(() => '{"n":31}\n'));
  });

  it('lose nothing that was acknowledged when one with the view is killed, and go on with the other', async () => {
    const [one, two, writer] = await Promise.all([startHub('all'), startHub('all'), startHub('none')]);
    await writer.linked(2);
    let isOver = false;
    const acknowledged: string[] = [];
    const send = async (topic: string): Promise<void> => {
      for (let index = 0; !isOver; index++) {
        const id = `${topic}-${index}`;
        // What is not answered with 200 is sent again under its key.
        while ((await writer.post(topic, id)).status !== 200) await new Promise(setImmediate);
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
    const again = await HubProcess.start({ prefix, directory: one.directory });
    await writer.linked(2);
    two.command.kill('SIGKILL');
    await reach(acknowledged.length + 40);
    isOver = true;
    await Promise.all(senders);
    for (const topic of topics) {
      const sent = acknowledged.filter((id) => id.startsWith(`${topic}-`));
      for (const hub of [again, writer]) expect(await hub.idsOf(topic)).toEqual(sent);
    }
  });
});
