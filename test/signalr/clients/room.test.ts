import { HttpTransportType, type HubConnection, HubConnectionBuilder, LogLevel } from '@microsoft/signalr';
import { MessagePackHubProtocol } from '@microsoft/signalr-protocol-msgpack';
import { setImmediate as turn } from 'node:timers/promises';
import { type ClientProxy, defineHub, type HubContext, method } from '../../../src/signalr';
import { FakeClock } from '../support/fake-clock';
import { type HubOptions, useHubs } from '../support/hub-servers';

const hubs = useHubs();
/** It makes few messages as much as a socket, its peer and the bound of what waits take together. */
const PADDING = 'x'.repeat(1000);

function audience({ clients, connectionId, userId }: HubContext, name: string): ClientProxy {
  switch (name) {
    case 'caller':
      return clients.caller;
    case 'client':
      return clients.client(connectionId);
    case 'clients':
      return clients.clients([connectionId]);
    case 'group':
      return clients.group('room');
    case 'user':
      return clients.user(userId!);
    default:
      return clients.all;
  }
}

async function run(options: HubOptions = {}) {
  const outcomes: boolean[] = [];
  const hub = defineHub(
    {
      Send: method(['number', 'string'], async (context: HubContext, count, to) => {
        const clients = audience(context, to);
        for (let i = 0; i < count; i++) outcomes.push(await clients.send('Item', i, PADDING));
        return count;
      }),
      SendAtOnce: method(['number'], ({ caller }: HubContext, count) => {
        for (let i = 0; i < count; i++) void caller.send('Item', i, PADDING);
        return count;
      }),
    },
    {
      onConnected: ({ groups, connectionId }) => {
        void groups.add(connectionId, 'room');
      },
    },
  );
  const running = await hubs.run(hub, { authenticate: () => ({ principal: undefined, userId: 'ann' }), ...options });
  return { ...running, outcomes };
}

const started: HubConnection[] = [];
afterEach(async () => {
  for (const connection of started.splice(0)) await connection.stop();
});

/** A stock client that keeps what it is sent. */
async function connectTo(url: string, transport: HttpTransportType, binary = false) {
  let builder = new HubConnectionBuilder().withUrl(url, { transport }).configureLogging(LogLevel.None);
  if (binary) builder = builder.withHubProtocol(new MessagePackHubProtocol());
  const connection = builder.build();
  const items: number[] = [];
  connection.on('Item', (i: number) => items.push(i));
  await connection.start();
  started.push(connection);
  return { connection, items };
}

const COUNT = 8_000;
const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

describe('a method that awaits each send', () => {
  it.each([
    ['WebSockets', HttpTransportType.WebSockets, false],
    ['WebSockets and MessagePack', HttpTransportType.WebSockets, true],
    ['Server-Sent Events', HttpTransportType.ServerSentEvents, false],
    ['long polling', HttpTransportType.LongPolling, false],
    ['long polling and MessagePack', HttpTransportType.LongPolling, true],
  ])('sends 8,000 messages to its caller over %s, all of them in order', async (_, transport, binary) => {
    const { url } = await run();
    const { connection, items } = await connectTo(url, transport, binary);
    expect(await connection.invoke('Send', COUNT, 'caller')).toBe(COUNT);
    expect(items).toEqual(upTo(COUNT));
  });

  it.each(['client', 'clients', 'group', 'user', 'all'])('sends as many to %s over each transport', async (to) => {
    const { url, outcomes } = await run();
    const polling = await connectTo(url, HttpTransportType.LongPolling);
    const events = await connectTo(url, HttpTransportType.ServerSentEvents);
    const socket = await connectTo(url, HttpTransportType.WebSockets);
    const caller = to === 'client' || to === 'clients' ? events : socket;
    expect(await caller.connection.invoke('Send', 2_000, to)).toBe(2_000);
    expect(caller.items).toEqual(upTo(2_000));
    expect(outcomes).toEqual(outcomes.map(() => true));
    if (to === 'client' || to === 'clients') return;
    while (polling.items.length < 2_000 || events.items.length < 2_000) await turn();
    expect(polling.items).toEqual(upTo(2_000));
    expect(events.items).toEqual(upTo(2_000));
  });

  it('waits no longer than sendTimeout for a member of a group that takes nothing, which is then dropped', async () => {
    const clock = new FakeClock();
    const hub = await run({ clock, keepAliveInterval: Infinity });
    const stuck = await hub.connect();
    stuck.socket.pause();
    const { connection, items } = await connectTo(hub.url, HttpTransportType.WebSockets);
    const sent = connection.invoke('Send', 6_500, 'group');
    // The one that is stuck is dropped when its time is over.
    while (hub.server.connections > 1) {
      clock.advance(1_000);
      for (let i = 0; i < 20; i++) await turn();
    }
    expect(await sent).toBe(6_500);
    expect(items).toEqual(upTo(6_500));
    expect(hub.outcomes.filter((took) => !took)).toHaveLength(1);
    expect(hub.log.takeErrors()).toEqual(['limit reached']);
    expect(hub.server.connections).toBe(1);
  });

  it('is told when the client is gone', async () => {
    const hub = await run({ clock: new FakeClock() });
    const client = await hub.connect();
    client.socket.pause();
    client.send('{"type":1,"target":"Send","arguments":[1000000,"caller"]}');
    while (hub.outcomes.length === 0) await turn();
    let before = -1;
    while (before !== hub.outcomes.length) {
      before = hub.outcomes.length;
      for (let i = 0; i < 100; i++) await turn();
    }
    expect(hub.outcomes.at(-1)).toBe(true);
    client.socket.terminate();
    while (hub.outcomes.at(-1)) await turn();
  });
});

describe('a method that does not wait', () => {
  it('has a client dropped for which too much waits, and the log says what to do', async () => {
    const hub = await run({ clock: new FakeClock() });
    const { connection } = await connectTo(hub.url, HttpTransportType.LongPolling);
    const closed = new Promise((resolve) => {
      connection.onclose(resolve);
    });
    await expect(connection.invoke('SendAtOnce', 2_500)).rejects.toThrow();
    await closed;
    expect(hub.log.errors).toMatchObject([
      { fields: { limit: 'maximumSendBufferSize', hint: expect.stringContaining('awaits each send') as string } },
    ]);
    hub.log.takeErrors();
  });

  it('may send at once what the bound allows', async () => {
    const { url } = await run();
    const { connection, items } = await connectTo(url, HttpTransportType.LongPolling);
    expect(await connection.invoke('SendAtOnce', 600)).toBe(600);
    expect(items).toEqual(upTo(600));
  });
});
