import { MessagePackHubProtocol } from '@microsoft/signalr-protocol-msgpack';
import { scenarios } from './scenarios';
import { type ConformanceServers, startConformanceServers } from './support/conformance-servers';
import { type ClientLibrary, makeKit } from './support/kit';
import { applies, type Combination, WAYS } from './support/scenario';

/** A version of the stock client. */
export interface StockClient {
  readonly major: number;
  readonly library: ClientLibrary;
  readonly protocols: readonly Combination['protocol'][];
}

/** Declares a test for every scenario that a client supports, on every transport, in every encoding it speaks. */
export function describeClient({ major, library, protocols }: StockClient): void {
  let servers: ConformanceServers;
  let count = 0;

  beforeAll(async () => {
    servers = await startConformanceServers();
  });

  afterAll(async () => {
    await servers.close();
  });

  for (const way of WAYS.filter(({ protocol }) => protocols.includes(protocol))) {
    const combination = { ...way, major, browser: false };
    describe(`over ${way.transport} in ${way.protocol}`, () => {
      for (const [topic, list] of Object.entries(scenarios)) {
        const fitting = list.filter((scenario) => applies(scenario, combination));
        if (fitting.length === 0) continue;
        describe(topic, () => {
          it.each(fitting)('$name', async ({ run, expected }) => {
            const { url, urls } = servers;
            const key = `key-${++count}`;
            const kit = makeKit({ ...combination, library, messagePack: MessagePackHubProtocol, url, urls, key });
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
