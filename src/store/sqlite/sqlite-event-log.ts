import type {
  Append,
  AppendReceipt,
  EventLog,
  EventPage,
  ReadQuery,
  StoredEvent,
  StreamPut,
} from '../contract/event-log';
import type { EventColumns } from './channel/messages';
import { positionOffset, toPosition } from './channel/offsets';
import type { StoreThreads } from './queue/store-threads';

/** The event log of the embedded store. */
export class SqliteEventLog implements EventLog {
  readonly #threads: StoreThreads;

  constructor(threads: StoreThreads) {
    this.#threads = threads;
  }

  append(append: Append): Promise<AppendReceipt> {
    return this.#threads.append(append);
  }

  putStream({ topic, streamId, properties, createTopic }: StreamPut): Promise<void> {
    const text = JSON.stringify(properties);
    return this.#threads.change({ kind: 'put_stream', topic, streamId, createTopic, properties: text });
  }

  closeStream(topic: string, streamId: string): Promise<void> {
    return this.#threads.change({ kind: 'close_stream', topic, streamId });
  }

  async read({ after, ...query }: ReadQuery): Promise<EventPage> {
    const offset = after === undefined ? 0 : positionOffset(after);
    return toPage(await this.#threads.ask<'read'>({ kind: 'read', query: { ...query, after: offset } }));
  }
}

function toPage({ offsets, streamIds, timestamps, ids, values, tags, after, more }: EventColumns): EventPage {
  const events = offsets.map((offset, index): StoredEvent => ({
    position: toPosition(offset),
    streamId: streamIds[index]!,
    timestamp: timestamps[index]!,
    id: ids[index]!,
    value: values[index]!,
    tags: tags[index]!,
  }));
  return { events, position: toPosition(after), more };
}
