import type { Logger } from '../logger';
import { BEATS_UNTIL_GONE } from './server-registry';

/** What becomes of the link. */
export interface HealthListener {
  /** What comes and goes may have been lost. */
  onGap(): void;
}

/**
 * Whether a server hears the others: it does as long as it hears itself. A subscriber that Redis has cut off, or that
 * stays away after its socket was lost, looks connected and hears nothing.
 */
export class LinkHealth {
  /** How often frames may have been lost. */
  gaps = 0;
  /** How many frames could not be published. */
  lostFrames = 0;
  #state: 'down' | 'up' | 'silent' = 'down';
  /** Heartbeats since this server heard itself. */
  #missed = 0;
  /** What was lost when the link went down. */
  #lostBefore = 0;
  #everUp = false;
  /** Whether a loss was logged since the last heartbeat: one is enough. */
  #lossLogged = false;
  readonly #logger: Logger;
  readonly #listener: HealthListener;

  constructor(logger: Logger, listener: HealthListener) {
    this.#logger = logger;
    this.#listener = listener;
  }

  get silent(): boolean {
    return this.#state === 'silent';
  }

  get healthy(): boolean {
    return this.#state === 'up';
  }

  /** All that is said to this server arrives. */
  up(): void {
    this.#missed = 0;
    this.#recover();
  }

  /** The link is gone. */
  down(reason: Error | undefined): void {
    if (this.#state === 'down') return;
    this.#fail('down', reason, 'the backplane is gone: clients of other servers are not reached');
  }

  /** This server has heard itself. */
  heard(): void {
    this.#missed = 0;
    if (this.#state === 'silent') this.#recover();
  }

  /** A heartbeat was published, or should have been. */
  beat(): void {
    this.#lossLogged = false;
    if (++this.#missed !== BEATS_UNTIL_GONE + 1) return;
    if (this.#state === 'up') {
      this.#fail('silent', undefined, 'the backplane is silent: what is published to it does not come back');
    } else if (!this.#everUp) {
      this.gaps++;
      this.#logger.error({}, 'the backplane cannot be reached: clients of other servers are not reached');
    }
  }

  /** A frame could not be published. */
  lost(reason: Error | undefined): void {
    this.lostFrames++;
    if (this.#state !== 'up' || this.#lossLogged) return;
    this.#lossLogged = true;
    this.#logger.warn({ err: reason }, 'a frame could not be published to the backplane');
    this.gaps++;
    this.#listener.onGap();
  }

  #fail(state: 'down' | 'silent', reason: Error | undefined, text: string): void {
    // From silent to down the gap is the same one.
    const before = this.#state;
    this.#state = state;
    if (before !== 'up') return;
    this.#lostBefore = this.lostFrames;
    this.gaps++;
    this.#logger.error({ err: reason }, text);
    this.#listener.onGap();
  }

  #recover(): void {
    if (this.#state === 'up') return;
    this.#state = 'up';
    const lostFrames = this.lostFrames - this.#lostBefore;
    if (this.#everUp || lostFrames > 0) this.#logger.warn({ lostFrames }, 'the backplane is back');
    this.#everUp = true;
  }
}
