import { WriterHubError } from '../errors';
import type {
  Append,
  AppendReceipt,
  DataSourceChange,
  DataSourceRecord,
  EventPage,
  EventStore,
  NamePage,
  QuarantinedRow,
  QuarantinePage,
  ReadQuery,
  RevokedToken,
  RowsAppend,
  RowsReceipt,
  StoredEvent,
  StreamInfo,
  StreamPut,
  TopicInfo,
} from './event-store';
import { MemoryClaims } from './memory-claims';
import { MemoryDataSource } from './memory-data-source';
import { refuseOtherKind } from './topic-kind';

interface Topic {
  readonly createdAt: number;
  readonly claims: MemoryClaims;
  readonly events: StoredEvent[];
  readonly streams: Map<string, StreamInfo>;
}

/** A store that forgets everything when it ends: for tests of what stands on a store. */
export class MemoryStore implements EventStore {
  readonly full = false;
  readonly writable = true;
  readonly queue = { appends: 0, bytes: 0 };
  readonly #byName = new Map<string, Topic>();
  readonly #sources = new Map<string, MemoryDataSource>();
  readonly #revoked = new Map<string, number>();
  #closed = false;
  readonly #limits: { maxTopics: number; maxStreamsPerTopic: number };

  constructor(limits = { maxTopics: Infinity, maxStreamsPerTopic: Infinity }) {
    this.#limits = limits;
  }

  // Every method is `async` so that what it throws is a rejection; none waits, so calls take effect in their order.
  /* eslint-disable @typescript-eslint/require-await */

  async append({ topic: name, streamId, batch, createTopic, claim }: Append): Promise<AppendReceipt> {
    const topic = this.#topic(name, createTopic);
    if (topic.claims.earlierAnswer(claim) !== undefined) return { firstOffset: undefined };
    const stream = this.#streamOf(topic, streamId);
    const firstOffset = topic.events.length + 1;
    for (const event of parse(batch.json)) topic.events.push({ offset: topic.events.length + 1, streamId, ...event });
    const { firstTimestamp = batch.minTimestamp, lastTimestamp = batch.maxTimestamp } = stream;
    topic.streams.set(streamId, {
      ...stream,
      status: 'open',
      updatedAt: Date.now(),
      eventCount: stream.eventCount + batch.count,
      firstTimestamp: firstTimestamp < batch.minTimestamp ? firstTimestamp : batch.minTimestamp,
      lastTimestamp: lastTimestamp > batch.maxTimestamp ? lastTimestamp : batch.maxTimestamp,
    });
    topic.claims.make(claim);
    return { firstOffset };
  }

  async createDataSource(source: DataSourceRecord): Promise<void> {
    this.#assertOpen();
    if (this.#byName.has(source.name) || this.#sources.has(source.name)) {
      throw new WriterHubError('topic_exists', `There is a topic or data source "${source.name}" already.`);
    }
    this.#assertRoom();
    this.#sources.set(source.name, new MemoryDataSource(source));
  }

  async changeDataSource(change: DataSourceChange): Promise<void> {
    this.dataSource(change.name).change(change);
  }

  async truncateDataSource(name: string, part: 'rows' | 'quarantine'): Promise<void> {
    this.dataSource(name).truncate(part);
  }

  async dropDataSource(name: string): Promise<void> {
    this.dataSource(name);
    this.#sources.delete(name);
  }

  async appendRows({ topic, claim, ...append }: RowsAppend): Promise<RowsReceipt> {
    const source = this.dataSource(topic);
    const answer = source.claims.earlierAnswer(claim);
    if (answer !== undefined) return { answer };
    source.append(append);
    source.claims.make(claim);
    return { answer };
  }

  async quarantinedRows(name: string, page: QuarantinePage): Promise<QuarantinedRow[]> {
    return this.dataSource(name).quarantinePage(page);
  }

