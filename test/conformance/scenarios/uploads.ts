import type { Scenario } from '../support/scenario';

/** Streams to the server, alone and together with one from it. HubProtocol: Upload streaming. */
export const uploads: readonly Scenario[] = [
  {
    name: 'uploads a stream beside other arguments',
    since: 3,
    run: async (kit) => {
      const connection = await kit.connect();
      const subject = kit.subject();
      const answer = connection.invoke<unknown>('Concat', 'a', subject);
      for (const item of ['b', 'c', 'd']) subject.next(item);
      subject.complete();
      return answer;
    },
    expected: 'abcd',
  },
  {
    name: 'uploads items of every kind, and none',
    since: 3,
    run: async (kit) => {
      const connection = await kit.connect();
      const upload = (items: readonly unknown[]): Promise<unknown> => {
        const subject = kit.subject();
        const answer = connection.invoke<unknown>('Collect', subject);
        for (const item of items) subject.next(item);
        subject.complete();
        return answer;
      };
      return [await upload([null, 0, false, '', 'ü😀', [1, { a: null }]]), await upload([])];
    },
    expected: [[null, 0, false, '', 'ü😀', [1, { a: null }]], []],
  },
  {
    name: 'uploads items that the server takes as JSON text',
    since: 3,
    run: async (kit) => {
      const connection = await kit.connect();
      const subject = kit.subject();
      const answer = connection.invoke<unknown>('RawTexts', subject);
      for (const item of [{ a: [1, 'ü'] }, null, 'x']) subject.next(item);
      subject.complete();
      return answer;
    },
    expected: ['{"a":[1,"ü"]}', 'null', '"x"'],
  },
  {
    name: 'uploads more items than may wait, in order',
    since: 3,
    run: async (kit) => {
      const connection = await kit.connect();
      const subject = kit.subject();
      const answer = connection.invoke<unknown[]>('Collect', subject);
      const numbers = Array.from({ length: 100 }, (_, i) => i);
      for (const i of numbers) subject.next(i);
      subject.complete();
      return (await answer).join() === numbers.join();
    },
    expected: true,
  },
  {
    name: 'uploads several streams at once',
    since: 3,
    run: async (kit) => {
      const connection = await kit.connect();
      const [left, right] = [kit.subject(), kit.subject()];
      const answer = connection.invoke<unknown>('Zip', left, '-', right);
      left.next(1);
      right.next('a');
      right.next('b');
      left.next(2);
      right.complete();
      left.complete();
      return answer;
    },
    expected: ['1-a', '2-b'],
  },
  {
    name: 'uploads without waiting for an answer, and invokes meanwhile',
    since: 3,
    run: async (kit) => {
      const connection = await kit.connect();
      const subject = kit.subject();
      await connection.send('UploadTo', kit.key, subject);
      const noted = [];
      for (const item of [1, 2]) {
        subject.next(item);
        noted.push(await connection.invoke<unknown>('Noted', kit.key));
      }
      subject.complete();
      return [...noted, await connection.invoke<unknown>('Noted', kit.key)];
    },
    expected: [1, 2, 'completed'],
  },
  {
    name: 'fails its upload with an error',
    since: 3,
    run: async (kit) => {
      const connection = await kit.connect();
      const subject = kit.subject();
      const answer = kit.failure(connection.invoke('Concat', '', subject));
      subject.next('a');
      subject.error(new Error('no more'));
      return answer;
    },
    expected: expect.stringMatching(
      /^An unexpected error occurred invoking 'Concat' on the server\. HubException: .*no more/,
    ),
  },
  {
    name: 'gets the answer of a method that does not take all',
    since: 3,
    run: async (kit) => {
      const connection = await kit.connect();
      const upload = async (method: string, count: number): Promise<unknown> => {
        const subject = kit.subject();
        const answer = connection.invoke<unknown>(method, subject);
        for (let i = 0; i < count; i++) subject.next(i);
        subject.complete();
        return answer;
      };
      // Sending the second takes the client longer than the rest of the first.
      return [await upload('TakeOne', 4), await upload('Collect', 8)];
    },
    expected: [0, [0, 1, 2, 3, 4, 5, 6, 7]],
  },
  {
    name: 'is told when a method takes no stream, or wants one',
    since: 3,
    run: async (kit) => {
      const connection = await kit.connect();
      return [
        await kit.failure(connection.invoke('Echo', 'a', kit.subject())),
        await kit.failure(connection.invoke('TakeOne')),
        await connection.invoke<unknown>('Echo', 'after'),
      ];
    },
    expected: [
      "An unexpected error occurred invoking 'Echo' on the server. HubException: Client sent 1 stream(s), Hub method expects 0.",
      "An unexpected error occurred invoking 'TakeOne' on the server. HubException: Client sent 0 stream(s), Hub method expects 1.",
      'after',
    ],
  },
  {
    name: 'ends its uploads when it goes',
    since: 3,
    run: async (kit) => {
      const [uploading, other] = [await kit.connect(), await kit.connect()];
      const subject = kit.subject();
      await uploading.send('UploadTo', kit.key, subject);
      subject.next('last');
      const item = await other.invoke<unknown>('Noted', kit.key);
      await uploading.stop();
      const end = await other.invoke<string>('Noted', kit.key);
      return [item, end !== 'completed'];
    },
    expected: ['last', true],
  },
  {
    name: 'uploads a stream and gets one of it at the same time',
    since: 3,
    run: async (kit) => {
      const connection = await kit.connect();
      const subject = kit.subject();
      const outcome = kit.drain(connection.stream('Double', subject));
      for (const item of [1, 2, 3]) subject.next(item);
      subject.complete();
      return outcome;
    },
    expected: { items: [2, 4, 6], end: 'completed' },
  },
];
