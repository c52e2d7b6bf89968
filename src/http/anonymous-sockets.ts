import type { Socket } from 'node:net';
import type { OnStrike } from '../limits/limit-watch';
import type { TrustedProxies } from './trusted-proxies';

/** The sockets that have shown no valid token yet. Beyond a number the oldest is cut, so that a newcomer gets in. */
export class AnonymousSockets {
  /** In the order in which they came. */
  readonly #sockets = new Set<Socket>();
  readonly #max: number;
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
    return this.#sockets.size;
  }

  /** A socket has connected. */
  add(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => {
      this.#sockets.delete(socket);
    });
    if (this.#sockets.size > this.#max) this.#cutOldest();
  }

  /** A request on the socket has shown a valid token. */
  recognize(socket: Socket): void {
    this.#sockets.delete(socket);
  }

  #cutOldest(): void {
    const [oldest] = this.#sockets;
    if (oldest === undefined) return;
    this.#sockets.delete(oldest);
    this.#onStrike('anonymous_sockets', this.#proxies.clientBehind(oldest) ?? 'unknown');
    oldest.destroy();
  }
}
