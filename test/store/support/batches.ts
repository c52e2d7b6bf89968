import type { EventBatch, EventPage, EventStore, ReadQuery, StoredEvent } from '../../../src/store/event-store';

/** An event as a test writes it down. */
export interface EventInput {
  readonly timestamp: bigint;
  readonly id: string;
  readonly value?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

/** The JSON text of an event, `quote` making the text of each string. */
export function eventText(
  { timestamp, id, value, tags }: EventInput,
  quote: (text: string) => string = JSON.stringify,
): string {
  const pairs = Object.entries(tags ?? {}).map(([key, tag]) => `${quote(key)}:${quote(tag)}`);
  return (
    [
      `{"timestamp":${timestamp},"id":${quote(id)}`,
      ...(value === undefined ? [] : [`"value":${quote(value)}`]),
      ...(tags === undefined ? [] : [`"tags":{${pairs.join(',')}}`]),
    ].join(',') + '}'
  );
}

/** A batch as the event scanner would hand it over. */
export function batchOf(events: readonly EventInput[], quote?: (text: string) => string): EventBatch {
  const timestamps = events.map(({ timestamp }) => timestamp);
  return {
    json: Buffer.from(events.map((event) => eventText(event, quote)).join(',')),
    count: events.length,
    minTimestamp: timestamps.reduce((least, timestamp) => (timestamp < least ? timestamp : least)),
    maxTimestamp: timestamps.reduce((greatest, timestamp) => (timestamp > greatest ? timestamp : greatest)),
  };
}

/** A batch of events with these timestamps, whose ids are their timestamps. */
export function batchAt(...timestamps: (bigint | number)[]): EventBatch {
  return batchOf(timestamps.map((timestamp) => ({ timestamp: BigInt(timestamp), id: String(timestamp) })));
}

/** Appends to topic `t`, which is created, or to another. */
export async function send(store: EventStore, streamId: string, batch: EventBatch, topic = 't'): Promise<number> {
  const { firstOffset } = await store.append({ topic, streamId, batch, createTopic: true });
  if (firstOffset === undefined) throw new Error('An append without a claim has a first offset.');
  return firstOffset;
}

/** Reads topic `t`, or another, to its end by pages of `limit`. */
export async function readAll(store: EventStore, query: Partial<ReadQuery> = {}): Promise<StoredEvent[]> {
  const events: StoredEvent[] = [];
  let after = query.after ?? 0;
  for (;;) {
    const page: EventPage = await store.read({ topic: 't', limit: 1000, ...query, after });
    events.push(...page.events);
    if (page.next === undefined) return events;
    after = page.next;
  }
}

/** The ids of events in order. */
export function idsOf(events: readonly StoredEvent[]): string[] {
  return events.map(({ id }) => id);
}
