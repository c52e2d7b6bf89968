import type { StoredBatch, WireEvent } from './offline-store';

/** What one call of `send` gave. */
export interface Call {
  readonly events: readonly WireEvent[];
  /** Characters of the events as JSON. */
  readonly size: number;
  resolve(): void;
  reject(error: Error): void;
}

/** Events of one stream that are sent together, by one call of `send` or several. */
export class Batch {
  size = 0;
  count = 0;
  readonly calls: Call[] = [];

  constructor(
    /** The idempotency key: made once, whatever becomes of the first attempt. */
    readonly key: string,
    calls: readonly Call[] = [],
  ) {
    for (const call of calls) this.add(call);
  }

  add(call: Call): void {
    this.calls.push(call);
    this.size += call.size;
    this.count += call.events.length;
  }

  get events(): WireEvent[] {
    return this.calls.flatMap(({ events }) => events);
  }

  /** Both halves, so that a bad call is found and does not take others with it. Their keys are the same each time. */
  halves(): [Batch, Batch] {
    const middle = this.calls.length >> 1;
    return [
      new Batch(`${this.key}a`, this.calls.slice(0, middle)),
      new Batch(`${this.key}b`, this.calls.slice(middle)),
    ];
  }

  stored(topic: string, streamId: string): StoredBatch {
    const { key, events, calls } = this;
    return { key, topic, streamId, events, sizes: calls.map((call) => call.events.length) };
  }
}
