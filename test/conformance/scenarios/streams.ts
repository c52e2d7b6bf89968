import type { Scenario } from '../support/scenario';

/** Streams from the server. HubProtocol: Streaming. */
export const streams: readonly Scenario[] = [
  {
    name: 'gets a stream, item by item, to its end',
    run: async (kit) => {
      const connection = await kit.connect();
      return [
        await kit.drain(connection.stream('Count', 5)),
        await kit.drain(connection.stream('count', 0)),
        await connection.invoke<unknown>('Echo', 'after'),
      ];
    },
    expected: [{ items: [0, 1, 2, 3, 4], end: 'completed' }, { items: [], end: 'completed' }, 'after'],
  },
  {
    name: 'gets streams from whatever the server makes them of, with items of every kind',
    run: async (kit) => {
      const connection = await kit.connect();
      const items = [null, 0, false, '', 'ü😀', [1, { a: null }]];
      return [
        await kit.drain(connection.stream('Items', items)),
        await kit.drain(connection.stream('ItemsSoon', items)),
        await kit.drain(connection.stream('Observed', 3)),
      ];
    },
    expected: [
      { items: [null, 0, false, '', 'ü😀', [1, { a: null }]], end: 'completed' },
      { items: [null, 0, false, '', 'ü😀', [1, { a: null }]], end: 'completed' },
      { items: [0, 1, 2], end: 'completed' },
    ],
  },
  {
    name: 'gets many items in order',
    run: async (kit) => {
      const connection = await kit.connect();
      const numbers = Array.from({ length: 2_000 }, (_, i) => i);
      const { items, end } = await kit.drain(connection.stream('Items', numbers));
      return [items.join() === numbers.join(), end];
    },
    expected: [true, 'completed'],
  },
  {
    name: 'gets streams and answers beside each other',
    run: async (kit) => {
      const connection = await kit.connect();
      const [first, second] = [kit.drain(connection.stream('Count', 20)), kit.drain(connection.stream('Count', 30))];
      const answer = await connection.invoke<unknown>('EchoLater', 'meanwhile');
      return [(await first).items.length, (await second).items.length, answer];
    },
    expected: [20, 30, 'meanwhile'],
  },
  {
    name: 'is told what went wrong with a stream, after the items before it',
    run: async (kit) => {
      const connection = await kit.connect();
      return [
        await kit.drain(connection.stream('BreakAfter', 2, true)),
        await kit.drain(connection.stream('BreakAfter', 2, false)),
        await kit.drain(connection.stream('RefuseStream')),
        await kit.drain(connection.stream('Echo', 'a')),
        await kit.drain(connection.stream('NoSuchStream')),
        await kit.drain(connection.stream('Count')),
        await kit.drain(connection.stream('Count', 'five')),
        await connection.invoke<unknown>('Echo', 'still there'),
      ];
    },
    expected: [
      {
        items: [0, 1],
        end: 'An error occurred on the server while streaming results. HubException: the source dried up',
      },
      { items: [0, 1], end: 'An error occurred on the server while streaming results.' },
      {
        items: [],
        end: "An unexpected error occurred invoking 'RefuseStream' on the server. HubException: no stream for you",
      },
      {
        items: [],
        end: "The client attempted to invoke the non-streaming 'Echo' method with a streaming invocation.",
      },
      {
        items: [],
        end: "Failed to invoke 'NoSuchStream' due to an error on the server. HubException: Method does not exist.",
      },
      { items: [], end: "Failed to invoke 'Count' due to an error on the server." },
      { items: [], end: "Failed to invoke 'Count' due to an error on the server." },
      'still there',
    ],
  },
  {
    name: 'stops the source when it cancels',
    // Client 1 cannot write a CancelInvocation in MessagePack.
    where: ({ major, protocol }) => major > 1 || protocol === 'json',
    run: async (kit) => {
      const connection = await kit.connect();
      const seen = await new Promise<number>((resolve) => {
        let count = 0;
        const subscription = connection.stream('Endless', kit.key).subscribe({
          next: () => {
            if (++count < 3) return;
            subscription.dispose();
            resolve(count);
          },
          complete: () => undefined,
          error: () => undefined,
        });
      });
      return [seen >= 3, await connection.invoke<unknown>('Noted', kit.key)];
    },
    expected: [true, 'stopped'],
  },
  {
    name: 'stops the source when it goes',
    run: async (kit) => {
      const [watching, other] = [await kit.connect(), await kit.connect()];
      await new Promise<void>((resolve) => {
        watching.stream('Endless', kit.key).subscribe({
          next: () => {
            resolve();
          },
          complete: () => undefined,
          error: () => undefined,
        });
      });
      await watching.stop();
      return other.invoke<unknown>('Noted', kit.key);
    },
    expected: 'stopped',
  },
];
