import * as library from '@microsoft/signalr';
import { MessagePackHubProtocol } from '@microsoft/signalr-protocol-msgpack';
import type { HubServerSettings } from '../../src/signalr';
import { FakeClock } from '../signalr/support/fake-clock';
import { advanceUntil } from './support/advance-until';
import { type RunningTestHub, startTestHub } from './support/conformance-servers';
import { CuttingProxy } from './support/cutting-proxy';
import { type ClientLibrary, makeKit } from './support/kit';
import type { Kit, ProtocolName } from './support/scenario';

const version8 = jest.requireActual<ClientLibrary>('signalr-client-8');
const ENDINGS: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const end of ENDINGS.splice(0).reverse()) await end();
});

interface Setting {
  readonly running: RunningTestHub;
  readonly proxy: CuttingProxy;
  readonly kit: Kit;
  /** A client that connects without the proxy. */
  readonly around: Kit;
}

async function start(
  client: { library: ClientLibrary; major: number; protocol: ProtocolName },
  settings: HubServerSettings = { allowStatefulReconnects: true },
): Promise<Setting> {
  const running = await startTestHub(settings);
  ENDINGS.push(() => running.close());
  const proxy = await CuttingProxy.start(Number(new URL(running.url).port));
  ENDINGS.push(() => proxy.close());
  const makeFor = (url: string): Kit => {
    const urls = { redirecting: url, limited: url, detailed: url };
    const parts = { ...client, transport: 'WebSockets', browser: false, messagePack: MessagePackHubProtocol } as const;
    const kit = makeKit({ ...parts, url, urls, key: 'key' });
    ENDINGS.push(() => kit.end());
    return kit;
  };
  return { running, proxy, kit: makeFor(proxy.through(running.url)), around: makeFor(running.url) };
}

const latest = { library, major: 10, protocol: 'json' } as const;

describe.each([
  { library: version8, major: 8, protocol: 'json' },
  { library, major: 10, protocol: 'json' },
  { library, major: 10, protocol: 'messagepack' },
] as const)('stateful reconnect of client $major in $protocol', (client) => {
  it('keeps the connection over a lost socket: id, groups, and what is running', async () => {
    const { running, proxy, kit } = await start(client);
    const connection = await kit.connect({ stateful: true });
    const before = connection.connectionId;
    await connection.invoke('Join', 'red');
    await connection.invoke('Remember', 'colour', 'red');
    const answer = connection.invoke<unknown>('Noted', 'later');
    proxy.cut();
    running.journal.note('later', 'now');
    expect(await answer).toBe('now');
    const heard = kit.heard(connection, 'M', 'end');
    await connection.invoke('SendTo', ['group', 'red'], 'M', ['still in the group']);
    await connection.invoke('SendTo', ['caller'], 'M', ['end']);
    expect(await heard).toEqual(['still in the group']);
    expect([connection.connectionId, await connection.invoke('Recall', 'colour')]).toEqual([before, 'red']);
  });

  it('delivers what either side says while the way is cut, once and in order', async () => {
    const { proxy, kit, around } = await start(client);
    const [connection, other] = [await kit.connect({ stateful: true }), await around.connect()];
    const heard = kit.heard(connection, 'M', 'end');
    proxy.hold();
    proxy.cut();
    const numbers = Array.from({ length: 20 }, (_, i) => i);
    const answers = numbers.map((i) => connection.invoke('Note', 'order', i));
    for (const i of numbers) await other.invoke('SendTo', ['client', connection.connectionId], 'M', [i]);
    await other.invoke('SendTo', ['client', connection.connectionId], 'M', ['end']);
    proxy.release();
    expect(await heard).toEqual(numbers);
    await Promise.all(answers);
    for (const i of numbers) expect(await other.invoke('Noted', 'order')).toBe(i);
  });

  it('carries streams both ways on over a lost socket', async () => {
    const { proxy, kit } = await start(client);
    const connection = await kit.connect({ stateful: true });
    const subject = kit.subject();
    const sum = connection.invoke<unknown>('Collect', subject);
    const counted = kit.drain(connection.stream('Count', 300));
    const numbers = Array.from({ length: 60 }, (_, i) => i);
    for (const i of numbers) {
      subject.next(i);
      if (i % 20 === 10) proxy.cut();
      await new Promise((resolve) => setImmediate(resolve));
    }
    subject.complete();
    expect(await sum).toEqual(numbers);
    expect(await counted).toEqual({ items: Array.from({ length: 300 }, (_, i) => i), end: 'completed' });
  });
});

describe('stateful reconnect', () => {
  it('is not done unless both sides want it', async () => {
    for (const [settings, stateful] of [
      [{}, true],
      [{ allowStatefulReconnects: true }, false],
    ] as const) {
      const { proxy, kit } = await start(latest, settings);
      const connection = await kit.connect({ stateful });
      const closed = kit.closed(connection);
      proxy.cut();
      expect(await closed).not.toBeNull();
    }
  });

  it('is not tried after the server aborts', async () => {
    const { kit } = await start(latest);
    const connection = await kit.connect({ stateful: true });
    const closed = kit.closed(connection);
    await connection.send('Abort');
    expect(await closed).toBeNull();
  });

  it('ends in good order when the client stops', async () => {
    const { running, kit } = await start(latest);
    const connection = await kit.connect({ stateful: true });
    const id = connection.connectionId ?? '';
    await connection.invoke('EchoAny', 1);
    await connection.stop();
    expect(await running.journal.next(`gone:${id}`)).toBe('in good order');
  });

  it('waits for a lost client only so long', async () => {
    const clock = new FakeClock();
    const { running, proxy, kit } = await start(latest, { allowStatefulReconnects: true, clock });
    const connection = await kit.connect({ stateful: true });
    const id = connection.connectionId ?? '';
    const gone = running.journal.next(`gone:${id}`);
    proxy.hold();
    proxy.cut();
    expect(await advanceUntil(clock, gone)).not.toBe('in good order');
    const closed = kit.closed(connection);
    proxy.release();
    expect(await closed).not.toBeNull();
  });
});
