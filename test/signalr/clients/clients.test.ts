import { defineHub, type HubContext, type HubServer, method } from '../../../src/signalr';
import { type HubOptions, type RunningHub, useHubs } from '../support/hub-servers';
import type { WireClient } from '../support/wire-client';

const hubs = useHubs();

const circular: unknown[] = [];
circular.push(circular);

const hub = defineHub({
  Id: method([], ({ connectionId }: HubContext) => connectionId),
  User: method([], ({ userId }: HubContext) => userId ?? 'nobody'),
  Join: method(['string'], ({ groups, connectionId }: HubContext, name) => groups.add(connectionId, name)),
  JoinUnwatched: method(['string'], ({ groups, connectionId }: HubContext, name) => {
    void groups.add(connectionId, name);
  }),
  Others: method([], ({ clients }: HubContext) => clients.others.send('M')),
  OthersIn: method(['string'], ({ clients }: HubContext, name) => clients.othersInGroup(name).send('M')),
  Caller: method([], ({ clients }: HubContext) => clients.caller.send('M')),
  Wrong: method([], ({ clients }: HubContext) => clients.all.send('M', circular)),
  Note: method(['string'], ({ items }: HubContext, note) => {
    const before: unknown = items.get('note') ?? null;
    items.set('note', note);
    return before;
  }),
});

interface Crowd {
  readonly running: RunningHub<undefined>;
  readonly server: HubServer;
  readonly clients: WireClient[];
  readonly ids: string[];
  /** The messages each client received after a call, by index; the others received none. */
  readonly heard: (act: () => unknown) => Promise<number[]>;
}

/** Connects `count` clients to one server; those of even index are the user `even`, the others `odd`. */
async function crowd(count: number, options: HubOptions = {}): Promise<Crowd> {
  let next = 0;
  const authenticate = () => ({ principal: undefined, userId: next++ % 2 === 0 ? 'even' : 'odd' });
  const running = await hubs.run<undefined>(hub, { ...options, authenticate });
  const clients: WireClient[] = [];
  for (let i = 0; i < count; i++) clients.push(await running.connect());
  const ids: string[] = [];
  for (const client of clients) ids.push(((await client.invoke('Id')) as { result: string }).result);
  return {
    running,
    server: running.server,
    clients,
    ids,
    async heard(act) {
      await act();
      void running.server.clients.all.send('end');
      const hearing: number[] = [];
      for (const [i, client] of clients.entries()) {
        for (;;) {
          const { target } = (await client.nextMessage()) as { target?: string };
          if (target === 'end') break;
          if (target === 'M') hearing.push(i);
        }
      }
      return hearing;
    },
  };
}

describe('server › clients', () => {
  it('are reached all, one by one, or all but some', async () => {
    const { server, ids, heard } = await crowd(3);
    const { clients } = server;
    const [a = '', b = '', c = ''] = ids;
    expect(await heard(() => clients.all.send('M'))).toEqual([0, 1, 2]);
    expect(await heard(() => clients.allExcept([a, c, 'nobody']).send('M'))).toEqual([1]);
    expect(await heard(() => clients.client(b).send('M'))).toEqual([1]);
    expect(await heard(() => clients.clients([c, a, c]).send('M'))).toEqual([0, 2]);
  });

  it('get the call as it is written', async () => {
    const { server, clients } = await crowd(1);
    expect(await server.clients.all.send('M', 1, 'zwei', null)).toBe(true);
    expect(await clients[0]?.next()).toBe('{"type":1,"target":"M","arguments":[1,"zwei",null]}');
  });

  it('are reached as users, each connection once', async () => {
    const { server, heard } = await crowd(4);
    const { clients } = server;
    expect(await heard(() => clients.user('even').send('M'))).toEqual([0, 2]);
    expect(await heard(() => clients.user('EVEN').send('M'))).toEqual([]);
    expect(await heard(() => clients.users(['even', 'odd', 'even', 'nobody']).send('M'))).toEqual([0, 1, 2, 3]);
  });

  it('are reached in groups, each once, until they leave them', async () => {
    const { server, ids, heard } = await crowd(3);
    const { clients, groups } = server;
    const [a = '', b = ''] = ids;
    await groups.add(a, 'red');
    await groups.add(a, 'red');
    // Nothing needs to be awaited for a connection of this server.
    void groups.add(b, 'red');
    void groups.add(b, 'blue');
    void groups.add('nobody', 'red');
    expect(await heard(() => clients.group('red').send('M'))).toEqual([0, 1]);
    expect(await heard(() => clients.group('RED').send('M'))).toEqual([]);
    expect(await heard(() => clients.groupExcept('red', [a]).send('M'))).toEqual([1]);
    expect(await heard(() => clients.groups(['red', 'blue', 'none']).send('M'))).toEqual([0, 1]);
    await groups.remove(b, 'red');
    await groups.remove(b, 'red');
    void groups.remove('nobody', 'red');
    expect(await heard(() => clients.group('red').send('M'))).toEqual([0]);
  });

  it('leave all groups when they go', async () => {
    const { server, clients, ids } = await crowd(2);
    await server.groups.add(ids[0] ?? '', 'red');
    clients[0]?.socket.terminate();
    await clients[0]?.closed;
    await clients[1]?.settle();
    expect(await server.clients.group('red').send('M')).toBe(true);
    expect(await server.clients.client(ids[0] ?? '').send('M')).toBe(false);
    await server.groups.add(ids[0] ?? '', 'red');
  });

  it('are seen from one of them: the caller and the others', async () => {
    const { clients, heard } = await crowd(3);
    const invoke = (i: number, target: string, ...args: string[]): Promise<unknown> =>
      clients[i]!.invoke(target, ...args);
    expect(await heard(() => invoke(1, 'Others'))).toEqual([0, 2]);
    for (const i of [0, 1]) await invoke(i, 'Join', 'red');
    expect(await heard(() => invoke(1, 'OthersIn', 'red'))).toEqual([0]);
    clients[1]?.send('{"type":1,"target":"Caller","arguments":[]}');
    expect(await clients[1]?.nextMessage()).toMatchObject({ target: 'M' });
  });

  it('are not reached before their handshake', async () => {
    const { running } = await crowd(0);
    const silent = await running.open();
    expect(await running.server.clients.all.send('M')).toBe(true);
    await silent.settle();
    expect(silent.unread).toEqual([]);
  });

  it('hear nothing of a call that has no encoding, which is an error of who calls', async () => {
    const { running, clients } = await crowd(2);
    expect(() => running.server.clients.all.send('M', circular)).toThrow(TypeError);
    expect(await clients[0]?.invoke('Wrong')).toMatchObject({ error: expect.stringContaining("'Wrong'") as string });
    expect(running.log.takeErrors()).toEqual(['hub method failed']);
    await clients[1]?.settle();
    expect(clients[1]?.unread).toEqual([]);
  });
});

