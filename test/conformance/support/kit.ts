import type { HubConnection, IHttpConnectionOptions, IHubProtocol } from '@microsoft/signalr';
import type { Combination, ConnectionSettings, Kit } from './scenario';

/** A major version of the stock client, as far as the kit uses it. */
export type ClientLibrary = Pick<
  typeof import('@microsoft/signalr'),
  'HubConnectionBuilder' | 'HttpTransportType' | 'LogLevel' | 'Subject'
>;

/** The encoding of such a version. */
export type MessagePackProtocol = new () => IHubProtocol;

/** What a kit is made of. */
export interface KitParts extends Combination {
  readonly library: ClientLibrary;
  readonly messagePack: MessagePackProtocol | undefined;
  readonly url: string;
  readonly urls: Kit['urls'];
  readonly key: string;
}

/** Makes the kit of one scenario. It also runs in pages, so it may name nothing from outside. */
export const makeKit = (parts: KitParts): Kit => {
  const { library, messagePack, url: defaultUrl, transport, protocol, major, browser, key, urls } = parts;
  const built: HubConnection[] = [];

  const build = (settings: ConnectionSettings = {}): HubConnection => {
    const { token = 'ann', url = defaultUrl, reconnect, skipNegotiation = false, headers, stateful = false } = settings;
    const options: IHttpConnectionOptions = {
      transport: library.HttpTransportType[transport],
      accessTokenFactory: () => token,
      skipNegotiation,
      ...(headers === undefined ? {} : { headers: { ...headers } }),
    };
    let builder = new library.HubConnectionBuilder().withUrl(url, options).configureLogging(library.LogLevel.None);
    if (reconnect !== undefined) builder = builder.withAutomaticReconnect([...reconnect]);
    if (stateful) builder = builder.withStatefulReconnect();
    if (protocol === 'messagepack' && messagePack !== undefined) builder = builder.withHubProtocol(new messagePack());
    const connection = builder.build();
    built.push(connection);
    return connection;
  };

  const calls = (connection: HubConnection, target: string): (() => Promise<unknown[]>) => {
    const waiting: ((args: unknown[]) => void)[] = [];
    const kept: unknown[][] = [];
    connection.on(target, (...args: unknown[]) => {
      const taker = waiting.shift();
      if (taker === undefined) kept.push(args);
      else taker(args);
    });
    return () => {
      const args = kept.shift();
      return args === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(args);
    };
  };

  return {
    transport,
    protocol,
    major,
    browser,
    key,
    urls,
    build,
    calls,
    async connect(settings) {
      const connection = build(settings);
      await connection.start();
      return connection;
    },
    subject: () => new library.Subject(),
    async heard(connection, target, last) {
      const next = calls(connection, target);
      const values: unknown[] = [];
      for (;;) {
        const [value] = await next();
        if (value === last) return values;
        values.push(value);
      }
    },
    closed: (connection) =>
      new Promise((resolve) => {
        connection.onclose((error) => {
          resolve(error === undefined ? null : error.message);
        });
      }),
    failure: async (promise) => {
      try {
        return `resolved: ${JSON.stringify(await promise)}`;
      } catch (error) {
        return error instanceof Error ? error.message : String(error);
      }
    },
    drain: (stream) =>
      new Promise((resolve) => {
        const items: unknown[] = [];
        stream.subscribe({
          next: (item) => {
            items.push(item);
          },
          complete: () => {
            resolve({ items, end: 'completed' });
          },
          error: (error: unknown) => {
            resolve({ items, end: error instanceof Error ? error.message : String(error) });
          },
        });
      }),
    async end() {
      for (const connection of built) await connection.stop();
    },
  };
};
