import { HttpTransportType } from '@microsoft/signalr';
import { RoundRobinProxy } from '../signalr/support/round-robin-proxy';
import { LIBRARIES } from './support/redis-libraries';
import { missing, RedisProcess } from './support/redis-process';
import { type Listener, ServerGroup, until } from './support/server-group';

const MISSING = missing();
if (MISSING !== undefined) process.stdout.write(`not run: ${MISSING}\n`);
const suite = MISSING === undefined ? describe : describe.skip;

suite.each(LIBRARIES)('three servers on Redis, through %s', (library) => {
  let redis: RedisProcess;
  let group: ServerGroup;
  let members: Listener[];

  beforeAll(async () => {
    redis = await RedisProcess.start();
    group = await ServerGroup.start(library, redis.port);
  });

  beforeEach(async () => {
    members = await Promise.all([
      group.connectTo(0, { user: 'ann' }),
      group.connectTo(1, { user: 'ann', messagePack: true }),
      group.connectTo(2, { user: 'bob' }),
    ]);
    for (const member of members) {
      await until(async () => {
        const { connected, servers } = await group.status(member);
        return connected && servers === 2;
      });
    }
  });

  afterEach(async () => {
    await group.disconnect();
  });

  afterAll(async () => {
    await group.close();
    await redis.close();
  });

  const [a, b, c] = [0, 1, 2].map((index) => (): Listener => members[index]!) as [
    () => Listener,
    () => Listener,
    () => Listener,
  ];

  /** What everybody has heard when a mark of the same sender has arrived at all: only what one sends keeps order. */
  async function heard(sender = a()): Promise<unknown[][]> {
    await sender.connection.invoke('ToAll', 'mark');
    await until(() => members.every((member) => member.heard.includes('mark')));
    return members.map((member) => member.heard.splice(0).filter((value) => value !== 'mark'));
  }

  it('reach each other: all, others, users, groups, one', async () => {
    await a().connection.invoke('ToAll', { all: [1, null, 'ü'] });
    expect(await heard()).toEqual([[{ all: [1, null, 'ü'] }], [{ all: [1, null, 'ü'] }], [{ all: [1, null, 'ü'] }]]);
    await a().connection.invoke('ToOthers', 2);
    expect(await heard()).toEqual([[], [2], [2]]);
    await a().connection.invoke('ToUser', 'ann', 3);
    expect(await heard()).toEqual([[3], [3], []]);
    await a().connection.invoke('ToClient', c().id, 4);
    expect(await heard()).toEqual([[], [], [4]]);
  });

  it('have groups together: with members everywhere, put in from everywhere, each called once', async () => {
    await b().connection.invoke('Join', 'red');
    await b().connection.invoke('Join', 'blue');
    await a().connection.invoke('Put', c().id, 'blue');
    await a().connection.invoke('ToGroups', ['red'], 1);
    expect(await heard()).toEqual([[], [1], []]);
    await a().connection.invoke('ToGroups', ['red', 'blue'], 2);
    expect(await heard()).toEqual([[], [2], [2]]);
    await a().connection.invoke('Take', c().id, 'blue');
    await a().connection.invoke('ToGroups', ['blue'], 3);
    expect(await heard()).toEqual([[], [3], []]);
  });

  it('keep the order of what one sends, whatever it is sent to', async () => {
    await c().connection.invoke('Join', 'red');
    await a().connection.invoke('Mixed', 'red', 'bob', c().id, 400);
    expect((await heard())[2]).toEqual(Array.from({ length: 400 }, (_, i) => i));
  });

  it('ask each other’s clients, JSON and MessagePack, and get each its own answer', async () => {
    const asked = Array.from({ length: 20 }, (_, i) => i);
    const answers = await Promise.all(
      asked.flatMap((i) => [b(), c()].map(({ id }) => a().connection.invoke<unknown>('Ask', id, [id, i, null]))),
    );
    expect(answers).toEqual(asked.flatMap((i) => [b(), c()].map(({ id }) => [[id, i, null], 'answered'])));
  });

  it('listen for nothing any more when everybody has left', async () => {
    await b().connection.invoke('Join', 'red');
    await a().connection.stop();
    const [rest] = [b()];
    await c().connection.stop();
    await rest.connection.stop();
    for (const index of [0, 1, 2]) {
      const anonymous = await group.connectTo(index);
      await until(async () => {
        const { subscriptions, waiting, connections } = await group.status(anonymous);
        return subscriptions === 0 && waiting === 0 && connections === 1;
      });
      await anonymous.connection.stop();
    }
  });

  it('go on alone while Redis is gone, say so, and find each other again', async () => {
    await b().connection.invoke('Join', 'red');
    const before = await group.status(a());
    await redis.stop();
    await until(async () => !(await group.status(a())).connected);
    const beside = await group.connectTo(0, { user: 'ann' });
    await beside.connection.invoke('Join', 'late');
    await a().connection.invoke('ToGroups', ['late'], 'here');
    await a().connection.invoke('ToUser', 'ann', 'both');
    await until(() => beside.heard.length === 2);
    expect(beside.heard).toEqual(['here', 'both']);
    expect(a().heard.splice(0)).toEqual(['both']);
    const during = await group.status(a());
    expect(during.gaps).toBeGreaterThan(before.gaps);
    expect(during.lostMessages).toBeGreaterThanOrEqual(before.lostMessages + 2);
    expect(during.logged).toContain('the backplane is gone: clients of other servers are not reached');

    await redis.start();
    for (const member of members) await until(async () => (await group.status(member)).connected);
    await until(async () => (await group.status(a())).servers === 2);
    expect((await group.status(a())).logged).toContain('the backplane is back');
    expect(await heard()).toEqual([[], [], []]);
    await b().connection.invoke('ToGroups', ['late'], 'again');
    await until(() => beside.heard.includes('again'));
    await a().connection.invoke('ToGroups', ['red'], 'old group');
    expect(await heard()).toEqual([[], ['old group'], []]);
  });

  describe.each(['WebSockets', 'ServerSentEvents', 'LongPolling'] as const)(
    'behind a balancer that sends each request to the next, over %s',
    (transport) => {
      let proxy: RoundRobinProxy;

      beforeEach(async () => {
        proxy = await RoundRobinProxy.before([0, 1, 2].map((index) => group.url(index)));
      });

      afterEach(async () => {
        await group.disconnect();
        proxy.close();
      });

      const anywhere = (user: string): Promise<Listener> =>
        group.connectAt(proxy.url, { user, transport: HttpTransportType[transport] });

      it('serve clients as one server would', async () => {
        const crowd = await Promise.all(['x', 'y', 'y', 'z'].map((user) => anywhere(user)));
        for (const member of crowd) await member.connection.invoke('Join', 'crowd');
        for (let i = 0; i < 5; i++) {
          for (const member of crowd) await member.connection.invoke('ToGroups', ['crowd'], `${member.id} ${i}`);
        }
        const said = crowd.flatMap(({ id }) => [0, 1, 2, 3, 4].map((i) => `${id} ${i}`)).sort();
        await until(() => crowd.every((member) => member.heard.length >= said.length));
        for (const member of crowd) expect([...member.heard].sort()).toEqual(said);
        const answer = await crowd[0]!.connection.invoke<unknown>('Ask', crowd[1]!.id, 'who');
        expect(answer).toEqual(['who', 'answered']);
        expect(proxy.answered.every((times) => times > 0)).toBe(true);
        expect(proxy.upgraded.every((times) => times > 0)).toBe(transport === 'WebSockets');
      });

      it('go on while Redis is gone', async () => {
        const member = await anywhere('x');
        await redis.stop();
        await until(async () => !(await group.status(a())).connected);
        for (let i = 0; i < 6; i++) await member.connection.invoke('ToClient', member.id, i);
        await until(() => member.heard.length === 6);
        await redis.start();
        for (const each of members) {
          await until(async () => {
            const { connected, servers } = await group.status(each);
            return connected && servers === 2;
          });
        }
      });
    },
  );

  it('settle what waits for one that is killed', async () => {
    const answer = new Promise<void>((resolve) => {
      c().connection.off('Question');
      c().connection.on('Question', () => {
        resolve();
        return new Promise(() => undefined);
      });
    });
    const negotiated = await fetch(`${group.url(2)}/negotiate?negotiateVersion=1`, { method: 'POST' });
    const { connectionToken } = (await negotiated.json()) as { connectionToken: string };
    const tokenUrl = `${group.url(0)}?id=${connectionToken}`;
    expect((await fetch(tokenUrl)).status).toBe(200);
    const asking = a().connection.invoke('Ask', c().id, 1);
    asking.catch(() => undefined);
    await answer;
    expect((await group.status(a())).waiting).toBe(1);
    await group.kill(2);
    await expect(asking).rejects.toThrow(`Connection '${c().id}' disconnected.`);
    await until(async () => (await group.status(b())).servers === 1);
    await expect(a().connection.invoke('Ask', c().id, 2)).rejects.toThrow("invoking 'Ask' on the server");
    await a().connection.invoke('Put', c().id, 'red');
    expect(await group.status(a())).toMatchObject({ servers: 1, waiting: 0, connected: true });
    // Whoever was connected there negotiates anew, at once.
    expect((await fetch(tokenUrl)).status).toBe(404);
    members.pop();
    await b().connection.invoke('ToAll', 'still');
    expect(await heard(b())).toEqual([['still'], ['still']]);
  });
});

suite('a server that is started without Redis', () => {
  it.each(LIBRARIES)('serves its own clients, says so, and joins when Redis comes: %s', async (library) => {
    const redis = await RedisProcess.prepare();
    const group = await ServerGroup.start(library, redis.port, 2);
    try {
      const [a, b] = [await group.connectTo(0, { user: 'ann' }), await group.connectTo(1, { user: 'ann' })];
      await a.connection.invoke('ToUser', 'ann', 'alone');
      await until(() => a.heard.includes('alone'));
      const unreachable = 'the backplane cannot be reached: clients of other servers are not reached';
      await until(async () => (await group.status(a)).logged.includes(unreachable));
      expect(await group.status(a)).toMatchObject({ connected: false, servers: 0 });
      await redis.start();
      await until(async () => (await group.status(a)).servers === 1 && (await group.status(b)).servers === 1);
      await a.connection.invoke('ToUser', 'ann', 'together');
      await until(() => b.heard.includes('together'));
      expect(b.heard).toEqual(['together']);
    } finally {
      await group.close();
      await redis.close();
    }
  });
});
