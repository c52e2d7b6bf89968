import { scenarios } from './scenarios';
import { type ConformanceServers, startConformanceServers } from './support/conformance-servers';
import { type ClientLibrary, makeKit, type MessagePackProtocol } from './support/kit';
import { applies, WAYS } from './support/scenario';

/** A version of the stock client. */
export interface StockClient {
  readonly major: number;
  readonly library: ClientLibrary;
  /** The encoding of the same version. */
  readonly messagePack: MessagePackProtocol;
}

/** The majors before the newest one. */
export const OLD_MAJORS = [1, 3, 5, 6, 7, 8, 9] as const;

/** A client of such a major and its encoding, which are installed under other names. */
export function oldClient(major: (typeof OLD_MAJORS)[number]): StockClient {
  // Major 5 takes whatever has `fetch` for a page, as Node.js has since that was released.
  if (major === 5) Object.assign(globalThis, { self: globalThis });
  const { MessagePackHubProtocol: messagePack } = jest.requireActual<{ MessagePackHubProtocol: MessagePackProtocol }>(
    `signalr-msgpack-${major}`,
  );
  return { major, library: jest.requireActual<ClientLibrary>(`signalr-client-${major}`), messagePack };
}

/** Declares a test for every scenario that a client supports, on every transport, in either encoding. */
export function describeClient({ major, library, messagePack }: StockClient): void {
  let servers: ConformanceServers;
  let count = 0;

  beforeAll(async () => {
    servers = await startConformanceServers();
  });

  afterAll(async () => {
    await servers.close();
  });

  for (const way of WAYS) {
    const combination = { ...way, major, browser: false };
    describe(`over ${way.transport} in ${way.protocol}`, () => {
      for (const [topic, list] of Object.entries(scenarios)) {
        const fitting = list.filter((scenario) => applies(scenario, combination));
        if (fitting.length === 0) continue;
        describe(topic, () => {
          it.each(fitting)('$name', async ({ run, expected }) => {
            const { url, urls } = servers;
            const key = `key-${++count}`;
            const kit = makeKit({ ...combination, library, messagePack, url, urls, key });
            try {
              expect(await run(kit)).toEqual(expected);
            } finally {
              await kit.end();
            }
          });
        });
      }
    });
  }
}
