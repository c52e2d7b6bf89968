import { WriterHubError } from '../../src/errors';
import type { Catalogue, NamePage, StreamInfo, TopicInfo } from '../../src/store/contract/catalogue';
import type * as log from '../../src/store/contract/event-log';
import type { IdempotencyRecord } from '../../src/store/contract/idempotency';
import type { Position } from '../../src/store/contract/position';
import type * as rows from '../../src/store/contract/row-store';
import type { RevokedToken, TokenStore } from '../../src/store/contract/token-store';
import { refuseOtherKind, type TopicKind } from '../../src/store/contract/topic-kind';
import { splitJson } from './json-texts';

/** The methods of a role without the waiting. */
type Synchronous<Role> = {
  [Name in keyof Role]: Role[Name] extends (...given: infer Given) => Promise<infer Result>
    ? (...given: Given) => Result
    : never;
};

type Roles = Synchronous<log.EventLog & Catalogue & rows.RowStore & TokenStore>;

/** A call of a method: its name, when it was called (milliseconds since the Unix epoch), and what it was given. */
export type Call = readonly [method: keyof Roles | 'probe', now: number, given: readonly unknown[]];

/** A topic of events or a data source; what only the other kind has stays empty. */
class Topic {
  readonly records = new Map<string, IdempotencyRecord>();
  readonly events: log.StoredEvent[] = [];
  readonly streams = new Map<string, StreamInfo>();
  /** Each row its position, then JSON texts: of its unknown fields, and of its values. */
  readonly rows: string[][] = [];
  /** JSON texts by number. */
  readonly quarantine = new Map<number, string>();
  storages: readonly rows.ColumnStorage[] = [];
  schemaChanges = 0;
  /** Numbers of events or rows, and of quarantined rows, that were ever stored. */
  end = 0;
  quarantineEnd = 0;
  updatedAt: number;

  constructor(
    readonly kind: TopicKind,
    readonly id: number,
    readonly createdAt: number,
    public definition = '',
  ) {
    this.updatedAt = createdAt;
  }

  get schemaVersion(): rows.SchemaVersion {
    return `v-${this.id}-${this.schemaChanges}`;
  }

  nextPosition(): Position {
    return `e-${(this.end += 1)}`;
  }
}

const NO_LIMITS = { maxTopics: Infinity, maxStreamsPerTopic: Infinity };

/** What the calls of a log add up to. A call that is refused changes nothing. */
export class LogFileState implements Roles {
  readonly #topics = new Map<string, Topic>();
  readonly #revoked = new Map<string, number>();
  readonly #advanced = new Set<string>();
  #topicIds = 0;
  /** Of the call at hand: the limits, and when it was called. */
  #limits = NO_LIMITS;
  #now = 0;

  static of(calls: readonly Call[]): LogFileState {
    const state = new LogFileState();
    for (const call of calls) state.apply(call);
    return state;
  }

  /** Carries out a call; throws when it is refused. */
  apply([method, now, given]: Call, limits = NO_LIMITS): unknown {
    this.#now = now;
    this.#limits = limits;
    return (this as Record<Call[0], (...given: unknown[]) => unknown>)[method](...given);
  }

