/** Into how many beats the interval of pings is divided, so that a ping is late by a tenth of it at most. */
const BEATS_PER_INTERVAL = 10;

/** How often it is looked whether pings are due, when everything else is looked at every `tickInterval`. */
export function pingBeat(keepAliveInterval: number, tickInterval: number): number {
  return Math.min(tickInterval, Math.max(1, keepAliveInterval / BEATS_PER_INTERVAL));
}

/**
 * Decides when a client needs a ping and when it is considered gone. Receiving and sending only set a flag, so they
 * cost nothing; the time is looked at in `pingDue` and `timedOut`.
 *
 * Clients take any message as a sign of life, not only a ping, so a ping is due only when nothing was written for an
 * interval. A ping counts from when it was sent, another message from the beat after: the longest silence a client sees
 * is the interval and a beat, 16 s of the 30 s it waits.
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

  /** Sends a ping when one is due at `now`. */
  ping(now: number, send: () => void): void {
    if (this.#sent) this.#lastSent = now;
    this.#sent = false;
    if (now - this.#lastSent < this.#timing.keepAliveInterval) return;
    send();
    this.#lastSent = now;
    this.#sent = false;
  }

  /** Whether the client is gone at `now`. While the server is not `listening`, the client's silence does not count. */
  timedOut(now: number, listening: boolean): boolean {
    if (this.#received || !listening) this.#lastReceived = now;
    this.#received = false;
    return this.#clientPings && now - this.#lastReceived >= this.#timing.clientTimeout;
  }
}
