import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { defineHub, method } from '../../../src/signalr';
import { type AnyClient, connectOver, TRANSPORTS } from '../support/any-transport';
import { Deferred } from '../support/deferred';
import { FakeClock } from '../support/fake-clock';
import { type RunningHub, useHubs } from '../support/hub-servers';

const hubs = useHubs();

/** What the hub saw when a client left, in the order in which it saw it. */
type Seen = readonly string[];

/** A hub whose clients all join a room; resolves when it hears that one has left. No time passes. */
async function run() {
  const seen: string[] = [];
  const gone = new Deferred<Seen>();
  const end = new Deferred();
  const started = new Deferred();
  const hub = defineHub(
    {
      Wait: method([], async ({ signal }) => {
        started.resolve();
        await end.promise;
        seen.push(signal.aborted ? 'cancelled' : 'completed');
      }),
      Abort: method([], (context) => {
        context.abort();
      }),
    },
    {
      onConnected: ({ connectionAborted, connectionId, groups }) => {
        void groups.add(connectionId, 'room');
        connectionAborted.addEventListener('abort', () => seen.push('aborted'));
      },
      onDisconnected: async ({ clients }, error) => {
        seen.push(error === undefined ? 'left' : 'lost');
        // Nobody is in the room any more.
        if (!(await clients.client('nobody').send('x'))) seen.push('no such client');
        gone.resolve(seen);
      },
    },
  );
  const clock = new FakeClock();
  const running = await hubs.run(hub, { clock });
  return { ...running, clock, gone: gone.promise, end, started: started.promise, seen };
}

const WAIT = '{"type":1,"target":"Wait","arguments":[]}';

describe.each(TRANSPORTS)('onDisconnected over %s', (transport) => {
  it.each([
    ['that leaves', (client: AnyClient) => void client.leave(), 'left'],
    ['that says goodbye', (client: AnyClient) => void client.send('{"type":7}'), 'left'],
    [
      'that the server lets go',
      (client: AnyClient) => void client.send('{"type":1,"target":"Abort","arguments":[]}'),
      'left',
    ],
    ['that breaks the protocol', (client: AnyClient) => void client.send('garbage'), 'lost'],
  ])('runs at once for a client %s, whether or not it answers', async (_, act, how) => {
    const hub = await run();
    act(await connectOver(transport, hub as never));
    expect(await hub.gone).toEqual(['aborted', how, 'no such client']);
  });

  it('runs at once when the server closes the connection', async () => {
    const hub = await run();
    await connectOver(transport, hub as never);
    hub.server.closeConnections(() => true);
    expect(await hub.gone).toEqual(['aborted', 'left', 'no such client']);
  });

  it('does not wait for an invocation, which may complete all the same', async () => {
    const hub = await run();
    const client = await connectOver(transport, hub as never);
    await client.send(WAIT);
    await hub.started;
    const left = client.leave();
    expect(await hub.gone).toEqual(['aborted', 'left', 'no such client']);
    expect(hub.server.connections).toBe(0);
    hub.end.resolve();
    await left;
    while (hub.seen.length < 4) await turn();
    expect(hub.seen).toEqual(['aborted', 'left', 'no such client', 'completed']);
  });

  it('is not followed by the end of what does not end by itself later than closeTimeout', async () => {
    const hub = await run();
    const client = await connectOver(transport, hub as never);
    await client.send(WAIT);
    await hub.started;
    await client.leave();
    await hub.gone;
    hub.clock.advance(6_000);
    hub.end.resolve();
    while (hub.seen.length < 4) await turn();
    expect(hub.seen[3]).toBe('cancelled');
  });
});

/** A WebSocket by hand, of a client that never closes and never answers. */
async function bareSocket({ http }: Pick<RunningHub<never>, 'http'>): Promise<Socket> {
  const { port } = http.address() as AddressInfo;
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  socket.on('error', () => undefined);
  socket.write(
    'GET /hub HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  );
  let received = Buffer.alloc(0);
  socket.on('data', (bytes: Buffer) => (received = Buffer.concat([received, bytes])));
  while (!received.includes('\r\n\r\n')) await turn();
  socket.write(frame(0x81, '{"protocol":"json","version":1}\x1e'));
  while (!received.includes('{}\x1e')) await turn();
  return socket;
}

/** RFC 6455, 5.2: a frame of a client, with a mask that changes nothing. */
function frame(first: number, payload: string | Buffer): Buffer {
  const bytes = Buffer.from(payload);
  return Buffer.concat([Buffer.from([first, 0x80 | bytes.length, 0, 0, 0, 0]), bytes]);
}

describe('onDisconnected over a socket that stays open', () => {
  it.each([
    ['after a close frame', (socket: Socket) => socket.write(frame(0x88, Buffer.from([0x03, 0xe8]))), 'left'],
    ['after a close frame without a code', (socket: Socket) => socket.write(frame(0x88, '')), 'left'],
    ['after a Close message', (socket: Socket) => socket.write(frame(0x81, '{"type":7}\x1e')), 'left'],
    ['when it is reset', (socket: Socket) => socket.resetAndDestroy(), 'lost'],
    ['when it is half closed', (socket: Socket) => socket.end(), 'lost'],
  ])('runs at once %s', async (_, act, how) => {
    const hub = await run();
    const socket = await bareSocket(hub);
    act(socket);
    expect(await hub.gone).toEqual(['aborted', how, 'no such client']);
    socket.destroy();
  });

  it('runs at once when the server closes it and it never answers', async () => {
    const hub = await run();
    const accepted = once(hub.http, 'connection') as Promise<[Socket]>;
    const socket = await bareSocket(hub);
    const [atServer] = await accepted;
    hub.server.closeConnections(() => true);
    expect(await hub.gone).toEqual(['aborted', 'left', 'no such client']);
    expect(atServer.destroyed).toBe(false);
    hub.clock.advance(6_000);
    expect(atServer.destroyed).toBe(true);
    socket.destroy();
  });
});
