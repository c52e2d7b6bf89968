import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A client's socket, and the one to the server behind it. */
interface Pair {
  readonly client: Socket;
  readonly server: Socket;
  /** How many bytes went to the client. */
  delivered: number;
}

/**
 * Decides on a piece for the client, given the bytes that went before: how much of it to let through before the cut, if
 * any.
 */
export type CutPlan = (delivered: number, length: number) => number | undefined;

/** A TCP proxy between client and server that cuts its connections when told to. */
export class CuttingProxy {
  /** How many connections were cut. */
  cuts = 0;
  /** Whether new connections are held. */
  #held = false;
  readonly #waiting: Socket[] = [];
  readonly #pairs = new Set<Pair>();
  readonly #listeners = new Set<() => void>();
  readonly #server: Server;
  readonly #target: number;
  readonly #plan: CutPlan;

  private constructor(server: Server, target: number, plan: CutPlan) {
    this.#server = server;
    this.#target = target;
    this.#plan = plan;

    server.on('connection', (socket) => {
      socket.on('error', () => undefined);
      if (this.#held) this.#waiting.push(socket);
      else this.#join(socket);
    });
  }

  /** Starts a proxy to a port of the loopback. */
  static async start(target: number, plan: CutPlan = () => undefined): Promise<CuttingProxy> {
    const server = createServer({ noDelay: true });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new CuttingProxy(server, target, plan);
  }

  /** An address of the server, through this proxy. */
  through(url: string): string {
    return url.replace(/:\d+/, `:${(this.#server.address() as AddressInfo).port}`);
  }

  /** Cuts all connections. */
  cut(): void {
    for (const pair of [...this.#pairs]) this.#cut(pair);
  }

  /** Accepts new clients, but passes nothing on until `release`. */
  hold(): void {
    this.#held = true;
  }

  release(): void {
    this.#held = false;
    for (const socket of this.#waiting.splice(0)) this.#join(socket);
  }

  /** Resolves when a client next sends something. */
  heard(): Promise<void> {
    return new Promise((resolve) => {
      this.#listeners.add(resolve);
    });
  }

  async close(): Promise<void> {
    this.cut();
    for (const socket of this.#waiting.splice(0)) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #join(client: Socket): void {
    if (client.destroyed) return;
    const server = connect({ port: this.#target, host: '127.0.0.1', noDelay: true });
    const pair: Pair = { client, server, delivered: 0 };
    this.#pairs.add(pair);
    server.on('error', () => undefined);
    client.on('data', (bytes) => {
      server.write(bytes);
      for (const listener of this.#listeners) listener();
      this.#listeners.clear();
    });
    server.on('data', (bytes: Buffer) => {
      this.#deliver(pair, bytes);
    });
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      from.on('end', () => to.end());
      from.on('close', () => {
        to.destroy();
        this.#pairs.delete(pair);
      });
    }
  }

  #deliver(pair: Pair, bytes: Buffer): void {
    const allowed = this.#plan(pair.delivered, bytes.length);
    pair.delivered += bytes.length;
    if (allowed === undefined) {
      pair.client.write(bytes);
      return;
    }
    pair.client.write(bytes.subarray(0, allowed), () => {
      this.#cut(pair);
    });
    pair.server.pause();
  }

  #cut(pair: Pair): void {
    if (!this.#pairs.delete(pair)) return;
    this.cuts++;
    pair.client.destroy();
    // Node.js leaks the handle of a socket that is reset while it is ending.
    if (pair.server.writableEnded) pair.server.destroy();
    else pair.server.resetAndDestroy();
  }
}