describe('server › clients › slow', () => {
  it('does not hold up the others, is told of, and is dropped at its limit', async () => {
    const { running, clients, ids } = await crowd(3, { maximumSendBufferSize: 500_000 });
    const [slow, quick] = clients;
    slow?.socket.pause();
    const text = 'x'.repeat(50_000);
    let sent = 0;
    let told = false;
    while (running.server.connections === 3) {
      // The slow one is dropped at last, which ends the wait for it.
      void running.server.clients.all.send('M', text).then((took) => (told ||= !took));
      sent++;
      await quick?.next();
      await clients[2]?.next();
    }
    await new Promise(setImmediate);
    expect(told).toBe(true);
    expect(sent).toBeGreaterThan(10);
    expect(await running.server.clients.client(ids[0] ?? '').send('M')).toBe(false);
    expect(await running.server.clients.all.send('M', 'still')).toBe(true);
    expect(await quick?.nextMessage()).toMatchObject({ arguments: ['still'] });
    slow?.socket.resume();
    expect(running.log.takeErrors()).toEqual(['limit reached']);
  });
});

describe('context', () => {
  it('knows the user that authenticate named', async () => {
    const { clients } = await crowd(2);
    expect(await clients[1]?.invoke('User')).toMatchObject({ result: 'odd' });
  });

  it('remembers items for its connection, from one invocation to the next', async () => {
    const { clients } = await crowd(2);
    expect(await clients[0]?.invoke('Note', 'first')).toMatchObject({ result: null });
    expect(await clients[0]?.invoke('Note', 'second')).toMatchObject({ result: 'first' });
    expect(await clients[1]?.invoke('Note', 'other')).toMatchObject({ result: null });
  });

  it('puts a connection into no more groups than it may be in', async () => {
    const { clients, server } = await crowd(1, { maximumGroupsPerConnection: 2 });
    for (const name of ['a', 'b', 'a']) expect(await clients[0]?.invoke('Join', name)).toMatchObject({ result: null });
    const text =
      "An unexpected error occurred invoking 'Join' on the server. HubException: a connection may be in 2 groups at most";
    expect(await clients[0]?.invoke('Join', 'c')).toEqual({ type: 3, invocationId: 'i', error: text });
    void server.clients.group('c').send('M');
    expect(await clients[0]?.invoke('User')).toMatchObject({ result: 'even' });
  });

  it('goes on when nobody looks at what adding to a group came to', async () => {
    const { clients } = await crowd(1, { maximumGroupsPerConnection: 1 });
    for (const name of ['a', 'b', 'c']) {
      expect(await clients[0]?.invoke('JoinUnwatched', name)).toMatchObject({ result: null });
    }
    expect(await clients[0]?.invoke('Join', 'd')).toMatchObject({
      error: expect.stringContaining('a connection may be in 1 groups at most') as string,
    });
  });
});

describe('hooks', () => {
  it('may call clients and use groups: at the beginning all of them, at the end the others', async () => {
    const greeting = defineHub(
      { Nothing: method([], () => undefined) },
      {
        onConnected: ({ caller, clients, groups, connectionId }) => {
          void groups.add(connectionId, 'all');
          void caller.send('Welcome');
          void clients.others.send('Joined');
        },
        onDisconnected: ({ clients }, error) => {
          void clients.group('all').send('Left', error?.message ?? 'in good order');
        },
      },
    );
    const running = await hubs.run(greeting, {});
    const first = await running.connect();
    expect(await first.nextMessage()).toMatchObject({ target: 'Welcome' });
    const second = await running.connect();
    expect(await second.nextMessage()).toMatchObject({ target: 'Welcome' });
    expect(await first.nextMessage()).toMatchObject({ target: 'Joined' });
    second.socket.terminate();
    expect(await first.nextMessage()).toMatchObject({ target: 'Left', arguments: ['the connection was lost'] });
    const third = await running.connect();
    expect(await first.nextMessage()).toMatchObject({ target: 'Joined' });
    third.socket.close();
    expect(await first.nextMessage()).toMatchObject({ target: 'Left', arguments: ['in good order'] });
  });
});