  /** The ends that were moved since it was last called, by topic. */
  takeAdvanced(): Map<string, Position> {
    const names = [...this.#advanced];
    this.#advanced.clear();
    return new Map(names.map((name) => [name, `e-${this.#topics.get(name)!.end}`]));
  }

  append({ topic: name, streamId, createTopic, batch, record }: log.Append): log.AppendReceipt {
    const topic = this.#topic(name, 'events', createTopic);
    const write = (): void => {
      this.#putStream(name, topic, streamId, { status: 'open' }, batch);
      for (const event of textsOf(batch).map(parseEvent)) {
        topic.events.push({ position: topic.nextPosition(), streamId, ...event });
      }
      this.#advanced.add(name);
    };
    return { position: this.#once(topic, streamId, write, record) === undefined ? `e-${topic.end}` : undefined };
  }

  putStream({ topic, streamId, properties, createTopic }: log.StreamPut): void {
    this.#putStream(topic, this.#topic(topic, 'events', createTopic), streamId, { properties });
  }

  closeStream(topic: string, streamId: string): void {
    this.stream(topic, streamId);
    this.#putStream(topic, this.#topic(topic, 'events'), streamId, { status: 'closed' });
  }

  read({ topic: name, streamId, after = 'e-0', from, to, limit }: log.ReadQuery): log.EventPage {
    const { events, end } = this.#topic(name, 'events');
    if (streamId !== undefined) this.stream(name, streamId);
    const matching = events
      .slice(numberOf(after, 'e'))
      .filter((event) => streamId === undefined || event.streamId === streamId)
      .filter(({ timestamp }) => (from === undefined || timestamp >= from) && (to === undefined || timestamp < to));
    const more = matching.length > limit;
    return { events: matching.slice(0, limit), position: more ? matching[limit - 1]!.position : `e-${end}`, more };
  }

  topic(name: string): TopicInfo | undefined {
    const topic = this.#topics.get(name);
    if (topic === undefined) return undefined;
    const { kind, createdAt, end, definition, schemaVersion, updatedAt } = topic;
    const info = { name, kind, createdAt, position: `e-${end}` };
    const counts = { rowCount: topic.rows.length, quarantineCount: topic.quarantine.size };
    return { ...info, ...(kind === 'rows' && { dataSource: { definition, schemaVersion, ...counts, updatedAt } }) };
  }

  topics(page: NamePage): TopicInfo[] {
    return pageOf(this.#topics, page).map((name) => this.topic(name)!);
  }

  stream(topic: string, streamId: string): StreamInfo {
    const stream = this.#topic(topic, 'events').streams.get(streamId);
    if (stream === undefined) throw new WriterHubError('unknown_stream', `the topic has no stream "${streamId}"`);
    return stream;
  }

  streams(topic: string, page: NamePage): StreamInfo[] {
    return pageOf(this.#topic(topic, 'events').streams, page).map((streamId) => this.stream(topic, streamId));
  }

  createDataSource({ name, definition, columns }: rows.DataSourceRecord): void {
    if (this.#topics.has(name)) throw new WriterHubError('topic_exists', `there is a topic "${name}" already`);
    const source = this.#newTopic('rows', definition);
    source.storages = columns.map(({ storage }) => storage);
    this.#topics.set(name, source);
  }

  changeDataSource({ name, schemaVersion, definition, added }: rows.DataSourceChange): void {
    const source = this.source(name, schemaVersion);
    if (added.some(({ fill }) => String(fill).includes('\0'))) {
      throw new WriterHubError('invalid_schema', 'a value for the rows there are holds a NUL character');
    }
    const fills = added.map(({ fill }) => (typeof fill === 'bigint' ? String(fill) : JSON.stringify(fill)));
    for (const row of source.rows) row.push(...fills);
    source.storages = [...source.storages, ...added.map(({ storage }) => storage)];
    source.definition = definition;
    source.schemaChanges += 1;
    source.updatedAt = this.#now;
  }

  truncateDataSource(name: string, part: 'rows' | 'quarantine'): void {
    const source = this.source(name);
    if (part === 'rows') source.rows.length = 0;
    else source.quarantine.clear();
    source.updatedAt = this.#now;
  }

  dropDataSource(name: string): void {
    this.source(name);
    this.#topics.delete(name);
    this.#advanced.delete(name);
  }

  appendRows({ topic, schemaVersion, rows, quarantine, replaced = [], record }: rows.RowsAppend): rows.RowsReceipt {
    const write = (): void => {
      const source = this.source(topic, schemaVersion);
      const numbers = replaced.map((id) => numberOf(id, 'q'));
      if (numbers.some((number) => !source.quarantine.has(number))) throw schemaChanged();
      for (const number of numbers) source.quarantine.delete(number);
      for (const row of textsOf(rows)) source.rows.push([source.nextPosition(), ...splitJson(row.slice(1, -1))]);
      for (const row of textsOf(quarantine)) source.quarantine.set((source.quarantineEnd += 1), row);
      source.updatedAt = this.#now;
      if (rows.count > 0) this.#advanced.add(topic);
    };
    return { answer: this.#once(this.source(topic), '', write, record) };
  }

  quarantinedRows(name: string, { after = 'q-0', limit }: rows.QuarantinePage): rows.QuarantinedRow[] {
    const last = numberOf(after, 'q');
    const page = [...this.source(name).quarantine].filter(([number]) => number > last).slice(0, limit);
    return page.map(([number, row]) => ({
      id: `q-${number}`,
      raw: Buffer.from((JSON.parse(row) as [string])[0], 'base64'),
    }));
  }

  revokeToken(tokenId: string, expiresAt?: number): void {
    this.#revoked.set(tokenId, Math.max(expiresAt ?? Infinity, this.#revoked.get(tokenId) ?? 0));
  }

  revokedTokens(): RevokedToken[] {
    const tokens = [...this.#revoked].filter(([, expiresAt]) => expiresAt > Date.now());
    return tokens.map(([tokenId, expiresAt]) => ({ tokenId, ...(expiresAt < Infinity && { expiresAt }) }));
  }

  probe(): void {
    // Written and synced like any other call, it changes nothing.
  }

  /** The data source of this name, with a schema of this version if one is given. */
  source(name: string, schemaVersion?: rows.SchemaVersion): Topic {
    const source = this.#topic(name, 'rows');
    if (schemaVersion !== undefined && schemaVersion !== source.schemaVersion) throw schemaChanged();
    return source;
  }

  /** The topic of this name and kind; where it may be made, a new one that is not stored yet. */
  #topic(name: string, kind: TopicKind, create = false): Topic {
    const topic = this.#topics.get(name);
    if (topic === undefined && !create) throw new WriterHubError('unknown_topic', `there is no topic "${name}"`);
    if (topic !== undefined) refuseOtherKind(name, topic.kind, kind);
    return topic ?? this.#newTopic(kind);
  }

  #newTopic(kind: TopicKind, definition?: string): Topic {
    if (this.#topics.size >= this.#limits.maxTopics) throw new WriterHubError('topic_limit', 'too many topics');
    return new Topic(kind, (this.#topicIds += 1), this.#now, definition);
  }

  #putStream(name: string, topic: Topic, streamId: string, change: Partial<StreamInfo>, batch?: log.EventBatch): void {
    const times = { createdAt: this.#now, updatedAt: this.#now };
    const known = topic.streams.get(streamId) ?? { streamId, status: 'open', properties: {}, ...times, eventCount: 0 };
    if (topic.streams.size >= this.#limits.maxStreamsPerTopic && !topic.streams.has(streamId)) {
      throw new WriterHubError('stream_limit', 'too many streams');
    }
    topic.streams.set(streamId, { ...known, ...change, ...(batch && spanOf(known, batch)), updatedAt: this.#now });
    this.#topics.set(name, topic);
  }

  /** Carries out a write unless its record is there and lasts; then gives the answer of the first time. */
  #once({ records }: Topic, streamId: string, write: () => void, record?: IdempotencyRecord): string | undefined {
    const key = JSON.stringify([streamId, record?.subject, record?.key]);
    const earlier = record && records.get(key);
    if (earlier !== undefined && earlier.expiresAt > this.#now) {
      if (Buffer.compare(earlier.fingerprint, record!.fingerprint) === 0) return earlier.answer;
      throw new WriterHubError('idempotency_mismatch', 'the idempotency key was used before with another body');
    }
    write();
    if (record !== undefined) records.set(key, record);
    return undefined;
  }
}

/** What a stream holds with a batch more. */
function spanOf(stream: StreamInfo, { count, minTimestamp, maxTimestamp }: log.EventBatch): Partial<StreamInfo> {
  const { firstTimestamp = minTimestamp, lastTimestamp = maxTimestamp } = stream;
  return {
    eventCount: stream.eventCount + count,
    firstTimestamp: firstTimestamp < minTimestamp ? firstTimestamp : minTimestamp,
    lastTimestamp: lastTimestamp > maxTimestamp ? lastTimestamp : maxTimestamp,
  };
}

function textsOf({ json }: rows.RowBatch): string[] {
  return splitJson(Buffer.from(json).toString());
}

/** An event of a batch; its keys have no escapes. */
function parseEvent(json: string): Pick<log.StoredEvent, 'timestamp' | 'id' | 'value' | 'tags'> {
  const texts = new Map<string, string>();
  for (const pair of splitJson(json.slice(1, -1))) {
    const end = pair.indexOf(':');
    texts.set(pair.slice(1, end - 1), pair.slice(end + 1));
  }
  const parse = (key: string): string | null => JSON.parse(texts.get(key) ?? 'null') as string | null;
  const timestamp = BigInt(texts.get('timestamp')!);
  return { timestamp, id: parse('id')!, value: parse('value'), tags: texts.get('tags') ?? null };
}

/** The number in a position or id, after its letter. */
function numberOf(text: string, letter: 'e' | 'q'): number {
  if (text.startsWith(`${letter}-`) && /^.-\d{1,15}$/.test(text)) return Number(text.slice(2));
  throw new WriterHubError('invalid_query', 'the store has no such position or quarantined row');
}

function schemaChanged(): WriterHubError {
  return new WriterHubError('schema_changed', 'the schema, or the quarantine, is no longer the one this was made for');
}

/** A page of the names in a map, in order of their UTF-8 bytes. */
function pageOf(named: ReadonlyMap<string, unknown>, { after = '', limit }: NamePage): string[] {
  const compare = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
  const later = [...named.keys()].filter((name) => compare(name, after) > 0);
  return later.sort(compare).slice(0, limit);
}
