import type { AppendReceipt } from '../store/contract/event-log';
import type { IdempotencyRecord } from '../store/contract/idempotency';
import type { EarlyTimestamps } from './early-timestamps';
import { checkIdempotencyKey } from './idempotency';
import { type Access, orderOf, type Target, type WarnedSender, type WhenFull, type WriteGate } from './write-gate';

/**
 * Longer texts are checked elsewhere, if there is where: the worst text of this length takes the main thread about 25
 * milliseconds.
 */
const LONGEST_HERE = 128 * 1024;

const NO_RECORD = {};

/** Text that is to be stored in a stream, as it came. */
export interface PostedText extends WarnedSender {
  readonly topic: unknown;
  readonly streamId: unknown;
  readonly text: Uint8Array;
  /** `undefined`: none. The same text under the same key of the same subject is stored once. */
  readonly idempotencyKey?: unknown;
  /** Whose key it is; absent for callers that cannot be told apart. */
  readonly subject?: string | undefined;
  /** For whom: holders take turns at what is scarce. */
  readonly holder?: string;
  /** What it came by, such as a connection: what comes by it for a stream stays in order. Default: the holder. */
  readonly sender?: unknown;
  /** Whether the memory of the text may be taken over, because nobody else reads it. */
  readonly owned?: boolean;
  /** Whose share of the topics a topic takes that is made; absent: nobody's. */
  readonly creator?: string | undefined;
  /** Whether timestamps in January 1970 are refused. */
  readonly strict?: boolean | undefined;
}

/** A text that is to be checked elsewhere than on the main thread. */
export interface ScanWork {
  readonly text: Uint8Array;
  /** Whether timestamps in January 1970 are refused. */
  readonly strict: boolean;
  /** What the fingerprint of the text is for, if one is needed. */
  readonly purpose: readonly string[] | undefined;
  /** Whose work it is: holders take turns. */
  readonly holder: string;
  /** Whether the memory of the text may be taken over: nobody else reads it, and the caller does not need it again. */
  readonly owned: boolean;
}

/** What became of a text: `undefined` when there is nothing to store. */
export interface Scanned<Batch> {
  readonly batch: Batch | undefined;
  readonly fingerprint: Buffer | undefined;
}

/** What is appended, as the store takes it. */
interface StreamAppend<Batch> extends Target {
  readonly batch: Batch;
  readonly createTopic: boolean;
  readonly creator: string | undefined;
  readonly holder: string | undefined;
  readonly record?: IdempotencyRecord;
}

/** How texts of one kind are checked and stored. */
export interface TextKind<Batch> {
  /** Tells fingerprints of this kind from others. */
  readonly purpose: string;
  scan(text: Uint8Array, strict: boolean): Batch | undefined;
  /** Checks a text elsewhere; absent: the main thread does. Rejects as `scan` throws. */
  readonly scanElsewhere: ((work: ScanWork) => Promise<Scanned<Batch>>) | undefined;
  store(append: StreamAppend<Batch>): Promise<AppendReceipt>;
}

/** Takes in the texts of one kind. */
export class StreamAppends<Batch extends { readonly early?: EarlyTimestamps }> {
  readonly #gate: WriteGate;
  readonly #kind: TextKind<Batch>;

  constructor(gate: WriteGate, kind: TextKind<Batch>) {
    this.#gate = gate;
    this.#kind = kind;
  }

  /** Throws what `append` would throw before it looks at the text: so that a caller need not take in a body in vain. */
  check(access: Access, posted: Pick<PostedText, 'topic' | 'streamId' | 'holder'>, whenFull: WhenFull): void {
    this.#gate.target(access, posted.topic, posted.streamId);
    this.#gate.checkRoom(whenFull, posted.holder);
  }

  /** Stores a text whole or not at all. Resolves when it is stored; the value means nothing to callers. */
  append(access: Access, posted: PostedText, whenFull: WhenFull): Promise<unknown> {
    const gate = this.#gate;
    const target = gate.target(access, posted.topic, posted.streamId);
    if (posted.text.length > LONGEST_HERE || !gate.order.isIdle) {
      const inTurn = this.#appendInTurn(access, target, posted, whenFull);
      if (inTurn !== undefined) return inTurn;
    }
    const { record } = this.#record(target, posted);
    const batch = this.#kind.scan(posted.text, posted.strict === true);
    if (batch === undefined) return Promise.resolve();
    const { creator, holder } = posted;
    gate.checkRoom(whenFull, holder);
    if (batch.early !== undefined) gate.tellOfEarly(target, posted, batch.early);
    const { topic, streamId } = target;
    // Written out: spreading objects into it takes a tenth of the time of an append.
    const append = { topic, streamId, batch, createTopic: access.mayCreate, creator, holder };
    return this.#kind.store(record === undefined ? append : { ...append, record });
  }

  /**
   * Stores a text that is checked elsewhere, or that lies behind such a text of the same sender to the same stream;
   * `undefined` when it is neither.
   */
  #appendInTurn(access: Access, target: Target, posted: PostedText, whenFull: WhenFull): Promise<void> | undefined {
    const gate = this.#gate;
    const order = orderOf(target);
    const sender = posted.sender ?? posted.holder;
    const { scanElsewhere } = this.#kind;
    const isLarge = posted.text.length > LONGEST_HERE && scanElsewhere !== undefined;
    if (!isLarge && !gate.order.isUnderWay(order, sender)) return undefined;
    const scanned = isLarge ? this.#scanElsewhere(scanElsewhere, target, posted) : this.#scanHere(posted);
    return gate.order.inTurn(order, sender, scanned, async ({ batch, fingerprint }) => {
      if (batch === undefined) return;
      const { creator, holder } = posted;
      gate.checkRoom(whenFull, holder);
      if (batch.early !== undefined) gate.tellOfEarly(target, posted, batch.early);
      const record = this.#record(target, posted, fingerprint);
      await this.#kind.store({ ...target, batch, createTopic: access.mayCreate, creator, holder, ...record });
    });
  }

  async #scanElsewhere(
    scan: (work: ScanWork) => Promise<Scanned<Batch>>,
    target: Target,
    { text, idempotencyKey, holder = '', owned = false, strict = false }: PostedText,
  ): Promise<Scanned<Batch>> {
    if (idempotencyKey !== undefined) checkIdempotencyKey(idempotencyKey);
    const purpose = idempotencyKey === undefined ? undefined : this.#purpose(target);
    return scan({ text, strict, purpose, holder, owned });
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- what it throws is a rejection
  async #scanHere({ text, strict }: PostedText): Promise<Scanned<Batch>> {
    return { batch: this.#kind.scan(text, strict === true), fingerprint: undefined };
  }

  #record(target: Target, posted: PostedText, fingerprint?: Buffer): { readonly record?: IdempotencyRecord } {
    return posted.idempotencyKey === undefined
      ? NO_RECORD
      : this.#gate.record(this.#purpose(target), posted, fingerprint);
  }

  #purpose({ streamId }: Target): readonly string[] {
    return [this.#kind.purpose, streamId];
  }
}
