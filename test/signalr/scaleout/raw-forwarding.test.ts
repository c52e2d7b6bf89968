import { setImmediate as turn } from 'node:timers/promises';
import type { Server } from 'node:http';
import { WebSocket } from 'ws';
import { type ConnectionEndpoint, createConnectionEndpoint, type RawConnection } from '../../../src/signalr';
import { FakeClock } from '../support/fake-clock';
import { HttpPeer } from '../support/http-peer';
import { listen, LogRecorder, urlOf } from '../support/hub-servers';
import { arrive } from '../support/joined-servers';
import { MemoryBackplane } from '../support/memory-backplane';

const KEYS = ['a key that all servers of the endpoint have'];

interface Running {
  readonly endpoint: ConnectionEndpoint;
  readonly http: Server;
  readonly url: string;
  readonly clock: FakeClock;
}

const running: Running[] = [];

afterEach(async () => {
  for (const { endpoint, http, clock } of running.splice(0)) {
    http.closeAllConnections();
    const closed = endpoint.close({ timeout: 1 });
    clock.advance(20_000);
    await closed;
    await new Promise((resolve) => http.close(resolve));
  }
});

async function echo(connection: RawConnection): Promise<void> {
  for await (const piece of connection) await connection.send(piece);
}

/** Servers of one endpoint, which know each other. */
async function runServers(count: number): Promise<Running[]> {
  const network = new MemoryBackplane();
  for (let i = 0; i < count; i++) {
    const clock = new FakeClock();
    const endpoint = createConnectionEndpoint({
      logger: new LogRecorder(),
      clock,
      backplane: network,
      forwarding: { keys: KEYS },
      onConnected: echo,
    });
    const http = await listen(endpoint.handler);
    endpoint.attach(http, '/raw');
    running.push({ endpoint, http, clock, url: `${urlOf(http)}/raw` });
  }
  const addresses = (): number =>
    network.published.filter(({ frame }) => Buffer.from(frame).includes('address')).length;
  while (addresses() < count) await turn();
  for (let beats = 0; beats < 6; beats++) {
    for (const { clock } of running) clock.advance(1000);
    await arrive();
  }
  expect(running.map(({ endpoint }) => endpoint.backplane?.servers)).toEqual(running.map(() => count - 1));
  return running;
}

/** The same connection at another server. */
function at(peer: HttpPeer, from: Running, to: Running): HttpPeer {
  return peer.at(peer.url.replace(from.url, to.url));
}

describe('a raw connection of several servers', () => {
  it('is polled, posted to and ended through any of them', async () => {
    const [owner, ...others] = (await runServers(3)) as [Running, Running, Running];
    const peer = await HttpPeer.negotiate(owner.url);
    expect((await at(peer, owner, others[0]).poll()).status).toBe(200);
    for (const server of [others[1], others[0], owner]) {
      const there = at(peer, owner, server);
      expect((await there.ask('POST', server.url)).status).toBe(200);
      expect((await at(peer, owner, others[0]).poll()).body).toBe(server.url);
    }
    expect(running.map(({ endpoint }) => endpoint.connections)).toEqual([1, 0, 0]);
    expect((await at(peer, owner, others[1]).ask('DELETE')).status).toBe(202);
  });

  it('is a WebSocket through another one', async () => {
    const [owner, other] = (await runServers(2)) as [Running, Running];
    const peer = await HttpPeer.negotiate(owner.url);
    const socket = new WebSocket(at(peer, owner, other).url.replace('http', 'ws'));
    const echoed = new Promise<string>((resolve) => {
      socket.on('message', (data: Buffer) => {
        resolve(data.toString());
      });
    });
    socket.on('open', () => {
      socket.send('there and back');
    });
    expect(await echoed).toBe('there and back');
    expect([owner.endpoint.connections, other.endpoint.connections]).toEqual([1, 0]);
    expect(other.endpoint.backplane?.forwarded).toBe(1);
    const closed = new Promise((resolve) => socket.on('close', resolve));
    socket.close();
    expect(await closed).toBe(1000);
    while (other.endpoint.backplane?.forwarded !== 0) await turn();
  });

  it('is gone with its server: 404 at the others', async () => {
    const [owner, other] = (await runServers(2)) as [Running, Running];
    const peer = await HttpPeer.negotiate(owner.url);
    await owner.endpoint.close();
    await arrive();
    expect(await at(peer, owner, other).poll()).toMatchObject({ status: 404, body: 'No Connection with that ID' });
  });
});

describe('options', () => {
  const backplane = new MemoryBackplane();

  it.each([
    ['a backplane without forwarding', { backplane }, "option 'backplane' is of use with forwarding alone"],
    ['forwarding without a backplane', { forwarding: { keys: KEYS } }, "option 'forwarding' needs a backplane"],
    ['short keys', { backplane, forwarding: { keys: ['short'] } }, "option 'forwarding' must have keys"],
  ])('refuse %s', (_, options, message) => {
    expect(() => createConnectionEndpoint({ onConnected: echo, ...options })).toThrow(message);
  });
});
