import * as library from '@microsoft/signalr';
import { MessagePackHubProtocol } from '@microsoft/signalr-protocol-msgpack';
import { startTestHub } from './support/conformance-servers';
import { OLD_MAJORS, oldClient, type StockClient } from './matrix';
import { makeKit } from './support/kit';
import { type Kit, WAYS } from './support/scenario';

describe('one group of clients of every major, on every transport, in every encoding', () => {
  it('hears the same', async () => {
    const running = await startTestHub();
    const { url } = running;
    const kits: Kit[] = [];
    const heard: Promise<unknown[]>[] = [];
    const addKit = (client: StockClient, way: (typeof WAYS)[number]): void => {
      const parts = { ...way, ...client, browser: false };
      kits.push(
        makeKit({ ...parts, url, urls: { redirecting: url, limited: url, detailed: url }, key: `${kits.length}` }),
      );
    };
    const clients = [{ major: 10, library, messagePack: MessagePackHubProtocol }, ...OLD_MAJORS.map(oldClient)];
    for (const client of clients) {
      for (const way of WAYS) addKit(client, way);
    }
    try {
      const connections = await Promise.all(
        kits.map(async (kit) => {
          const connection = await kit.connect();
          heard.push(kit.heard(connection, 'M', 'end'));
          return connection;
        }),
      );
      for (const connection of connections) await connection.invoke('Join', 'everyone');
      const texts = connections.map((_, index) => `ü😀 ${index}`);
      for (const [index, connection] of connections.entries()) {
        await connection.invoke('SendTo', ['group', 'everyone'], 'M', [texts[index]]);
      }
      void running.server.clients.group('everyone').send('M', 'end');
      expect(await Promise.all(heard)).toEqual(connections.map(() => texts));
    } finally {
      for (const kit of kits) await kit.end();
      await running.close();
    }
  });
});
