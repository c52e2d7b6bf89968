import type { Scenario } from '../support/scenario';

/** Methods of the client that return results. HubProtocol: Client results. */
export const clientResults: readonly Scenario[] = [
  {
    name: 'answers the server, with values of every kind and later too',
    since: 7,
    run: async (kit) => {
      const connection = await kit.connect();
      connection.on('Now', (value: unknown) => value);
      connection.on('Later', (value: unknown) => Promise.resolve(value));
      const answers = [];
      for (const value of [null, 0, false, '', 'ü', [1, { a: null }]]) {
        answers.push(await connection.invoke<unknown>('AskMe', 'Now', [value]));
      }
      return [...answers, await connection.invoke<unknown>('AskMe', 'Later', ['later'])];
    },
    expected: [null, 0, false, '', 'ü', [1, { a: null }], 'later'],
  },
  {
    name: 'is heard when it fails, or has nothing to answer',
    since: 7,
    run: async (kit) => {
      const connection = await kit.connect();
      connection.on('Fails', () => {
        throw new Error('no answer');
      });
      connection.on('Silent', () => undefined);
      return [
        await kit.failure(connection.invoke('AskMe', 'Fails', [])),
        await kit.failure(connection.invoke('AskMe', 'Silent', [])),
        await kit.failure(connection.invoke('AskMe', 'Absent', [])),
        await connection.invoke<unknown>('Echo', 'still there'),
      ];
    },
    expected: [
      expect.stringMatching(/^An unexpected error occurred invoking 'AskMe' on the server\..*no answer/),
      expect.stringMatching(
        /^An unexpected error occurred invoking 'AskMe' on the server\..*Client didn't provide a result/,
      ),
      expect.stringMatching(
        /^An unexpected error occurred invoking 'AskMe' on the server\..*Client didn't provide a result/,
      ),
      'still there',
    ],
  },
  {
    name: 'may invoke while the server waits for its answer',
    since: 7,
    run: async (kit) => {
      const connection = await kit.connect();
      connection.on('Nested', async (value: unknown) => connection.invoke<unknown>('EchoAny', [value]));
      return connection.invoke<unknown>('AskMe', 'Nested', ['deep']);
    },
    expected: ['deep'],
  },
  {
    name: 'answers another client through the server',
    since: 7,
    run: async (kit) => {
      const [asking, asked] = [await kit.connect(), await kit.connect()];
      asked.on('Question', (value: number) => value + 1);
      return [
        await asking.invoke<unknown>('Ask', asked.connectionId, 'Question', [41]),
        await kit.failure(asking.invoke('Ask', 'nobody', 'Question', [41])),
      ];
    },
    expected: [42, expect.stringMatching(/^An unexpected error occurred invoking 'Ask' on the server\./)],
  },
  {
    name: 'answers many questions at once, each its own',
    since: 7,
    run: async (kit) => {
      const connection = await kit.connect();
      connection.on('Square', (value: number) => Promise.resolve(value * value));
      return connection.invoke<unknown>('AskMeOften', 'Square', 6);
    },
    expected: [0, 1, 4, 9, 16, 25],
  },
  {
    name: 'is not waited for when the time is up',
    since: 7,
    run: async (kit) => {
      const connection = await kit.connect();
      connection.on('Never', () => new Promise(() => undefined));
      return [
        await kit.failure(connection.invoke('AskMeBriefly', 'Never')),
        await connection.invoke<unknown>('EchoAny', 1),
      ];
    },
    expected: [expect.stringMatching(/^An unexpected error occurred invoking 'AskMeBriefly' on the server\./), 1],
  },
  {
    name: 'is not waited for when it goes',
    since: 7,
    run: async (kit) => {
      const [asking, asked] = [await kit.connect(), await kit.connect()];
      const called = new Promise<void>((resolve) => {
        asked.on('Never', () => {
          resolve();
          return new Promise(() => undefined);
        });
      });
      const answer = kit.failure(asking.invoke('Ask', asked.connectionId, 'Never', []));
      await called;
      await asked.stop();
      return answer;
    },
    expected: expect.stringMatching(/^An unexpected error occurred invoking 'Ask' on the server\./),
  },
  {
    name: 'answers from within a stream',
    since: 7,
    run: async (kit) => {
      const connection = await kit.connect();
      connection.on('Square', (value: number) => value * value);
      return kit.drain(connection.stream('StreamOfAnswers', 'Square', 4));
    },
    expected: { items: [0, 1, 4, 9], end: 'completed' },
  },
  {
    name: 'answers while it uploads',
    since: 7,
    run: async (kit) => {
      const connection = await kit.connect();
      connection.on('Square', (value: number) => value * value);
      const subject = kit.subject();
      const answer = connection.invoke<unknown>('AskForEach', 'Square', subject);
      for (const item of [1, 2, 3]) subject.next(item);
      subject.complete();
      return answer;
    },
    expected: [1, 4, 9],
  },
];
