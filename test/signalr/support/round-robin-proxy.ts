import { createServer, type IncomingMessage, request as openRequest, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import type { Duplex } from 'node:stream';

/** A balancer without sticky sessions: each request goes to the next server, on a socket of its own. */
export class RoundRobinProxy {
  /** How many requests each server has answered, and how many WebSockets it has taken. */
  readonly answered: number[];
  readonly upgraded: number[];
  readonly #ports: number[];
  readonly #server: Server;
  readonly #sockets = new Set<Duplex>();
  #next = 0;

  private constructor(urls: readonly string[]) {
    this.#ports = urls.map((url) => Number(new URL(url).port));
    this.answered = urls.map(() => 0);
    this.upgraded = urls.map(() => 0);
    this.#server = createServer((request, response) => {
      const index = this.#turn();
      const { method, headers, url: path } = request;
      const settings = { port: this.#ports[index]!, host: '127.0.0.1', method, path, headers, agent: false };
      const onward = openRequest(settings, (answer) => {
        this.answered[index]!++;
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
        answer.on('error', () => response.destroy());
      });
      onward.on('error', () => response.destroy());
      response.on('close', () => onward.destroy());
      request.pipe(onward);
    });
    this.#server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      this.#upgrade(request, socket, head);
    });
  }

  static async before(urls: readonly string[]): Promise<RoundRobinProxy> {
    const proxy = new RoundRobinProxy(urls);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/hub`;
  }

  /** Another server takes the place of one. */
  replace(index: number, url: string): void {
    this.#ports[index] = Number(new URL(url).port);
  }

  /** Loses every WebSocket. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  close(): void {
    this.cut();
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #turn(): number {
    return this.#next++ % this.#ports.length;
  }

  #upgrade({ method, url, rawHeaders }: IncomingMessage, socket: Duplex, head: Buffer): void {
    const index = this.#turn();
    this.upgraded[index]!++;
    const lines = [`${method ?? ''} ${url ?? ''} HTTP/1.1`];
    for (let at = 0; at < rawHeaders.length; at += 2) lines.push(`${rawHeaders[at]!}: ${rawHeaders[at + 1]!}`);
    const onward = connect(this.#ports[index]!, '127.0.0.1');
    onward.write(`${lines.join('\r\n')}\r\n\r\n`);
    onward.write(head);
    for (const [end, other] of [
      [socket, onward],
      [onward, socket],
    ] as const) {
      this.#sockets.add(end);
      end.on('error', () => undefined);
      end.pipe(other);
      end.on('close', () => {
        this.#sockets.delete(end);
        other.destroy();
      });
    }
  }
}
