import type { Scenario } from '../support/scenario';

/** Invoking methods of the server. */
export const invocations: readonly Scenario[] = [
  {
    name: 'connects, invokes and stops',
    run: async (kit) => {
      const connection = await kit.connect();
      const answer = await connection.invoke<unknown>('EchoAny', 1);
      const closed = kit.closed(connection);
      await connection.stop();
      return [answer, await closed];
    },
    expected: [1, null],
  },
  {
    name: 'knows its connection id',
    since: 3,
    run: async (kit) => {
      const connection = await kit.connect({ token: 'greeted' });
      return /^[\w-]{22}$/.test(connection.connectionId ?? '');
    },
    expected: true,
  },
  {
    name: 'starts again after it has stopped',
    run: async (kit) => {
      const connection = await kit.connect();
      await connection.stop();
      await connection.start();
      return connection.invoke<unknown>('Echo', 'again');
    },
    expected: 'again',
  },
  {
    name: 'gets back what it sends, of every kind',
    run: async (kit) => {
      const connection = await kit.connect();
      const values = [
        null,
        0,
        -1,
        1.5,
        1e21,
        9007199254740991,
        -9007199254740991,
        false,
        true,
        '',
        'ü\u2028😀\u001e"\\',
        [],
        {},
        [1, [2, [null]]],
        { a: { b: null }, '': 0, é: ['x'] },
        'long'.repeat(1000),
      ];
      const answers = [];
      for (const value of values) answers.push(await connection.invoke<unknown>('EchoAny', value));
      return JSON.stringify(answers) === JSON.stringify(values) ? 'the same' : answers;
    },
    expected: 'the same',
  },
  {
    name: 'gets results that are not there yet, and null where there is none',
    run: async (kit) => {
      const connection = await kit.connect();
      return [
        await connection.invoke<unknown>('EchoLater', { later: true }),
        await connection.invoke<unknown>('Nothing'),
        await connection.invoke<unknown>('NothingLater'),
      ];
    },
    expected: [{ later: true }, null, null],
  },
  {
    name: 'may leave out an optional argument, and write a name in any case',
    run: async (kit) => {
      const connection = await kit.connect();
      return [
        await connection.invoke<unknown>('Greet', 'Ann'),
        await connection.invoke<unknown>('gREET', 'Ann', 'Good day'),
        await connection.invoke<unknown>('add', 1, 2),
      ];
    },
    expected: ['Hello Ann', 'Good day Ann', 3],
  },
  {
    name: 'is told what went wrong, in the words of ASP.NET Core',
    run: async (kit) => {
      const connection = await kit.connect();
      const calls: [string, ...unknown[]][] = [
        ['Refuse'],
        ['RefuseLater'],
        ['Break'],
        ['Circular'],
        ['NoSuchMethod'],
        ['NoSuchMethod', 1],
        ['Text'],
        ['Text', 'a', 'b'],
        ['Text', 5],
        ['Count', 5],
      ];
      const texts = [];
      for (const [name, ...args] of calls) texts.push(await kit.failure(connection.invoke(name, ...args)));
      return [...texts, await connection.invoke<unknown>('Echo', 'still there')];
    },
    expected: [
      "An unexpected error occurred invoking 'Refuse' on the server. HubException: not for you",
      "An unexpected error occurred invoking 'RefuseLater' on the server. HubException: not for you, later",
      "An unexpected error occurred invoking 'Break' on the server.",
      "An unexpected error occurred invoking 'Circular' on the server.",
      "Failed to invoke 'NoSuchMethod' due to an error on the server. HubException: Method does not exist.",
      "Failed to invoke 'NoSuchMethod' due to an error on the server. HubException: Method does not exist.",
      "Failed to invoke 'Text' due to an error on the server.",
      "Failed to invoke 'Text' due to an error on the server.",
      "Failed to invoke 'Text' due to an error on the server.",
      "The client attempted to invoke the streaming 'Count' method with a non-streaming invocation.",
      'still there',
    ],
  },
  {
    name: 'sends without waiting, errors and all',
    run: async (kit) => {
      const connection = await kit.connect();
      await connection.send('Refuse');
      await connection.send('NoSuchMethod', 1);
      await connection.send('Note', kit.key, 'sent');
      return connection.invoke<unknown>('Noted', kit.key);
    },
    expected: 'sent',
  },
  {
    name: 'gets every answer to many invocations at once, which run in the order of sending',
    // The first major sends each in a POST of its own, all at once.
    where: ({ transport, major }) => transport === 'WebSockets' || major >= 3,
    run: async (kit) => {
      const connection = await kit.connect();
      const numbers = Array.from({ length: 100 }, (_, i) => i);
      const answers = numbers.flatMap((i) => [
        connection.invoke<unknown>('EchoLater', i),
        connection.invoke<unknown>('Note', kit.key, i),
      ]);
      await Promise.all(answers);
      const order = await Promise.all(numbers.map(() => connection.invoke<unknown>('Noted', kit.key)));
      const got = await Promise.all(answers.filter((_, i) => i % 2 === 0));
      return [order, got].every((list) => list.join() === numbers.join()) ? 'in order' : [order, got];
    },
    expected: 'in order',
  },
  {
    name: 'sends and gets large messages',
    run: async (kit) => {
      const connection = await kit.connect();
      const text = 'lärge'.repeat(160_000);
      const echoed = await connection.invoke<unknown>('Echo', text);
      const made = await connection.invoke<string>('Large', 1_500_000);
      return [echoed === text, made.length];
    },
    expected: [true, 1_500_000],
  },
  {
    name: 'is closed with the reason when its message is too large',
    run: async (kit) => {
      const connection = await kit.connect({ url: kit.urls.limited });
      const closed = kit.closed(connection);
      const answer = kit.failure(connection.invoke('Echo', 'x'.repeat(2_000)));
      const text = await closed;
      await answer;
      return text;
    },
    expected: expect.stringContaining('The maximum message size of 1000B was exceeded.') as unknown,
  },
  {
    name: 'keeps things with its connection',
    run: async (kit) => {
      const [first, second] = [await kit.connect(), await kit.connect()];
      await first.invoke('Remember', 'colour', 'red');
      return [await first.invoke<unknown>('Recall', 'colour'), await second.invoke<unknown>('Recall', 'colour')];
    },
    expected: ['red', null],
  },
  {
    name: 'gets bytes back as bytes and dates as dates in MessagePack',
    where: ({ protocol }) => protocol === 'messagepack',
    run: async (kit) => {
      const connection = await kit.connect();
      const bytes = await connection.invoke<unknown>('EchoAny', new Uint8Array([0, 255, 10]));
      const date = await connection.invoke<unknown>('EchoAny', new Date(1234567890123));
      return [
        bytes instanceof Uint8Array ? Array.from(bytes) : bytes,
        date instanceof Date ? date.toISOString() : String(date),
      ];
    },
    expected: [[0, 255, 10], '2009-02-13T23:31:30.123Z'],
  },
];
