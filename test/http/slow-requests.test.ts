import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { SlowRequests } from '../../src/http/slow-requests';
import { atEnd } from '../support/test-hub';

const INTERVAL = 5000;
const RATE = 10;

/** A server that watches its requests and leaves their bodies alone. */
class WatchedServer {
  readonly strikes: string[] = [];
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(onRequest: (request: IncomingMessage) => void): Promise<WatchedServer> {
    const server = createServer();
    const watched = new WatchedServer(server);
    const slow = new SlowRequests({
      limits: { minDataRate: RATE },
      interval: INTERVAL,
      clientOf: ({ socket }) => socket.remoteAddress,
      onStrike: (limit) => watched.strikes.push(limit),
      fail: (response, error) => {
        response.writeHead(error.kind.status).end(error.message);
      },
    });
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      slow.watch(request, response);
      onRequest(request);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    atEnd(() => {
      server.close();
      server.closeAllConnections();
    });
    return watched;
  }

  async send(...bodies: string[]): Promise<[Socket, IncomingMessage]> {
    const socket = connect((this.#server.address() as AddressInfo).port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(`POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n${bodies.join('')}`);
    const [request] = (await once(this.#server, 'request')) as [IncomingMessage];
    return [socket, request];
  }
}

async function received(request: IncomingMessage, bytes: number): Promise<void> {
  for (let count = 0; count < bytes;) count += ((await once(request, 'data')) as [Buffer])[0].length;
}

describe('SlowRequests', () => {
  beforeEach(() => {
    jest.useFakeTimers({
      doNotFake: [
        'nextTick',
        'setImmediate',
        'clearImmediate',
        'setTimeout',
        'clearTimeout',
        'queueMicrotask',
        'Date',
        'performance',
        'hrtime',
      ],
    });
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('answers 408 to a body that brings too little between two looks, and cuts the connection', async () => {
    const server = await WatchedServer.start((request) => request.resume());
    const [socket] = await server.send('12345');
    jest.advanceTimersByTime(2 * INTERVAL);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1.1 408 .*the body brings less than 10 bytes a second/s);
    await once(socket, 'close');
    expect(server.strikes).toEqual(['data_rate']);
  });

  it('lets a slow body take as long as it needs while it brings enough', async () => {
    const server = await WatchedServer.start(() => undefined);
    const [socket, request] = await server.send('');
    request.resume();
    for (let sent = 0; sent < 1000; sent += 50) {
      jest.advanceTimersByTime(INTERVAL);
      socket.write('x'.repeat(50));
      await received(request, 50);
    }
    await once(request, 'end');
    expect(server.strikes).toEqual([]);
  });

  it('does not blame a sender for a body that nobody reads', async () => {
    const server = await WatchedServer.start(() => undefined);
    const [, request] = await server.send('12345');
    jest.advanceTimersByTime(10 * INTERVAL);
    expect([server.strikes, request.destroyed]).toEqual([[], false]);
  });
});
