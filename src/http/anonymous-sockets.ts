import type { Socket } from 'node:net';
import type { OnStrike } from '../limits/limit-watch';
import type { TrustedProxies } from './trusted-proxies';

/** A connection, by the object that its requests come by. */
interface Connection {
  socket: Socket;
}

/** The sockets that have shown no valid token yet. Beyond a number the oldest is cut, so that a newcomer gets in. */
export class AnonymousSockets {
  /** In the order in which they came. */
  readonly #connections = new Set<Connection>();
  readonly #connectionOf = new WeakMap<Socket, Connection>();
  #max: number;
  readonly #onStrike: OnStrike;
  readonly #proxies: Pick<TrustedProxies, 'clientBehind'>;

  /**
   * A proxy's connections are held to the number as well, since one may open them for each of its clients. Who is cut
   * is named by the client that the last request on it was for.
   */
  constructor(max: number, onStrike: OnStrike, proxies: Pick<TrustedProxies, 'clientBehind'>) {
    this.#max = max;
    this.#onStrike = onStrike;
    this.#proxies = proxies;
  }

  get size(): number {
    return this.#connections.size;
  }

  /** With more than `max` the oldest are cut, now and from now on. */
  resize(max: number): void {
    this.#max = max;
    while (this.#connections.size > max) this.#cutOldest();
  }

  /** A socket has connected. */
  add(socket: Socket): void {
    const connection = { socket };
    this.#connections.add(connection);
    this.#connectionOf.set(socket, connection);
    socket.once('close', () => {
      this.#connections.delete(connection);
    });
    if (this.#connections.size > this.#max) this.#cutOldest();
  }

  /** The requests of a connection come by another socket than the one that has connected, as they do with TLS. */
  replace(socket: Socket, secure: Socket): void {
    const connection = this.#connectionOf.get(socket);
    if (connection === undefined) return;
    connection.socket = secure;
    this.#connectionOf.set(secure, connection);
  }

  /** A request on the socket has shown a valid token. */
  recognize(socket: Socket): void {
    const connection = this.#connectionOf.get(socket);
    if (connection !== undefined) this.#connections.delete(connection);
  }

  /** Cuts those by which nothing has come. */
  cutUnused(): void {
    for (const { socket } of this.#connections) if (socket.bytesRead === 0) socket.destroy();
  }

  #cutOldest(): void {
    const [oldest] = this.#connections;
    if (oldest === undefined) return;
    this.#connections.delete(oldest);
    this.#onStrike('anonymous_sockets', this.#proxies.clientBehind(oldest.socket) ?? 'unknown');
    oldest.socket.destroy();
  }
}
