import { lacksScope, WriterHubError } from '../errors';
import type { IdempotencyRecord } from '../store/contract/idempotency';
import type { Store } from '../store/contract/store';
import { ArrivalOrder } from './arrival-order';
import { earlyWarning, type EarlyTimestamps } from './early-timestamps';
import { checkIdempotencyKey, IdempotencyRecords } from './idempotency';
import { checkStreamId, checkTopicName } from './names';
import { queueIsFull } from './queue-is-full';
import { ToldOnce } from './told-once';

/** What the caller may do. */
export interface Access {
  mayAppend(topic: string): boolean;
  mayRead(topic: string): boolean;
  /** Whether a topic that does not exist is created. */
  readonly mayCreate: boolean;
}

/** What happens to a write while the queue in front of the disk is full. */
export type WhenFull =
  /** It waits: for callers whose sockets are paused meanwhile. */
  | 'wait'
  /** It is refused with `store_busy`. */
  | 'refuse';

/** The stream that a write goes to. */
export interface Target {
  readonly topic: string;
  readonly streamId: string;
}

/** Timestamps were taken that lie in January 1970. */
export interface EarlyNotice extends Target {
  readonly count: number;
  /** What is wrong with them, if it has not been said of this stream yet. */
  readonly warning: string | undefined;
}

export interface WriteGateOptions {
  /** How long an idempotency key is remembered, in milliseconds. */
  readonly idempotencyWindow: number;
  /** Milliseconds since the Unix epoch (default `Date.now`). */
  readonly now?: () => number;
  /** Is told of timestamps that seem to be in another unit than nanoseconds (default: nobody). */
  readonly onEarly?: (notice: EarlyNotice) => void;
}

/** A write that may be tried again under a key. */
interface Keyed {
  readonly text: Uint8Array;
  /** `undefined`: none. */
  readonly idempotencyKey?: unknown;
  readonly subject?: string | undefined;
}

/** Of how many streams it is remembered that their senders have been warned. */
const REMEMBERED_WARNINGS = 10_000;

/**
 * What every write to a stream passes, whatever it writes: names, scopes, room in the queue, keys for retries, and the
 * order of what goes to one stream. There is one for all services of a server.
 */
export class WriteGate {
  /** Keyed by `orderOf`. */
  readonly order = new ArrivalOrder();
  #stopping = false;
  readonly #records: IdempotencyRecords;
  readonly #store: Pick<Store, 'full' | 'isFullFor'>;
  readonly #onEarly: WriteGateOptions['onEarly'];
  /** Streams of which the log was told, and those whose sender was. */
  readonly #logged = new ToldOnce(REMEMBERED_WARNINGS);
  readonly #warned = new ToldOnce(REMEMBERED_WARNINGS);

  constructor(store: Pick<Store, 'full' | 'isFullFor'>, options: WriteGateOptions) {
    this.#store = store;
    this.#onEarly = options.onEarly;

    this.#records = new IdempotencyRecords(options, options.now ?? Date.now);
  }

  /** The stream that is meant. Throws `shutting_down`, `invalid_name`, `forbidden`. */
  target(access: Access, topic: unknown, streamId: unknown): Target {
    return { topic: this.topic(access, topic), streamId: checkStreamId(streamId) };
  }

  /** The topic that is meant. Throws as `target`. */
  topic(access: Access, topic: unknown): string {
    if (this.#stopping) throw new WriterHubError('shutting_down', 'the server is stopping; try again in a moment');
    const name = checkTopicName(topic);
    if (!access.mayAppend(name)) throw lacksScope(`append:${name}`);
    return name;
  }

  /** Throws `store_busy` or `over_share` when there is no room and the write is not to wait. */
  checkRoom(whenFull: WhenFull, holder = ''): void {
    if (whenFull === 'wait' || !this.#store.isFullFor(holder)) return;
    throw queueIsFull(this.#store.full);
  }

  /** The record of a write that has a key. Throws `invalid_idempotency_key`. */
  record(
    purpose: readonly string[],
    { idempotencyKey, subject = '', text }: Keyed,
    fingerprint?: Buffer,
  ): { readonly record?: IdempotencyRecord } {
    if (idempotencyKey === undefined) return {};
    const key = checkIdempotencyKey(idempotencyKey);
    return { record: this.#records.make({ key, subject, purpose, body: text, fingerprint, answer: '' }) };
  }

  /** What is stored has timestamps whose unit is doubtful: that is said once for each stream. */
  tellOfEarly(target: Target, posted: WarnedSender, early: EarlyTimestamps): void {
    const stream = orderOf(target);
    const text = earlyWarning(early);
    if (posted.warn !== undefined && this.#warned.isFirst(stream)) posted.warn(text, target.streamId);
    const warning = this.#logged.isFirst(stream) ? text : undefined;
    this.#onEarly?.({ ...target, count: early.count, warning });
  }

  /** Refuses every write from now on with `shutting_down`. */
  stop(): void {
    this.#stopping = true;
  }
}

/** Whoever is told what seems to be meant otherwise. */
export interface WarnedSender {
  /** Is told, once for each stream, what seems to be meant otherwise in what is stored. It may be a method. */
  readonly warn?: ((text: string, streamId: string) => void) | undefined;
}

/** What the order of writes to a stream is kept by. No name of a topic holds a line feed. */
export function orderOf({ topic, streamId }: Target): string {
  return `${topic}\n${streamId}`;
}
