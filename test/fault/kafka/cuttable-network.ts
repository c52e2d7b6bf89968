import { once } from 'node:events';
import { type AddressInfo, createConnection, createServer, type Server, type Socket } from 'node:net';
import type { BrokerPlace, BrokerSettings } from '../../../src/kafka-dev/broker-files';

/** The way to one broker: a port of its own, from which everything is passed on. */
interface Way {
  readonly server: Server;
  /** Where the broker listens for what is passed on. */
  readonly target: number;
  readonly sockets: Set<Socket>;
}

/**
 * A network between brokers and those who use it that can be cut: what is sent is neither lost nor refused, it just
 * does not arrive until the network is whole again.
 */
export class CuttableNetwork {
  #isCut = false;
  readonly #ways: readonly Way[];

  private constructor(ways: readonly Way[]) {
    this.#ways = ways;
  }

  static async open(brokers: number): Promise<CuttableNetwork> {
    const ways: Way[] = [];
    const network = new CuttableNetwork(ways);
    for (let broker = 0; broker < brokers; broker++) {
      const target = await freePort();
      const way = { server: createServer(), target, sockets: new Set<Socket>() };
      way.server.on('connection', (socket) => {
        network.#join(way, socket);
      });
      way.server.listen(0, '127.0.0.1');
      await once(way.server, 'listening');
      ways.push(way);
    }
    return network;
  }

  /** `host:port` of each broker, separated by commas. */
  get addresses(): string {
    return this.#ways.map((_, index) => `127.0.0.1:${this.#port(index)}`).join(',');
  }

  /** What a broker has to be told so that it can be reached over this network as well. */
  settingsOf({ id, port, controllerPort }: BrokerPlace): BrokerSettings {
    const host = '127.0.0.1';
    const { target } = this.#ways[id - 1]!;
    return {
      listeners: `PLAINTEXT://${host}:${port},CUT://${host}:${target},CONTROLLER://${host}:${controllerPort}`,
      'advertised.listeners': `PLAINTEXT://${host}:${port},CUT://${host}:${this.#port(id - 1)}`,
      'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CUT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    };
  }

  cut(): void {
    this.#isCut = true;
    for (const socket of this.#sockets()) socket.pause();
  }

  mend(): void {
    this.#isCut = false;
    for (const socket of this.#sockets()) socket.resume();
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets()) socket.destroy();
    await Promise.all(this.#ways.map(({ server }) => new Promise((resolve) => server.close(resolve))));
  }

  #join({ target, sockets }: Way, from: Socket): void {
    const to = createConnection(target, '127.0.0.1');
    for (const [one, other] of [
      [from, to],
      [to, from],
    ] as const) {
      sockets.add(one);
      one.on('data', (chunk) => {
        other.write(chunk);
      });
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
      // It closes then.
      one.on('error', () => undefined);
      if (this.#isCut) one.pause();
    }
  }

  *#sockets(): Iterable<Socket> {
    for (const { sockets } of this.#ways) yield* sockets;
  }

  #port(index: number): number {
    return (this.#ways[index]!.server.address() as AddressInfo).port;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
