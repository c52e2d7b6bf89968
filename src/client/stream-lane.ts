import { Batch, type Call } from './batch';
import { asRefusal, HubError, PASSING_CODES } from './hub-error';
import type { HubLink } from './hub-link';
import type { LiveConnection } from './live-connection';

/** Whose streams they are. */
export interface LaneOwner {
  readonly link: HubLink;
  /** Events and characters of a batch, and how long it waits for more of them, milliseconds. */
  readonly batches: Readonly<Record<'events' | 'size' | 'delay', number>>;
  /** The largest message that the server takes, as far as is known. */
  maxMessageBytes: number;
  /** Whether events outlive this page or process. */
  readonly isStored: boolean;
  /** Resolves when what an earlier page or process left is in its streams. */
  readonly loaded: Promise<unknown>;
  makeKey(): string;
  /** Keeps a batch in the offline store, if there is one. */
  keep(lane: StreamLane, batch: Batch): void;
  /** Removes it from there. */
  forget(batch: Batch): void;
  onIdle(lane: StreamLane): void;
}

/** Refusals that one call may have brought upon others. */
const BLAMES_ONE: ReadonlySet<string> = new Set(['invalid_events', 'message_too_large']);
/** What a message has besides events: names, escaped, and the key. */
const ENVELOPE_BYTES = 4096;

/** Sends the events of one stream, a batch at a time, so that they arrive in order. */
export class StreamLane {
  /** What gathers. */
  #open: Batch | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** What is to be sent, in order of keys; the first one may be under way. */
  readonly #sealed: Batch[] = [];
  #isRunning = false;
  readonly #owner: LaneOwner;

  constructor(
    readonly topic: string,
    readonly streamId: string,
    owner: LaneOwner,
  ) {
    this.#owner = owner;
  }

  add(call: Call): void {
    const { events, size } = this.#owner.batches;
    const open = this.#open;
    if (open && (open.count + call.events.length > events || open.size + call.size > size)) this.seal();
    const batch = (this.#open ??= this.#begin());
    batch.add(call);
    if (batch.count >= events || batch.size >= size) this.seal();
  }

  /** Puts a batch in its place among those that are to be sent. */
  insert(batch: Batch): void {
    let at = this.#sealed.length;
    while (at > 0 && this.#sealed[at - 1]!.key > batch.key) at--;
    this.#sealed.splice(at, 0, batch);
    if (!this.#isRunning) void this.#run();
  }

  /** Sends what has gathered, without waiting for more. */
  seal(): void {
    const batch = this.#open;
    if (!batch) return;
    clearTimeout(this.#timer);
    this.#open = undefined;
    this.#owner.keep(this, batch);
    this.insert(batch);
  }

  #begin(): Batch {
    const owner = this.#owner;
    this.#timer = setTimeout(() => {
      // While another batch is under way this one may grow, unless it is to be kept.
      if (owner.isStored || !this.#isRunning) this.seal();
    }, owner.batches.delay);
    return new Batch(owner.makeKey());
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    await this.#owner.loaded;
    for (;;) {
      if (this.#sealed.length === 0) this.seal();
      const batch = this.#sealed[0];
      if (!batch) break;
      await this.#deliver(batch);
    }
    this.#isRunning = false;
    this.#owner.onIdle(this);
  }

  /** Sends a batch until it is stored or refused for good. */
  async #deliver(batch: Batch): Promise<void> {
    for (let failures = 1; ; failures++) {
      const error = await this.#attempt(batch);
      if (!error) {
        this.#remove(batch);
        for (const call of batch.calls) call.resolve();
        return;
      }
      if (error === 'ended') return;
      if (error instanceof HubError) {
        this.#refuse(batch, error);
        return;
      }
      if (error === 'passing') await this.#owner.link.pause(failures);
    }
  }

  /** What an attempt has failed of: a refusal for good, or what passes; `ended` when there is no sense in more. */
  async #attempt(batch: Batch): Promise<undefined | HubError | 'lost' | 'passing' | 'ended'> {
    const { link, isStored } = this.#owner;
    let live: LiveConnection | undefined;
    try {
      live = await link.open();
      const tooLarge = this.#tooLarge(batch);
      if (tooLarge) return tooLarge;
      await live.invoke('SendEventData', this.topic, this.streamId, batch.events, { idempotencyKey: batch.key });
      return undefined;
    } catch (error) {
      if (!live) {
        // There is no connection to be had. What is kept can wait for better times.
        if (isStored && (error as HubError).code !== 'closed') return 'passing';
        this.#giveUp(error as HubError);
        return 'ended';
      }
      const refusal = asRefusal(error);
      if (!refusal) this.#learnLimit(error);
      else if (refusal.code === 'unauthenticated') link.drop(live, refusal);
      else if (!PASSING_CODES.has(refusal.code)) return refusal;
      return live.isLost ? 'lost' : 'passing';
    }
  }

  #giveUp(error: HubError): void {
    for (const { calls } of this.#sealed.splice(0)) for (const call of calls) call.reject(error);
  }

  #refuse(batch: Batch, error: HubError): void {
    if (batch.calls.length === 1 || !BLAMES_ONE.has(error.code)) {
      this.#remove(batch);
      for (const call of batch.calls) call.reject(error);
      return;
    }
    for (const half of batch.halves()) {
      this.#owner.keep(this, half);
      this.insert(half);
    }
    this.#remove(batch);
  }

  #remove(batch: Batch): void {
    this.#sealed.splice(this.#sealed.indexOf(batch), 1);
    this.#owner.forget(batch);
  }

  /** A server closes the connection on which a message is too large: that one is not sent again. */
  #learnLimit(error: unknown): void {
    const [, limit] = /maximum message size of (\d+)B/.exec(String(error)) ?? [];
    if (limit) this.#owner.maxMessageBytes = Math.min(this.#owner.maxMessageBytes, Number(limit));
  }

  #tooLarge({ size, events }: Batch): HubError | undefined {
    const { maxMessageBytes } = this.#owner;
    // A character has up to three bytes.
    if (3 * size + ENVELOPE_BYTES <= maxMessageBytes) return undefined;
    const bytes = new TextEncoder().encode(JSON.stringify(events)).length + ENVELOPE_BYTES;
    if (bytes <= maxMessageBytes) return undefined;
    return new HubError(`message_too_large: ${bytes} bytes of ${maxMessageBytes}`);
  }
}
