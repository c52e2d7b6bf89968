import type { Scenario } from '../support/scenario';

/** How connections begin, are refused, and end. */
export const closing: readonly Scenario[] = [
  {
    name: 'is closed without an error when the server aborts',
    // Clients before version 6 report the end of the event stream as an error if it comes together with the Close
    // message.
    where: ({ transport, major }) => transport !== 'ServerSentEvents' || major >= 6,
    run: async (kit) => {
      const connection = await kit.connect();
      const closed = kit.closed(connection);
      connection.invoke('Abort').catch(() => undefined);
      return closed;
    },
    expected: null,
  },
  {
    name: 'is told why the server closes',
    run: async (kit) => {
      const connection = await kit.connect();
      const closed = kit.closed(connection);
      await connection.send('CloseMe', { error: 'closing time' });
      return closed;
    },
    expected: 'Server returned an error on close: closing time',
  },
  {
    name: 'comes back by itself with a new id when the server lets it, and only then',
    since: 3,
    run: async (kit) => {
      const connection = await kit.connect({ reconnect: [0, 0, 0] });
      const before = connection.connectionId;
      const lost = new Promise<string | null>((resolve) => {
        connection.onreconnecting((error) => {
          resolve(error === undefined ? null : error.message);
        });
      });
      const back = new Promise<string | undefined>((resolve) => {
        connection.onreconnected(resolve);
      });
      await connection.send('CloseMe', { error: 'come again', allowReconnect: true });
      const reason = await lost;
      const after = await back;
      const isNew = after !== before && after === connection.connectionId;
      const answer = await connection.invoke<unknown>('EchoAny', 1);
      const closed = kit.closed(connection);
      await connection.send('CloseMe', { error: 'stay away' });
      return [reason, isNew, answer, await closed];
    },
    expected: [
      'Server returned an error on close: come again',
      true,
      1,
      'Server returned an error on close: stay away',
    ],
  },
  {
    name: 'fails what is running when the connection closes',
    run: async (kit) => {
      const connection = await kit.connect();
      let begun: () => void = () => undefined;
      const item = new Promise<void>((resolve) => (begun = resolve));
      const completed = new Promise<boolean>((resolve) => {
        connection.stream('Endless', kit.key).subscribe({
          next: () => {
            begun();
          },
          complete: () => {
            resolve(true);
          },
          error: () => {
            resolve(false);
          },
        });
      });
      const held = kit.calls(connection, 'Held');
      const running = kit.failure(connection.invoke('Hold', 'Held'));
      // Both run on the server before the client stops: its DELETE may otherwise overtake the POST that brings one,
      // which is answered with 404 then.
      await item;
      await held();
      await connection.stop();
      return [await completed, (await running).startsWith('resolved')];
    },
    expected: [false, false],
  },
  {
    name: 'leaves in good order',
    run: async (kit) => {
      const leaving = kit.build({ token: 'greeted' });
      const called = kit.calls(leaving, 'Greeting');
      await leaving.start();
      const [id] = await called();
      await leaving.stop();
      const other = await kit.connect();
      return other.invoke<unknown>('Noted', `gone:${String(id)}`);
    },
    expected: 'in good order',
  },
  {
    name: 'is closed with an error when the server does not want it, and does not come back',
    run: async (kit) => {
      const reconnect = kit.major < 3 ? {} : { reconnect: [0, 0, 0] };
      const connection = kit.build({ token: 'unwelcome', ...reconnect });
      const closed = kit.closed(connection);
      // The client may or may not count the refusal as part of its start.
      const started = await kit.failure(connection.start());
      return started.startsWith('resolved') ? closed : started;
    },
    expected: 'Server returned an error on close: Connection closed with an error. HubException: not today',
  },
];

/** Authentication and the transports of a connection. */
export const access: readonly Scenario[] = [
  {
    name: 'comes in by its token',
    run: async (kit) => {
      const connection = await kit.connect({ token: kit.key });
      return (await connection.invoke<string[]>('WhoAmI')).every((name) => name === kit.key);
    },
    expected: true,
  },
  {
    name: 'hears that it is not let in without one',
    run: async (kit) => {
      const text = await kit.failure(kit.build({ token: '' }).start());
      return /401|Unauthorized/.test(text) ? 'unauthorized' : text;
    },
    expected: 'unauthorized',
  },
  {
    name: 'goes where the negotiation sends it, with the token it is given there',
    run: async (kit) => {
      const connection = await kit.connect({ url: kit.urls.redirecting });
      return connection.invoke<unknown>('WhoAmI');
    },
    expected: ['redirected', 'redirected'],
  },
  {
    name: 'connects without negotiation',
    where: ({ transport }) => transport === 'WebSockets',
    run: async (kit) => {
      const connection = await kit.connect({ skipNegotiation: true });
      return connection.invoke<unknown>('WhoAmI');
    },
    expected: ['ann', 'ann'],
  },
  {
    name: 'sends headers that methods can read',
    since: 6,
    where: ({ browser }) => !browser,
    run: async (kit) => {
      const connection = await kit.connect({ headers: { 'X-Colour': 'red' } });
      return connection.invoke<unknown>('Header', 'x-colour');
    },
    expected: 'red',
  },
];
