import type { Outcome } from './frames';
import { BEATS_UNTIL_GONE } from './server-registry';

/** Why no answer comes: the server is gone; the request or its answer may have been lost; nothing can be asked. */
export type NoAnswer = 'gone' | 'lost' | 'unreachable';

/** A request to another server that waits for its answer. */
export interface PendingRequest {
  readonly server: string;
  onAnswer(outcome: Outcome): void;
  onNoAnswer(reason: NoAnswer): void;
}

interface Entry {
  readonly request: PendingRequest;
  beats: number;
}

/** The requests to other servers that wait for an answer. */
export class RemoteRequests {
  readonly #entries = new Map<string, Entry>();

  get size(): number {
    return this.#entries.size;
  }

  add(id: string, request: PendingRequest): void {
    this.#entries.set(id, { request, beats: 0 });
  }

  /** Returns whether it was waiting. */
  forget(id: string): boolean {
    return this.#entries.delete(id);
  }

  /** An answer has come. One that nobody waits for, or of a server that was not asked, is ignored. */
  answer(server: string, id: string, outcome: Outcome): void {
    const entry = this.#entries.get(id);
    if (entry?.request.server !== server) return;
    this.#entries.delete(id);
    entry.request.onAnswer(outcome);
  }

  /** Settles what waits for a server, or for any. */
  giveUp(reason: NoAnswer, server?: string): void {
    this.#giveUp(reason, ({ request }) => server === undefined || request.server === server);
  }

  /** A heartbeat has passed: a server that has not made itself heard by now is not there. */
  beat(isLive: (server: string) => boolean): void {
    this.#giveUp('gone', (entry) => !isLive(entry.request.server) && ++entry.beats > BEATS_UNTIL_GONE);
  }

  #giveUp(reason: NoAnswer, concerns: (entry: Entry) => boolean): void {
    for (const [id, entry] of this.#entries) {
      if (!concerns(entry)) continue;
      this.#entries.delete(id);
      entry.request.onNoAnswer(reason);
    }
  }
}
