/** What is due on a connection. */
export type KeepAliveAction = 'ping' | 'timeout' | undefined;

/**
 * Decides when a client needs a ping and when it is considered gone. Receiving and sending only set a flag, so they
 * cost nothing; the time is looked at in `tick`.
 *
 * Clients take any message as a sign of life, not only a ping, so a ping is due only when nothing was written for an
 * interval. A write is dated at the next tick: the longest silence a client sees is the interval and two ticks, 17 s of
 * the 30 s it waits.
 */
export class KeepAlive {
  #lastWrite: number;
  #lastHeard: number;
  #wrote = false;
  #heard = false;
  #clientPings = false;
  readonly #timing: { readonly keepAliveInterval: number; readonly clientTimeout: number };

  constructor(timing: { readonly keepAliveInterval: number; readonly clientTimeout: number }, now: number) {
    this.#timing = timing;

    this.#lastWrite = this.#lastHeard = now;
  }

  /** Something was written to the client. */
  wrote(): void {
    this.#wrote = true;
  }

  /** Bytes came from the client. */
  heard(): void {
    this.#heard = true;
  }

  /** A ping came from the client. A client that never sends one never times out, as in ASP.NET Core. */
  heardPing(): void {
    this.#clientPings = true;
  }

  /** What is due at `now`. While the server is not `listening`, the client's silence does not count. */
  tick(now: number, listening: boolean): KeepAliveAction {
    if (this.#wrote) this.#lastWrite = now;
    if (this.#heard || !listening) this.#lastHeard = now;
    this.#wrote = this.#heard = false;
    if (this.#clientPings && now - this.#lastHeard >= this.#timing.clientTimeout) return 'timeout';
    return now - this.#lastWrite >= this.#timing.keepAliveInterval ? 'ping' : undefined;
  }
}
