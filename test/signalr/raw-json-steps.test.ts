import { setImmediate as turn } from 'node:timers/promises';
import { defineHub, method } from '../../src/signalr';
import { BinaryClient } from './support/binary-client';
import { useHubs } from './support/hub-servers';

const hubs = useHubs();

describe('a large raw argument under MessagePack', () => {
  it('of one client lets others be served meanwhile, and is handled before what follows', async () => {
    const order: string[] = [];
    const hub = defineHub({
      Note: method(['string', 'rawJson'], (_, name, raw) => {
        order.push(`${name} ${raw.length}`);
      }),
    });
    const { url, connect } = await hubs.run(hub, { maximumReceiveMessageSize: 10_000_000 });
    const client = await BinaryClient.connect(url);
    const other = await connect();
    const size = 1_500_000;
    client.send(
      [1, {}, null, 'Note', ['large', Array<number>(size).fill(1)], []],
      [1, {}, null, 'Note', ['next', 1], []],
    );
    let served = 0;
    while (order.length === 0) {
      await other.invoke('Nothing');
      served++;
    }
    expect(served).toBeGreaterThan(1);
    while (order.length < 2) await turn();
    expect(order).toEqual([`large ${2 * size + 1}`, 'next 1']);
    client.socket.close();
  });

  it('is not handled when its client has gone before, and is when it left in good order', async () => {
    const lengths: number[] = [];
    const gone: (string | undefined)[] = [];
    const hub = defineHub(
      {
        Note: method(['rawJson'], (_, raw) => {
          lengths.push(raw.length);
        }),
      },
      {
        onDisconnected: (_, error) => {
          gone.push(error?.message);
        },
      },
    );
    // What it left behind takes as long as it takes.
    const { url } = await hubs.run(hub, { maximumReceiveMessageSize: 10_000_000, closeTimeout: 60_000 });
    const value = Array<number>(1_000_000).fill(1);
    const polite = await BinaryClient.connect(url);
    polite.send([1, {}, null, 'Note', [value], []]);
    polite.socket.close();
    while (gone.length < 1) await turn();
    expect([lengths, gone]).toEqual([[2_000_001], [undefined]]);
  });
});
