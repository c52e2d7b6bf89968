import type { EventBatch, ReadQuery, StoredEvent } from '../../../src/store/contract/event-log';
import type { Position } from '../../../src/store/contract/position';
import type { Store } from '../../../src/store/contract/store';

/** What these helpers need of a store. */
type LogStore = Pick<Store, 'log'>;

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

/** Appends to topic `t`, which is created, or to another; gives the position of the last event. */
export async function send(store: LogStore, streamId: string, batch: EventBatch, topic = 't'): Promise<Position> {
  const { position } = await store.log.append({ topic, streamId, batch, createTopic: true });
  if (position === undefined) throw new Error('an append without an idempotency record has a position');
  return position;
}

/** Reads topic `t`, or another, to its end by pages of `limit`. */
export async function readAll(store: LogStore, query: Partial<ReadQuery> = {}): Promise<StoredEvent[]> {
  const events: StoredEvent[] = [];
  let from: Pick<ReadQuery, 'after'> = {};
  for (;;) {
    const page = await store.log.read({ topic: 't', limit: 1000, ...query, ...from });
    events.push(...page.events);
    if (!page.more) return events;
    from = { after: page.position };
  }
}

/** The ids of events in order. */
export function idsOf(events: readonly StoredEvent[]): string[] {
  return events.map(({ id }) => id);
}
