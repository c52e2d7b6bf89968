import type { AddressInfo } from 'node:net';
import { HttpTransportType, HubConnectionBuilder, LogLevel } from '@microsoft/signalr';
import { MessagePackHubProtocol } from '@microsoft/signalr-protocol-msgpack';
import { defineHub, type HubContext, method } from '../../../src/signalr';
import { CuttingProxy } from '../support/cutting-proxy';
import { useHubs } from '../support/hub-servers';

const hubs = useHubs();

describe('stateful reconnect with the stock client', () => {
  it.each(['json', 'messagepack'])(
    'loses nothing and does nothing twice over %s, however often a proxy cuts',
    async (protocol) => {
      const executed: number[] = [];
      const contexts: HubContext[] = [];
      const hub = await hubs.run(
        defineHub(
          {
            Count: method(['number'], ({ caller }, value) => {
              executed.push(value);
              void caller.send('Counted', value);
              return value;
            }),
          },
          { onConnected: (context: HubContext) => void contexts.push(context) },
        ),
        { allowStatefulReconnects: true, maximumParallelInvocations: 100 },
      );
      const proxy = await CuttingProxy.before((hub.http.address() as AddressInfo).port);
      const builder = new HubConnectionBuilder()
        .withUrl(`http://127.0.0.1:${proxy.port}/hub`, { transport: HttpTransportType.WebSockets })
        .withStatefulReconnect()
        .configureLogging(LogLevel.None);
      if (protocol === 'messagepack') builder.withHubProtocol(new MessagePackHubProtocol());
      const connection = builder.build();
      const told: number[] = [];
      connection.on('Counted', (value: number) => told.push(value));
      let closed = false;
      connection.onclose(() => (closed = true));
      await connection.start();

      let next = 0;
      const expected: number[] = [];
      for (let round = 0; round < 40; round++) {
        const results: Promise<unknown>[] = [];
        for (let i = 0; i < 20; i++) {
          expected.push(next);
          results.push(connection.invoke('Count', next++));
          // Somewhere in the middle: before, while or after bytes were sent.
          if (i === round % 20)
            setImmediate(() => {
              proxy.cut();
            });
        }
        expect(await Promise.all(results)).toEqual(expected.slice(-20));
      }

      expect(executed).toEqual(expected);
      expect(told).toEqual(expected);
      expect(closed).toBe(false);
      expect(contexts).toHaveLength(1);
      expect(proxy.connections).toBeGreaterThan(30);
      await connection.stop();
      proxy.close();
    },
    60_000,
  );
});
