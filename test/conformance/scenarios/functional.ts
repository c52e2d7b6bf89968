import type { Scenario } from '../support/scenario';

/** The functional tests of Microsoft's JavaScript client, on a hub whose methods take the types of theirs. */
export const functional: readonly Scenario[] = [
  {
    name: 'gets back the text it sends, null too, and nothing else',
    run: async (kit) => {
      const connection = await kit.connect();
      const answers = [];
      for (const text of ['你好，世界！', '', null]) answers.push(await connection.invoke<unknown>('Echo', text));
      for (const other of [5, true, ['a']]) answers.push(await kit.failure(connection.invoke('Echo', other)));
      return answers;
    },
    expected: [
      '你好，世界！',
      '',
      null,
      ...Array<string>(3).fill("Failed to invoke 'Echo' due to an error on the server."),
    ],
  },
  {
    name: 'is told its connection id',
    since: 3,
    run: async (kit) => {
      const connection = await kit.connect();
      return (await connection.invoke<unknown>('GetCallerConnectionId')) === connection.connectionId;
    },
    expected: true,
  },
  {
    name: 'follows redirects, again and again, and keeps what they put into the query',
    run: async (kit) => {
      const connection = await kit.connect({ url: kit.urls.redirecting });
      return connection.invoke<unknown>('GetNumRedirects');
    },
    expected: 4,
  },
  {
    name: 'is told which transport it uses',
    run: async (kit) => {
      const connection = await kit.connect();
      return (await connection.invoke<unknown>('GetActiveTransportName')) === kit.transport;
    },
    expected: true,
  },
  {
    name: 'is told the name of an exception where errors are detailed',
    run: async (kit) => {
      const connection = await kit.connect({ url: kit.urls.detailed });
      return [
        await kit.failure(connection.invoke('ThrowException', 'An error occurred.')),
        (await kit.drain(connection.stream('StreamThrowException', 'An error occurred.'))).end,
      ];
    },
    expected: [
      "An unexpected error occurred invoking 'ThrowException' on the server. InvalidOperationException: An error occurred.",
      "An unexpected error occurred invoking 'StreamThrowException' on the server. InvalidOperationException: An error occurred.",
    ],
  },
  {
    name: 'is called with a text and with an object',
    run: async (kit) => {
      const connection = await kit.connect();
      const [message, object] = [kit.calls(connection, 'mEssage'), kit.calls(connection, 'CustomObject')];
      await connection.invoke('InvokeWithString', '你好 SignalR！');
      await connection.send('SendCustomObject', { Name: 'test', Value: 42 });
      return [await message(), await object()];
    },
    expected: [['你好 SignalR！'], [{ Name: 'test', Value: 42 }]],
  },
  {
    name: 'gets streams, and none where there is none',
    run: async (kit) => {
      const connection = await kit.connect();
      return [
        await kit.drain(connection.stream('Stream')),
        await kit.drain(connection.stream('EmptyStream')),
        (await kit.drain(connection.stream('Echo', '42'))).end,
        await kit.failure(connection.invoke('EmptyStream')),
        await kit.failure(connection.invoke('Stream')),
      ];
    },
    expected: [
      { items: ['a', 'b', 'c'], end: 'completed' },
      { items: [], end: 'completed' },
      "The client attempted to invoke the non-streaming 'Echo' method with a streaming invocation.",
      "The client attempted to invoke the streaming 'EmptyStream' method with a non-streaming invocation.",
      "The client attempted to invoke the streaming 'Stream' method with a non-streaming invocation.",
    ],
  },
  {
    name: 'cancels a stream without end',
    // Client 1 cannot write a CancelInvocation in MessagePack.
    where: ({ major, protocol }) => major > 1 || protocol === 'json',
    run: async (kit) => {
      const connection = await kit.connect();
      const canceled = kit.calls(connection, 'StreamCanceled');
      const id = await connection.invoke<string>('GetCallerConnectionId');
      const subscription = connection.stream('InfiniteStream').subscribe({
        next: () => undefined,
        complete: () => undefined,
        error: () => undefined,
      });
      await connection.invoke('Noted', `waiting:${id}`);
      subscription.dispose();
      return canceled();
    },
    expected: [],
  },
  {
    name: 'streams texts, and fails with its own error or with an item of another type',
    since: 3,
    run: async (kit) => {
      const connection = await kit.connect();
      const [whole, failed, wrong] = [kit.subject(), kit.subject(), kit.subject()];
      const answers = [
        connection.invoke<unknown>('StreamingConcat', whole),
        kit.failure(connection.invoke('StreamingConcat', failed)),
        kit.failure(connection.invoke('StreamingConcat', wrong)),
      ];
      for (const item of ['Hello ', 'world', null, '!']) whole.next(item);
      whole.complete();
      failed.next('Hello ');
      failed.error(new Error('Something bad'));
      wrong.next(5);
      return Promise.all(answers);
    },
    expected: [
      'Hello world!',
      // The client of .NET sends the text alone; some majors of this one send the error as text.
      expect.stringMatching(
        /^An unexpected error occurred invoking 'StreamingConcat' on the server\. HubException: (Error: )?Something bad$/,
      ) as unknown,
      "An unexpected error occurred invoking 'StreamingConcat' on the server. HubException: Failed to bind Stream message.",
    ],
  },
  {
    name: 'sends and gets objects of many types',
    run: async (kit) => {
      const connection = await kit.connect();
      const json = kit.protocol === 'json';
      const sent = {
        ByteArray: json ? 'aGVsbG8=' : new Uint8Array([0x68, 0x65, 0x6c, 0x6c, 0x6f]),
        DateTime: json ? '2002-04-01T10:20:15Z' : new Date(Date.UTC(2002, 3, 1, 10, 20, 15)),
        Guid: '00010203-0405-0607-0706-050403020100',
        IntArray: [1, 2, 3, 255],
        String: 'Hello, World!',
      };
      interface Got {
        ByteArray: string | Uint8Array;
        DateTime: string | Date;
      }
      // In a form that a page can hand over.
      const shown = ({ ByteArray, DateTime, ...rest }: Got): unknown => ({
        ByteArray: typeof ByteArray === 'string' ? ByteArray : btoa(String.fromCharCode(...ByteArray)),
        DateTime: new Date(DateTime).toISOString(),
        ...rest,
      });
      return [
        shown(await connection.invoke<Got>('EchoComplexObject', sent)),
        shown(await connection.invoke<Got>('SendComplexObject')),
      ];
    },
    expected: [
      {
        ByteArray: 'aGVsbG8=',
        DateTime: '2002-04-01T10:20:15.000Z',
        Guid: '00010203-0405-0607-0706-050403020100',
        IntArray: [1, 2, 3, 255],
        String: 'Hello, World!',
      },
      {
        ByteArray: 'AQID',
        DateTime: '2000-01-01T00:00:00.000Z',
        Guid: '00010203-0405-0607-0706-050403020100',
        IntArray: [1, 2, 3],
        String: 'hello world',
      },
    ],
  },
  {
    name: 'is asked for headers and cookies it has sent, and those it has not',
    since: 5,
    where: ({ browser }) => !browser,
    run: async (kit) => {
      const connection = await kit.connect({ headers: { 'X-Test': 'value', Cookie: 'testCookie=testValue; other=1' } });
      return [
        await connection.invoke<unknown>('GetHeader', 'X-Test'),
        await connection.invoke<unknown>('GetHeader', 'X-None'),
        await connection.invoke<unknown>('GetCookie', 'testCookie'),
        await connection.invoke<unknown>('GetCookie', 'expiredCookie'),
      ];
    },
    expected: ['value', null, 'testValue', null],
  },
  {
    name: 'begins with a request without content, and so without its type',
    since: 8,
    run: async (kit) => (await kit.connect()).invoke<unknown>('GetContentTypeHeader'),
    expected: null,
  },
  {
    name: 'returns a result of the type that the server asks for, or fails',
    since: 7,
    run: async (kit) => {
      const connection = await kit.connect({ url: kit.urls.detailed });
      const ask = () => kit.failure(connection.invoke('ClientResult', connection.connectionId));
      const answers = [await ask()];
      const results: unknown[] = ['ten', 10];
      connection.on('Result', () => {
        if (results.length === 0) throw new Error('from callback');
        return results.pop();
      });
      return [...answers, await ask(), await ask(), await ask()];
    },
    expected: [
      expect.stringContaining("HubException: Client didn't provide a result.") as unknown,
      'resolved: 10',
      expect.stringContaining('HubException: Error trying to deserialize result to Int32.') as unknown,
      expect.stringContaining('HubException: Error: from callback') as unknown,
    ],
  },
];