  async putStream({ topic: name, streamId, properties, createTopic }: StreamPut): Promise<void> {
    const topic = this.#topic(name, createTopic);
    topic.streams.set(streamId, { ...this.#streamOf(topic, streamId), properties, updatedAt: Date.now() });
  }

  async closeStream(topic: string, streamId: string): Promise<void> {
    const stream = this.#knownStream(topic, streamId);
    this.#topic(topic, false).streams.set(streamId, { ...stream, status: 'closed', updatedAt: Date.now() });
  }

  async topics(page: NamePage): Promise<TopicInfo[]> {
    this.#assertOpen();
    const topics = [...this.#byName].map(([name, { createdAt, events }]): TopicInfo => ({
      name,
      kind: 'events',
      createdAt,
      nextOffset: events.length + 1,
    }));
    const sources = [...this.#sources].map(([name, { createdAt, nextOffset, info }]): TopicInfo => ({
      name,
      kind: 'rows',
      dataSource: info,
      createdAt,
      nextOffset,
    }));
    const infos = [...topics, ...sources];
    return pageOf(infos, ({ name }) => name, page);
  }

  async streams(topic: string, page: NamePage): Promise<StreamInfo[]> {
    return pageOf([...this.#topic(topic, false).streams.values()], ({ streamId }) => streamId, page);
  }

  async stream(topic: string, streamId: string): Promise<StreamInfo> {
    return this.#knownStream(topic, streamId);
  }

  async read({ topic, streamId, after = 0, from, to, limit }: ReadQuery): Promise<EventPage> {
    if (streamId !== undefined) this.#knownStream(topic, streamId);
    const matching = this.#topic(topic, false).events.filter(
      (event) =>
        event.offset > after &&
        (streamId === undefined || event.streamId === streamId) &&
        (from === undefined || event.timestamp >= from) &&
        (to === undefined || event.timestamp < to),
    );
    const events = matching.slice(0, limit);
    return { events, next: matching.length > limit ? events.at(-1)?.offset : undefined };
  }

  async revokeToken(tokenId: string, expiresAt = Infinity): Promise<void> {
    this.#assertOpen();
    this.#revoked.set(tokenId, Math.max(expiresAt, this.#revoked.get(tokenId) ?? 0));
  }

  async revokedTokens(): Promise<RevokedToken[]> {
    this.#assertOpen();
    return [...this.#revoked]
      .filter(([, expiresAt]) => expiresAt > Date.now())
      .map(([tokenId, expiresAt]) => (expiresAt === Infinity ? { tokenId } : { tokenId, expiresAt }));
  }

  async probe(): Promise<void> {
    this.#assertOpen();
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  /* eslint-enable @typescript-eslint/require-await */

  /** What a data source holds. */
  dataSource(name: string): MemoryDataSource {
    this.#assertOpen();
    if (this.#byName.has(name)) refuseOtherKind(name, 'events', 'rows');
    const source = this.#sources.get(name);
    if (source === undefined) throw new WriterHubError('unknown_topic', `There is no data source "${name}".`);
    return source;
  }

  #topic(name: string, create: boolean): Topic {
    this.#assertOpen();
    const known = this.#byName.get(name);
    if (known !== undefined) return known;
    if (this.#sources.has(name)) refuseOtherKind(name, 'rows', 'events');
    if (!create) throw new WriterHubError('unknown_topic', `There is no topic "${name}".`);
    this.#assertRoom();
    const topic = {
      createdAt: Date.now(),
      claims: new MemoryClaims(),
      events: [],
      streams: new Map<string, StreamInfo>(),
    };
    this.#byName.set(name, topic);
    return topic;
  }

  #assertRoom(): void {
    const count = this.#byName.size + this.#sources.size;
    if (count < this.#limits.maxTopics) return;
    throw new WriterHubError('topic_limit', `The server holds ${count} topics, as many as it may.`);
  }

  #knownStream(topic: string, streamId: string): StreamInfo {
    const stream = this.#topic(topic, false).streams.get(streamId);
    if (stream === undefined) throw new WriterHubError('unknown_stream', `The topic has no stream "${streamId}".`);
    return stream;
  }

  #streamOf({ streams }: Topic, streamId: string): StreamInfo {
    const known = streams.get(streamId);
    if (known !== undefined) return known;
    if (streams.size >= this.#limits.maxStreamsPerTopic) {
      throw new WriterHubError('stream_limit', `The topic holds ${streams.size} streams, as many as it may.`);
    }
    const now = Date.now();
    return { streamId, status: 'open', properties: {}, createdAt: now, updatedAt: now, eventCount: 0 };
  }

  #assertOpen(): void {
    if (this.#closed) throw new WriterHubError('store_unavailable', 'The store is closed.');
  }
}

/** A page in order of the names' UTF-8 bytes. */
function pageOf<T>(items: T[], nameOf: (item: T) => string, { after = '', limit }: NamePage): T[] {
  const compare = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
  return items
    .filter((item) => compare(nameOf(item), after) > 0)
    .sort((a, b) => compare(nameOf(a), nameOf(b)))
    .slice(0, limit);
}

/**
 * The events of a batch. Its timestamps become strings first, as `JSON.parse` would round them, and its tags strings of
 * their own text. Both are safe to find by pattern: a key in quotes followed by a colon and a bare number or brace
 * cannot lie inside a JSON string.
 */
function parse(json: Uint8Array): Omit<StoredEvent, 'offset' | 'streamId'>[] {
  const text = Buffer.from(json)
    .toString()
    .replace(/("timestamp"\s*:\s*)(-?\d+)/g, '$1"$2"')
    .replace(
      /("tags"\s*:\s*)(\{(?:"(?:[^"\\]|\\.)*"|[^"}])*\})/g,
      (_, key: string, tags: string) => key + JSON.stringify(tags),
    );
  const events = JSON.parse(`[${text}]`) as { timestamp: string; id: string; value?: string; tags?: string }[];
  return events.map(({ timestamp, id, value = null, tags = null }) => ({
    timestamp: BigInt(timestamp),
    id,
    value,
    tags,
  }));
}
