import { defineHub, type HubFilter, method } from '../../../src/signalr';
import { useHubs } from '../support/hub-servers';

const hubs = useHubs();

describe('filter › connected', () => {
  it.each<[string, HubFilter, string[]]>([
    [
      'may keep what onConnected throws to itself',
      {
        connected: async (_, next) => {
          await next().catch(() => undefined);
        },
      },
      ['onConnected'],
    ],
    ['may leave onConnected out', { connected: () => undefined }, []],
  ])('%s, and the connection goes on', async (_, filter, expected) => {
    const seen: string[] = [];
    const hub = defineHub(
      { Echo: method(['json'], (__, value) => value) },
      {
        onConnected: () => {
          seen.push('onConnected');
          throw new Error('secret');
        },
      },
    );
    const client = await (await hubs.run(hub, { filters: [filter] })).connect();
    expect(await client.invoke('Echo', 1)).toMatchObject({ result: 1 });
    expect(seen).toEqual(expected);
  });
});
