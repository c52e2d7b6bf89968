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
  #lastSent: number;
  #lastReceived: number;
  #sent = false;
  #received = false;
  #clientPings = false;
  readonly #timing: { readonly keepAliveInterval: number; readonly clientTimeout: number };

  constructor(timing: { readonly keepAliveInterval: number; readonly clientTimeout: number }, now: number) {
    this.#timing = timing;

    this.#lastSent = this.#lastReceived = now;
  }

  /** Something was written to the client. */
  onSent(): void {
    this.#sent = true;
  }

  /** Bytes came from the client. */
  onReceived(): void {
    this.#received = true;
  }

  /** A ping came from the client. A client that never sends one never times out, as in ASP.NET Core. */
  onPing(): void {
    this.#clientPings = true;
  }

  /** What is due at `now`. While the server is not `listening`, the client's silence does not count. */
  tick(now: number, listening: boolean): KeepAliveAction {
    if (this.#sent) this.#lastSent = now;
    if (this.#received || !listening) this.#lastReceived = now;
    this.#sent = this.#received = false;
    if (this.#clientPings && now - this.#lastReceived >= this.#timing.clientTimeout) return 'timeout';
    return now - this.#lastSent >= this.#timing.keepAliveInterval ? 'ping' : undefined;
  }
}
