import * as library from '@microsoft/signalr';
import { MessagePackHubProtocol } from '@microsoft/signalr-protocol-msgpack';
import { FakeClock } from '../signalr/support/fake-clock';
import { advanceUntil } from './support/advance-until';
import { type RunningTestHub, startTestHub } from './support/conformance-servers';
import { CuttingProxy } from './support/cutting-proxy';
import { makeKit } from './support/kit';
import { type Kit, WAYS } from './support/scenario';

const ENDINGS: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const end of ENDINGS.splice(0).reverse()) await end();
});

/** A hub behind a proxy, and a client's kit. */
async function start(
  way: Pick<Kit, 'transport' | 'protocol'>,
  clock?: FakeClock,
): Promise<{ running: RunningTestHub; proxy: CuttingProxy; kit: Kit }> {
  const running = await startTestHub(clock === undefined ? {} : { clock });
  ENDINGS.push(() => running.close());
  const proxy = await CuttingProxy.start(Number(new URL(running.url).port));
  ENDINGS.push(() => proxy.close());
  const url = proxy.through(running.url);
  const urls = { redirecting: url, limited: url, detailed: url };
  const parts = { ...way, major: 10, browser: false, library, messagePack: MessagePackHubProtocol };
  const kit = makeKit({ ...parts, url, urls, key: 'key' });
  ENDINGS.push(() => kit.end());
  return { running, proxy, kit };
}

describe.each(WAYS)('automatic reconnect over $transport in $protocol', (way) => {
  it('gives a client that lost its socket a new connection', async () => {
    const { proxy, kit } = await start(way);
    const connection = await kit.connect({ reconnect: [0, 0, 0] });
    const before = connection.connectionId;
    const heard = kit.heard(connection, 'M', 'end');
    const back = new Promise<string | undefined>((resolve) => {
      connection.onreconnected(resolve);
    });
    await connection.invoke('Join', 'red');
    await connection.invoke('SendTo', ['group', 'red'], 'M', ['in the group']);
    proxy.cut();
    expect(await back).not.toBe(before);
    // The new connection is in no group.
    await connection.invoke('SendTo', ['group', 'red'], 'M', ['in no group']);
    await connection.invoke('SendTo', ['caller'], 'M', ['end']);
    expect(await heard).toEqual(['in the group']);
  });

  it('comes back to a server that was replaced', async () => {
    const { running, kit } = await start(way);
    const connection = await kit.connect({ reconnect: [0, 0, 0] });
    const back = new Promise((resolve) => {
      connection.onreconnected(resolve);
    });
    running.server.closeConnections(() => true, { allowReconnect: true });
    await back;
    expect(await connection.invoke('EchoAny', 1)).toBe(1);
  });
});

describe('automatic reconnect', () => {
  const way = { transport: 'WebSockets', protocol: 'json' } as const;

  it('begins at the address that sent the client elsewhere', async () => {
    const { running, proxy, kit } = await start(way);
    let asked = 0;
    const sender = await startTestHub({
      redirect: () => ({ url: proxy.through(running.url), accessToken: `visit-${++asked}` }),
    });
    ENDINGS.push(() => sender.close());
    const connection = await kit.connect({ url: sender.url, reconnect: [0, 0, 0] });
    const back = new Promise((resolve) => {
      connection.onreconnected(resolve);
    });
    expect(await connection.invoke('WhoAmI')).toEqual(['visit-1', 'visit-1']);
    proxy.cut();
    await back;
    expect(await connection.invoke('WhoAmI')).toEqual(['visit-2', 'visit-2']);
  });

  it('works without negotiation', async () => {
    const { proxy, kit } = await start(way);
    const connection = await kit.connect({ skipNegotiation: true, reconnect: [0, 0, 0] });
    const back = new Promise((resolve) => {
      connection.onreconnected(resolve);
    });
    proxy.cut();
    await back;
    expect(await connection.invoke('EchoAny', 1)).toBe(1);
  });
});

describe.each(WAYS.filter(({ transport }) => transport !== 'LongPolling'))(
  'clientTimeout over $transport in $protocol',
  (way) => {
    it('closes the connection of a client that has pinged and fell silent, and lets it come back', async () => {
      const clock = new FakeClock();
      const { proxy, kit } = await start(way, clock);
      const connection = kit.build({ reconnect: [0, 0, 0] });
      connection.keepAliveIntervalInMilliseconds = 1;
      const lost = new Promise<string | undefined>((resolve) => {
        connection.onreconnecting((error) => {
          resolve(error?.message);
        });
      });
      const back = new Promise((resolve) => {
        connection.onreconnected(resolve);
      });
      await connection.start();
      await connection.invoke('EchoAny', 1);
      await proxy.heard();
      connection.keepAliveIntervalInMilliseconds = 1_000_000;
      expect(await advanceUntil(clock, lost)).toBe(
        'Server returned an error on close: Connection closed with an error.',
      );
      await back;
      expect(await connection.invoke('EchoAny', 2)).toBe(2);
    });
  },
);
