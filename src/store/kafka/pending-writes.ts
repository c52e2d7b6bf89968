import { randomBytes } from 'node:crypto';
import type { WriterHubError } from '../../errors';
import type { WriteNumber } from './log-record';

/** What a write holds, as reports of commits count it. */
export interface WriteSize {
  readonly kind: 'events' | 'packages' | 'rows';
  readonly records: number;
  /** Of their texts. */
  readonly bytes: number;
}

/** A write that was carried out, and how long that took from its call, milliseconds. */
export interface Carried {
  readonly size: WriteSize | undefined;
  readonly wait: number;
}

interface Waiting {
  readonly since: number;
  readonly size: WriteSize | undefined;
  readonly resolve: (receipt: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** Writes of this process that were put into logs, until they come back out of them and are carried out. */
export class PendingWrites {
  /** Another one in every process, so that its numbers mean its own writes and nobody else's. */
  readonly writer = randomBytes(9).toString('base64url');
  readonly #waiting = new Map<string, Map<number, Waiting>>();
  readonly #idle = new Map<string, (() => void)[]>();
  readonly #lastNumbers = new Map<string, number>();
  /** Why nothing will be carried out any more. */
  #failure: WriterHubError | undefined;

  /** Adds a write; `send` puts it into its log under its number. Settles as it turns out when it is carried out. */
  add(log: string, send: (number: number) => void, size?: WriteSize): Promise<unknown> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const number = (this.#lastNumbers.get(log) ?? 0) + 1;
    this.#lastNumbers.set(log, number);
    return new Promise((resolve, reject) => {
      const ofLog = this.#waiting.get(log) ?? new Map<number, Waiting>();
      const since = size === undefined ? 0 : performance.now();
      this.#waiting.set(log, ofLog.set(number, { resolve, reject, since, size }));
      send(number);
    });
  }

  /** A write was carried out, perhaps one of another process; gives what it was if it was waited for. */
  settle(log: string, { writer, number }: WriteNumber, outcome: PromiseSettledResult<unknown>): Carried | undefined {
    if (writer !== this.writer) return undefined;
    const waiting = this.#take(log, number);
    if (waiting === undefined) return undefined;
    if (outcome.status === 'fulfilled') waiting.resolve(outcome.value);
    else waiting.reject(outcome.reason);
    return { size: waiting.size, wait: performance.now() - waiting.since };
  }

  /** The number of the first write to a log that waits, or would wait if it were called now. */
  firstOf(log: string): number {
    const [first] = this.#waiting.get(log)?.keys() ?? [];
    return first ?? (this.#lastNumbers.get(log) ?? 0) + 1;
  }

  /** Nothing of a log will be carried out any more; of no log in particular: nothing at all. */
  fail(error: WriterHubError, log?: string): void {
    if (log === undefined) this.#failure = error;
    for (const each of log === undefined ? [...this.#waiting.keys()] : [log]) {
      for (const number of [...(this.#waiting.get(each)?.keys() ?? [])]) this.#take(each, number)?.reject(error);
    }
  }

  /** Resolves when no write waits in a log. */
  async idle(log: string): Promise<void> {
    if (!this.#waiting.has(log)) return;
    await new Promise<void>((resolve) => this.#idle.set(log, [...(this.#idle.get(log) ?? []), resolve]));
  }

  #take(log: string, number: number): Waiting | undefined {
    const ofLog = this.#waiting.get(log);
    const waiting = ofLog?.get(number);
    if (ofLog === undefined || waiting === undefined) return undefined;
    ofLog.delete(number);
    if (ofLog.size === 0) {
      this.#waiting.delete(log);
      for (const tell of this.#idle.get(log) ?? []) tell();
      this.#idle.delete(log);
    }
    return waiting;
  }
}
