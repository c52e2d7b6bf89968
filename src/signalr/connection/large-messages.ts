import type { WaitingMessage } from '../dispatch/backlog';
import type { HubMessage } from '../protocol/hub-messages';
import type { MessageSteps } from '../protocol/hub-protocol';
import type { ReadTurns, TurnTaker } from '../transports/read-turns';

/** Smaller messages than this are read at once. */
export const LARGE_MESSAGE = 64 * 1024;

/** The connection, as the reader of its large messages sees it. */
export interface LargeMessageOwner {
  /** Who answers for the connection. */
  readonly holder: string | undefined;
  /** A message was read; `undefined` when its type is unknown. */
  take(message: HubMessage | undefined, received: WaitingMessage): void;
  /** Called when a message cannot be read. */
  fail(error: unknown): void;
  /** Called when others may be read again. */
  updateFlow(): void;
}

/** Reads a large message in turns, so that it holds up nobody but its own connection. */
export class LargeMessages implements TurnTaker {
  #steps: MessageSteps | undefined;
  #received: WaitingMessage | undefined;
  readonly #turns: ReadTurns;
  readonly #owner: LargeMessageOwner;

  constructor(turns: ReadTurns, owner: LargeMessageOwner) {
    this.#turns = turns;
    this.#owner = owner;
  }

  get holder(): string | undefined {
    return this.#owner.holder;
  }

  /** How many bytes the message has that is being read; 0 when there is none. */
  get size(): number {
    return this.#received === undefined ? 0 : this.#received.end - this.#received.start;
  }

  /** Reads a message, as far as this turn allows. What it throws is for the caller. */
  read(steps: MessageSteps, received: WaitingMessage): void {
    this.#steps = steps;
    this.#received = received;
    this.#run();
  }

  takeTurn(): void {
    // It may have been discarded while it waited.
    if (this.#steps === undefined) return;
    try {
      this.#run();
    } catch (error) {
      this.#owner.fail(error);
    }
    if (this.size === 0) this.#owner.updateFlow();
  }

  /** Discards the message. */
  clear(): void {
    this.#steps = this.#received = undefined;
  }

  #run(): void {
    const steps = this.#steps!;
    const received = this.#received!;
    try {
      while (!steps.step()) {
        if (this.#turns.mayGoOn(LARGE_MESSAGE)) continue;
        this.#turns.wait(this);
        return;
      }
    } catch (error) {
      this.clear();
      throw error;
    }
    this.clear();
    this.#owner.take(steps.message, received);
  }
}
