import type {
  Append,
  AppendReceipt,
  DefinitionsPut,
  EventLog,
  EventPage,
  ReadQuery,
  StoredEvent,
  StreamPut,
} from '../contract/event-log';
import type { Position, StartPoint } from '../contract/position';
import type { RetentionChange } from '../contract/retention';
import { putDefinitions, putStream } from './channel/changes';
import type { EventColumns } from './channel/reader-messages';
import { toPlace, toPosition } from './channel/offsets';
import type { StoreThreads } from './queue/store-threads';

/** The event log of the embedded store. */
export class SqliteEventLog implements EventLog {
  readonly #threads: StoreThreads;
  readonly #onRemoved: (topic: string) => void;

  /** `onRemoved` is called when a topic, or a stream of it, is there no more. */
  constructor(threads: StoreThreads, onRemoved: (topic: string) => void) {
    this.#threads = threads;
    this.#onRemoved = onRemoved;
  }

  append(append: Append): Promise<AppendReceipt> {
    return this.#threads.append(append);
  }

  putStream(put: StreamPut): Promise<void> {
    return this.#threads.change(putStream(put), put.holder);
  }

  putDefinitions(put: DefinitionsPut): Promise<void> {
    return this.#threads.change(putDefinitions(put), put.holder);
  }

  closeStream(topic: string, streamId: string, holder?: string): Promise<void> {
    return this.#threads.change({ kind: 'close_stream', topic, streamId }, holder);
  }

  async removeTopic(topic: string, holder?: string): Promise<void> {
    await this.#threads.change({ kind: 'remove_topic', topic }, holder);
    this.#onRemoved(topic);
  }

  async removeStream(topic: string, streamId: string, holder?: string): Promise<void> {
    await this.#threads.change({ kind: 'remove_stream', topic, streamId }, holder);
    this.#onRemoved(topic);
  }

  setRetention(change: RetentionChange, holder?: string): Promise<void> {
    return this.#threads.change({ kind: 'set_retention', ...change }, holder);
  }

  async read({ after, ...query }: ReadQuery): Promise<EventPage> {
    const place = after === undefined ? undefined : toPlace(after);
    return toPage(await this.#threads.ask<'read'>({ kind: 'read', query: { ...query, after: place } }));
  }

  async resolve(topic: string, start: StartPoint): Promise<Position> {
    const place = typeof start === 'object' && 'position' in start ? { place: toPlace(start.position) } : start;
    const { offset, generation } = await this.#threads.ask<'resolve'>({ kind: 'resolve', topic, start: place });
    return toPosition(offset, generation);
  }
}

function toPage({
  generation,
  offsets,
  streamIds,
  timestamps,
  ids,
  values,
  tags,
  head,
  ...end
}: EventColumns): EventPage {
  const events = offsets.map((offset, index): StoredEvent => ({
    position: toPosition(offset, generation),
    streamId: streamIds[index]!,
    timestamp: timestamps[index]!,
    id: ids[index]!,
    value: values[index]!,
    tags: tags[index]!,
  }));
  const page = { events, position: toPosition(end.after, generation), more: end.more };
  return head === undefined ? page : { ...page, end: toPosition(head, generation) };
}
