import type { Scenario } from '../support/scenario';

/** Calls of client methods. */
export const serverToClient: readonly Scenario[] = [
  {
    name: 'has its methods called, with arguments of every kind, whatever case a name is in',
    run: async (kit) => {
      const connection = await kit.connect();
      const called = kit.calls(connection, 'HelloThere');
      const args = [null, 0, false, '', 'ü😀', [1, { a: null }], { b: [] }];
      await connection.invoke('SendTo', ['caller'], 'hellothere', args);
      await connection.invoke('SendTo', ['caller'], 'HelloThere', []);
      return [await called(), await called()];
    },
    expected: [[null, 0, false, '', 'ü😀', [1, { a: null }], { b: [] }], []],
  },
  {
    name: 'gets calls in the order they were made',
    run: async (kit) => {
      const connection = await kit.connect();
      const heard = kit.heard(connection, 'Number', 'end');
      const numbers = Array.from({ length: 60 }, (_, i) => i);
      for (const i of numbers) await connection.send('SendTo', ['caller'], 'Number', [i]);
      await connection.send('SendTo', ['caller'], 'Number', ['end']);
      return (await heard).join() === numbers.join();
    },
    expected: true,
  },
  {
    name: 'does not mind calls it has no method for',
    run: async (kit) => {
      const connection = await kit.connect();
      await connection.invoke('SendTo', ['caller'], 'Unheard', [1]);
      return connection.invoke<unknown>('EchoAny', 1);
    },
    expected: 1,
  },
  {
    name: 'is called before its first invocation, if it is called at its connection',
    run: async (kit) => {
      const connection = kit.build({ token: 'greeted' });
      const called = kit.calls(connection, 'Greeting');
      await connection.start();
      const [id] = await called();
      return kit.major < 3 || id === connection.connectionId ? 'greeted' : [id, connection.connectionId];
    },
    expected: 'greeted',
  },
  {
    name: 'may invoke from within a method that was called',
    run: async (kit) => {
      const connection = await kit.connect();
      const answer = new Promise((resolve) => {
        connection.on('Nested', (value: unknown) => {
          resolve(connection.invoke('EchoAny', value));
        });
      });
      await connection.invoke('SendTo', ['caller'], 'Nested', ['nested']);
      return answer;
    },
    expected: 'nested',
  },
  {
    name: 'is reached alone, among others, and by its id',
    since: 3,
    run: async (kit) => {
      const [a, b, c] = [await kit.connect(), await kit.connect(), await kit.connect()];
      const heard = [a, b, c].map((connection) => kit.heard(connection, 'M', 'end'));
      const [idA, idB, idC] = [a.connectionId, b.connectionId, c.connectionId];
      await a.invoke('SendTo', ['all'], 'M', ['all']);
      await a.invoke('SendTo', ['caller'], 'M', ['caller']);
      await a.invoke('SendTo', ['others'], 'M', ['others']);
      await a.invoke('SendTo', ['client', idB], 'M', ['client b']);
      await a.invoke('SendTo', ['clients', idB, idC, 'nobody'], 'M', ['clients b c']);
      await a.invoke('SendTo', ['allExcept', idA, idB], 'M', ['all except a b']);
      await a.invoke('SendTo', ['client', 'nobody'], 'M', ['nobody']);
      await a.invoke('SendTo', ['clients', idA, idB, idC], 'M', ['end']);
      return Promise.all(heard);
    },
    expected: [
      ['all', 'caller'],
      ['all', 'others', 'client b', 'clients b c'],
      ['all', 'others', 'clients b c', 'all except a b'],
    ],
  },
  {
    name: 'is reached in its groups, until it leaves them',
    since: 3,
    run: async (kit) => {
      const [a, b, c] = [await kit.connect(), await kit.connect(), await kit.connect()];
      const [red, blue] = [`${kit.key} red`, `${kit.key} blue`];
      const heard = [a, b, c].map((connection) => kit.heard(connection, 'M', 'end'));
      for (const connection of [a, b]) await connection.invoke('Join', red);
      await a.invoke('Join', red);
      await c.invoke('Join', blue);
      await c.invoke('Leave', red);
      await a.invoke('SendTo', ['group', red], 'M', ['red']);
      await a.invoke('SendTo', ['group', red.toUpperCase()], 'M', ['RED']);
      await a.invoke('SendTo', ['groups', red, blue], 'M', ['red and blue']);
      await a.invoke('SendTo', ['groupExcept', red, a.connectionId], 'M', ['red but a']);
      await b.invoke('SendTo', ['othersInGroup', red], 'M', ['red but b']);
      await b.invoke('Leave', red);
      await a.invoke('SendTo', ['group', red], 'M', ['red without b']);
      await c.stop();
      await c.start();
      await a.invoke('SendTo', ['group', blue], 'M', ['blue without c']);
      await a.invoke('SendTo', ['clients', ...[a, b, c].map(({ connectionId }) => connectionId)], 'M', ['end']);
      return Promise.all(heard);
    },
    expected: [
      ['red', 'red and blue', 'red but b', 'red without b'],
      ['red', 'red and blue', 'red but a'],
      ['red and blue'],
    ],
  },
  {
    name: 'is reached as its user, on every connection',
    run: async (kit) => {
      const [ann, bob] = [`${kit.key}-ann`, `${kit.key}-bob`];
      const connections = [];
      for (const token of [ann, ann, bob]) connections.push(await kit.connect({ token }));
      const heard = connections.map((connection) => kit.heard(connection, 'M', 'end'));
      const [first] = connections;
      await first?.invoke('SendTo', ['user', ann], 'M', ['ann']);
      await first?.invoke('SendTo', ['user', ann.toUpperCase()], 'M', ['ANN']);
      await first?.invoke('SendTo', ['users', ann, bob], 'M', ['ann and bob']);
      await first?.invoke('SendTo', ['user', bob], 'M', ['bob']);
      await first?.invoke('SendTo', ['users', ann, bob], 'M', ['end']);
      return Promise.all(heard);
    },
    expected: [
      ['ann', 'ann and bob'],
      ['ann', 'ann and bob'],
      ['ann and bob', 'bob'],
    ],
  },
];
