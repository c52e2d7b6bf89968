import type { Socket } from 'node:net';
import type { OnStrike } from '../limits/limit-watch';

/** The sockets that have shown no valid token yet. Beyond a number the oldest is cut, so that a newcomer gets in. */
export class AnonymousSockets {
  /** In the order in which they came. */
  readonly #sockets = new Set<Socket>();
  readonly #max: number;
  readonly #onStrike: OnStrike;

  constructor(max: number, onStrike: OnStrike) {
    this.#max = max;
    this.#onStrike = onStrike;
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
    this.#onStrike('anonymous_sockets', oldest.remoteAddress ?? 'unknown');
    oldest.destroy();
  }
}
