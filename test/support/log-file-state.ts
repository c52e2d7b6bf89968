import { WriterHubError } from '../../src/errors';
import type {
  Catalogue,
  NamePage,
  RecentQuery,
  RecentStreams,
  StreamInfo,
  TopicInfo,
} from '../../src/store/contract/catalogue';
import { type Definitions, NO_DEFINITIONS } from '../../src/store/contract/definitions';
import type * as log from '../../src/store/contract/event-log';
import type { IdempotencyRecord } from '../../src/store/contract/idempotency';
import type { Position, StartPoint } from '../../src/store/contract/position';
import type * as rows from '../../src/store/contract/row-store';
import type { RetentionChange } from '../../src/store/contract/retention';
import type { RevokedToken, TokenStore } from '../../src/store/contract/token-store';
import { refuseOtherKind, type TopicKind } from '../../src/store/contract/topic-kind';
import type * as parameters from '../../src/store/contract/parameter-store';
import { KeptRecords } from './kept-records';
import { LogFileParameters } from './log-file-parameters';
import { splitJson } from './json-texts';
import { inForm, misfit, type KeptValue } from '../../src/store/contract/kept-value';

/** The methods of a role without the waiting. */
type Synchronous<Role> = {
  [Name in keyof Role]: Role[Name] extends (...given: infer Given) => Promise<infer Result>
    ? (...given: Given) => Result
    : never;
};

type Roles = Synchronous<log.EventLog & Catalogue & parameters.ParameterStore & rows.RowStore & TokenStore>;

/** A call of a method: its name, when it was called (milliseconds since the Unix epoch), and what it was given. */
export type Call = readonly [method: keyof Roles | 'probe', now: number, given: readonly unknown[]];

/** A topic of events or a data source; what only the other kind has stays empty. */
class Topic {
  readonly records = new Map<string, IdempotencyRecord>();
  readonly kept: KeptRecords;
  readonly events: log.StoredEvent[] = [];
  readonly parameters = new LogFileParameters();
  readonly streams = new Map<string, StreamInfo>();
  readonly definitions = new Map<string, Definitions>();
  /** Each row its position, then JSON texts: of its unknown fields, and of its values. */
  readonly rows: string[][] = [];
  /** JSON texts by number, and when each came. */
  readonly quarantine = new Map<number, string>();
  readonly quarantinedAt = new Map<number, number>();
  /** The number of the last quarantined row that is gone from the front. */
  quarantineGone = 0;
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
    /** 0 for the first topic of its name. */
    readonly generation = 0,
  ) {
    this.updatedAt = createdAt;
    this.kept = new KeptRecords((count) => {
      this.#dropFirst(count);
    });
  }

  get schemaVersion(): rows.SchemaVersion {
    return `v-${this.id}-${this.schemaChanges}`;
  }

  position(number: number): Position {
    return this.generation === 0 ? `e-${number}` : `e-${this.generation}-${number}`;
  }

  nextPosition(): Position {
    return this.position((this.end += 1));
  }

  /** The number in a position of this topic. */
  numberOf(position: Position, mayBeGone = false): number {
    const { gone } = this.kept;
    return this.#numberIn(position, { least: mayBeGone ? 0 : gone, earliest: this.position(gone) });
  }

  #numberIn(position: Position, { least, earliest }: { least: number; earliest: Position }): number {
    const [, generation = '0', digits] = /^e-(?:(\d+)-)?(\d{1,15})$/.exec(position) ?? [];
    if (digits === undefined) throw new WriterHubError('invalid_query', 'the store has no such position');
    if (Number(generation) === this.generation && Number(digits) >= least) return Number(digits);
    throw new WriterHubError('position_gone', 'that is gone', { earliest });
  }

  quarantinePosition(number: number): Position {
    return `q${this.position(number)}`;
  }

  /** The number in a position of its rows, or of its quarantine. */
  rowNumberOf(part: rows.RowsPart, position: Position, mayBeGone = false): number {
    if (part === 'rows') return this.numberOf(position, mayBeGone);
    if (!position.startsWith('q')) throw new WriterHubError('invalid_query', 'the quarantine has no such position');
    const earliest = this.quarantinePosition(this.quarantineGone);
    return this.#numberIn(position.slice(1), { least: mayBeGone ? 0 : this.quarantineGone, earliest });
  }

  /** Removes the first of the events or rows, those with numbers up to the given one. */
  #dropFirst(gone: number): void {
    const isGone = (position: Position): boolean => Number(/\d+$/.exec(position)![0]) <= gone;
    for (const { streamId } of this.events.filter(({ position }) => isGone(position))) {
      const stream = this.streams.get(streamId)!;
      this.streams.set(streamId, { ...stream, eventCount: stream.eventCount - 1 });
    }
    this.events.splice(0, this.events.filter(({ position }) => isGone(position)).length);
    this.rows.splice(0, this.rows.filter(([position]) => isGone(position!)).length);
    this.parameters.dropFirst(gone);
  }
}

/** How large the store may grow. */
interface Limits {
  readonly maxTopics: number;
  readonly maxStreamsPerTopic: number;
  readonly maxParametersPerTopic: number;
}

const NO_LIMITS: Limits = { maxTopics: Infinity, maxStreamsPerTopic: Infinity, maxParametersPerTopic: Infinity };

/** What the calls of a log add up to. A call that is refused changes nothing. */
export class LogFileState implements Roles {
  readonly #topics = new Map<string, Topic>();
  readonly #removedNames = new Set<string>();
  readonly #revoked = new Map<string, number>();
  readonly #advanced = new Set<string>();
  readonly #quarantined = new Set<string>();
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
    return new Map(names.map((name) => [name, positionOf(this.#topics.get(name)!)]));
  }

  /** The same of quarantines, by data source. */
  takeQuarantined(): Map<string, Position> {
    const names = [...this.#quarantined];
    this.#quarantined.clear();
    return new Map(
      names.map((name) => {
        const source = this.#topics.get(name)!;
        return [name, source.quarantinePosition(source.quarantineEnd)];
      }),
    );
  }

  append({ topic: name, streamId, createTopic, batch, record }: log.Append): log.AppendReceipt {
    const topic = this.#topic(name, 'events', createTopic);
    const write = (): void => {
      this.#putStream(name, topic, streamId, { status: 'open' }, batch);
      for (const text of textsOf(batch)) {
        topic.events.push({ position: topic.nextPosition(), streamId, ...parseEvent(text) });
        topic.kept.add({ bytes: text.length, storedAt: this.#now });
      }
      this.#advanced.add(name);
    };
    return { position: this.#once(topic, streamId, write, record) === undefined ? positionOf(topic) : undefined };
  }

  appendPackage(append: parameters.PackageAppend): log.AppendReceipt {
    const { topic: name, streamId, createTopic, batch, record } = append;
    const topic = this.#topic(name, 'events', createTopic);
    const write = (): void => {
      topic.parameters.checkLimit(batch, this.#limits.maxParametersPerTopic);
      this.#putStream(name, topic, streamId, { status: 'open' }, { ...batch, count: 0 });
      const position = topic.nextPosition();
      topic.parameters.add({ number: topic.end, position, streamId, json: Buffer.from(batch.json).toString() });
      topic.kept.add({ bytes: batch.json.length, storedAt: this.#now });
      this.#advanced.add(name);
    };
    return { position: this.#once(topic, streamId, write, record) === undefined ? positionOf(topic) : undefined };
  }

  putStream({ topic, streamId, properties, createTopic }: log.StreamPut): void {
    this.#putStream(topic, this.#topic(topic, 'events', createTopic), streamId, { properties });
  }

  putDefinitions({ topic: name, streamId, definitions, createTopic }: log.DefinitionsPut): void {
    const topic = this.#topic(name, 'events', createTopic);
    const all = { ...(topic.definitions.get(streamId) ?? NO_DEFINITIONS), ...definitions };
    const hasDefinitions = all.parameters.length + all.events.length > 0;
    this.#putStream(name, topic, streamId, { hasDefinitions });
    if (hasDefinitions) topic.definitions.set(streamId, all);
    else topic.definitions.delete(streamId);
  }

  closeStream(topic: string, streamId: string): void {
    this.stream(topic, streamId);
    this.#putStream(topic, this.#topic(topic, 'events'), streamId, { status: 'closed' });
  }

  removeTopic(name: string): void {
    this.#topic(name, 'events');
    this.#remove(name);
  }

  removeStream(name: string, streamId: string): void {
    this.stream(name, streamId);
    const topic = this.#topic(name, 'events');
    topic.streams.delete(streamId);
    topic.definitions.delete(streamId);
    const others = topic.events.filter((event) => event.streamId !== streamId);
    topic.events.splice(0, Infinity, ...others);
    topic.parameters.removeStream(streamId);
    for (const key of topic.records.keys())
      if ((JSON.parse(key) as [string])[0] === streamId) topic.records.delete(key);
  }

  setRetention({ topic: name, age, bytes, confirmed }: RetentionChange): void {
    const topic = this.#topics.get(name);
    if (topic === undefined) throw new WriterHubError('unknown_topic', `there is no topic "${name}"`);
    const { kept } = topic;
    const retention = {
      ...kept.retention,
      ...(age !== undefined && { age: age ?? undefined }),
      ...(bytes !== undefined && { bytes: bytes ?? undefined }),
    };
    const count = topic.events.length + topic.parameters.count + topic.rows.length;
    if (!confirmed && count > 0 && kept.wouldBeEmpty(retention, this.#now)) {
      throw new WriterHubError('confirmation_required', `${count} would go`);
    }
    kept.retention = retention;
    kept.sweep(this.#now);
  }

  read(query: log.ReadQuery): log.EventPage {
    const { topic, from, to } = query;
    const { events } = this.#topic(topic, 'events');
    const inTime = events.filter(
      ({ timestamp }) => (from === undefined || timestamp >= from) && (to === undefined || timestamp < to),
    );
    const { items, ...page } = this.#logPage(query, inTime);
    return { events: items, ...page };
  }

  readPackages(query: parameters.PackageQuery): parameters.PackagePage {
    const { items, ...page } = this.#logPage(query, this.#topic(query.topic, 'events').parameters.packages);
    return { packages: items.map(({ position, streamId, json }) => ({ position, streamId, json })), ...page };
  }

  readSamples(query: parameters.SampleQuery): parameters.SamplePage {
    return this.#parametersOf(query).readSamples(query);
  }

  aggregateSamples(query: parameters.AggregateQuery): parameters.SampleBuckets {
    return this.#parametersOf(query).aggregateSamples(query);
  }

  seenParameters(name: string, streamIds: readonly string[]): Map<string, readonly parameters.SeenParameter[]> {
    return this.#topic(name, 'events').parameters.seen(streamIds);
  }

  /** The parameters of a topic that has this stream. */
  #parametersOf({ topic, streamId }: { readonly topic: string; readonly streamId: string }): LogFileParameters {
    this.stream(topic, streamId);
    return this.#topic(topic, 'events').parameters;
  }

  /** A page of what stands at positions of a topic, in their order. */
  #logPage<Item extends { readonly position: Position; readonly streamId: string }>(
    { topic: name, streamId, after, limit, descending = false }: parameters.PackageQuery,
    items: readonly Item[],
  ): { items: Item[]; position: Position; more: boolean; end?: Position } {
    const topic = this.#topic(name, 'events');
    if (streamId !== undefined) this.stream(name, streamId);
    const start = after === undefined ? (descending ? Infinity : 0) : topic.numberOf(after, descending);
    const matching = items
      .filter(({ position }) => (descending ? topic.numberOf(position) < start : topic.numberOf(position) > start))
      .filter((item) => streamId === undefined || item.streamId === streamId);
    if (descending) matching.reverse();
    const more = matching.length > limit;
    const rest = descending ? topic.position(topic.kept.gone + 1) : positionOf(topic);
    return {
      items: matching.slice(0, limit),
      position: more ? matching[limit - 1]!.position : rest,
      more,
      ...(descending && { end: positionOf(topic) }),
    };
  }

  resolve(name: string, start: StartPoint): Position {
    const topic = this.#topic(name, 'events');
    if (start === 'latest') return positionOf(topic);
    if (start === 'earliest') return topic.position(topic.kept.gone);
    if ('storedSince' in start) return topic.position(topic.kept.gone + topic.kept.countBefore(start.storedSince));
    if (topic.numberOf(start.position) <= topic.end) return start.position;
    throw new WriterHubError('invalid_query', 'the position is beyond the end');
  }

  topic(name: string): TopicInfo | undefined {
    const topic = this.#topics.get(name);
    if (topic === undefined) return undefined;
    topic.kept.sweep(this.#now);
    const { kind, createdAt, definition, schemaVersion, updatedAt, kept } = topic;
    const { age, bytes } = kept.retention;
    const info = {
      ...{ name, kind, createdAt, position: positionOf(topic), earliest: topic.position(kept.gone) },
      recordCount: topic.events.length + topic.rows.length,
      streamCount: topic.streams.size,
      ...(kept.storedAt !== undefined && { storedAt: kept.storedAt }),
      bytes: kept.bytes,
      retention: { ...(age !== undefined && { age }), ...(bytes !== undefined && { bytes }) },
    };
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

  namedTopics(names: readonly string[]): TopicInfo[] {
    return names.map((name) => this.topic(name)).filter((topic) => topic !== undefined);
  }

  definitions(name: string, streamIds: readonly string[]): Map<string, Definitions> {
    const { definitions } = this.#topic(name, 'events');
    return new Map([...definitions].filter(([streamId]) => streamIds.includes(streamId)));
  }

  namedStreams(name: string, streamIds: readonly string[]): StreamInfo[] {
    const { streams } = this.#topic(name, 'events');
    return streamIds.map((streamId) => streams.get(streamId)).filter((stream) => stream !== undefined);
  }

  /** Looks through two at a time. */
  recentStreams(name: string, { since, after }: RecentQuery): RecentStreams {
    const page = this.streams(name, { limit: 2, ...(after !== undefined && { after }) });
    const streams = page
      .filter(({ status, updatedAt }) => status === 'open' && updatedAt >= since)
      .map(({ streamId, updatedAt }) => ({ streamId, updatedAt }));
    return { streams, after: page.length < 2 ? undefined : page.at(-1)!.streamId };
  }

  createDataSource({ name, definition, columns }: rows.DataSourceRecord): void {
    if (this.#topics.has(name)) throw new WriterHubError('topic_exists', `there is a topic "${name}" already`);
    const source = this.#newTopic(name, 'rows', definition);
    source.storages = columns.map(({ storage }) => storage);
    this.#topics.set(name, source);
  }

  changeDataSource({ name, schemaVersion, definition, converted = [], added }: rows.DataSourceChange): void {
    const source = this.source(name, schemaVersion);
    if (added.some(({ fill }) => String(fill).includes('\0'))) {
      throw new WriterHubError('invalid_schema', 'a value for the rows there are holds a NUL character');
    }
    const convertedRows = source.rows.map((row) => converted.map((conversion) => convertedText(row, conversion)));
    for (const [at, texts] of convertedRows.entries())
      for (const [which, text] of texts.entries()) source.rows[at]![converted[which]!.index + 2] = text;
    for (const { index, storage } of converted) source.storages = source.storages.with(index, storage);
    const fills = added.map(({ fill }) => (typeof fill === 'bigint' ? String(fill) : JSON.stringify(fill)));
    for (const row of source.rows) row.push(...fills);
    source.storages = [...source.storages, ...added.map(({ storage }) => storage)];
    source.definition = definition;
    source.schemaChanges += 1;
    source.updatedAt = this.#now;
  }

  truncateDataSource(name: string, part: 'rows' | 'quarantine'): void {
    const source = this.source(name);
    if (part === 'rows') source.kept.removeAll();
    else {
      source.quarantine.clear();
      source.quarantineGone = source.quarantineEnd;
    }
    source.updatedAt = this.#now;
  }

  dropDataSource(name: string): void {
    this.source(name);
    this.#remove(name);
  }

  appendRows({ topic, schemaVersion, rows, quarantine, replaced = [], record }: rows.RowsAppend): rows.RowsReceipt {
    const write = (): void => {
      const source = this.source(topic, schemaVersion);
      const numbers = replaced.map(quarantineNumber);
      if (numbers.some((number) => !source.quarantine.has(number))) throw schemaChanged();
      for (const number of numbers) source.quarantine.delete(number);
      for (const row of textsOf(rows)) {
        source.rows.push([source.nextPosition(), ...splitJson(row.slice(1, -1))]);
        source.kept.add({ bytes: row.length, storedAt: this.#now });
      }
      for (const row of textsOf(quarantine)) {
        source.quarantine.set((source.quarantineEnd += 1), row);
        source.quarantinedAt.set(source.quarantineEnd, this.#now);
      }
      source.updatedAt = this.#now;
      if (rows.count > 0) this.#advanced.add(topic);
      if (quarantine.count > 0) this.#quarantined.add(topic);
    };
    return { answer: this.#once(this.source(topic), '', write, record) };
  }

  quarantinedRows(name: string, { after = 'q-0', limit }: rows.QuarantinePage): rows.QuarantinedRow[] {
    const last = quarantineNumber(after);
    const page = [...this.source(name).quarantine].filter(([number]) => number > last).slice(0, limit);
    return page.map(([number, row]) => ({
      id: `q-${number}`,
      raw: Buffer.from((JSON.parse(row) as [string])[0], 'base64'),
    }));
  }

  quarantinedRowAt(name: string, position: Position): rows.QuarantinedRow | undefined {
    const number = this.source(name).rowNumberOf('quarantine', position);
    return this.quarantinedRows(name, { limit: Infinity }).find(({ id }) => id === `q-${number}`);
  }

  readRows(query: rows.RowQuery): rows.RowPage<rows.StoredRow> {
    const { rows: kept } = this.source(query.name);
    const stored = kept.map(([position, rest, ...texts]) => ({
      position: position!,
      values: texts.map((text) => (text === 'null' ? null : keptValue(text))),
      rest: rest === 'null' ? null : rest!,
    }));
    return this.#rowPage(query, 'rows', stored);
  }

  readQuarantine(query: rows.RowQuery): rows.RowPage<rows.StoredMisfit> {
    const source = this.source(query.name);
    const stored = [...source.quarantine].map(([number, text]) => {
      const [raw, columns, reasons, originals] = splitJson(text.slice(1, -1));
      return {
        position: source.quarantinePosition(number),
        raw: Uint8Array.from(Buffer.from(JSON.parse(raw!) as string, 'base64')),
        ...{ columns: columns!, reasons: reasons!, originals: originals! },
        storedAt: source.quarantinedAt.get(number)!,
      };
    });
    return this.#rowPage(query, 'quarantine', stored);
  }

  #rowPage<Row extends { readonly position: Position }>(
    { name, after, limit, descending = false }: rows.RowQuery,
    part: rows.RowsPart,
    stored: readonly Row[],
  ): rows.RowPage<Row> {
    const source = this.source(name);
    const { definition, schemaVersion } = source;
    const [gone, end] = boundsOf(source, part);
    const numberOf = (position: Position): number => source.rowNumberOf(part, position, true);
    const start = after === undefined ? (descending ? Infinity : 0) : source.rowNumberOf(part, after, descending);
    const matching = stored.filter(({ position }) =>
      descending ? numberOf(position) < start : numberOf(position) > start,
    );
    if (descending) matching.reverse();
    const more = matching.length > limit;
    const positionAt = (number: number): Position =>
      part === 'rows' ? source.position(number) : source.quarantinePosition(number);
    const position = more ? matching[limit - 1]!.position : positionAt(descending ? gone + 1 : end);
    const page = { rows: matching.slice(0, limit), schemaVersion, definition, position, more };
    return descending ? { ...page, end: positionAt(end) } : page;
  }

  resolveRows(name: string, part: rows.RowsPart, start: StartPoint): Position {
    const source = this.source(name);
    const [gone, end] = boundsOf(source, part);
    const positionAt = (number: number): Position =>
      part === 'rows' ? source.position(number) : source.quarantinePosition(number);
    if (start === 'latest') return positionAt(end);
    if (start === 'earliest') return positionAt(gone);
    if ('storedSince' in start) {
      if (part === 'rows') return positionAt(gone + source.kept.countBefore(start.storedSince));
      const later = [...source.quarantine.keys()].filter(
        (number) => source.quarantinedAt.get(number)! >= start.storedSince,
      );
      return positionAt((later[0] ?? end + 1) - 1);
    }
    if (source.rowNumberOf(part, start.position) <= end) return start.position;
    throw new WriterHubError('invalid_query', 'the position is beyond the end');
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
    if (topic === undefined) return this.#newTopic(name, kind);
    refuseOtherKind(name, topic.kind, kind);
    topic.kept.sweep(this.#now);
    return topic;
  }

  #newTopic(name: string, kind: TopicKind, definition?: string): Topic {
    if (this.#topics.size >= this.#limits.maxTopics) throw new WriterHubError('topic_limit', 'too many topics');
    const id = (this.#topicIds += 1);
    return new Topic(kind, id, this.#now, definition, this.#removedNames.has(name) ? id : 0);
  }

  #remove(name: string): void {
    this.#topics.delete(name);
    this.#advanced.delete(name);
    this.#quarantined.delete(name);
    this.#removedNames.add(name);
  }

  #putStream(name: string, topic: Topic, streamId: string, change: Partial<StreamInfo>, batch?: Span): void {
    const known = topic.streams.get(streamId) ?? newStream(streamId, this.#now);
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

function newStream(streamId: string, now: number): StreamInfo {
  const counts = { createdAt: now, updatedAt: now, eventCount: 0 };
  return { streamId, status: 'open', properties: {}, hasDefinitions: false, ...counts };
}

/** How many events something has, and the timestamps it spans. */
type Span = Pick<log.EventBatch, 'count' | 'minTimestamp' | 'maxTimestamp'>;

/** What a stream holds with a batch more. */
function spanOf(stream: StreamInfo, { count, minTimestamp, maxTimestamp }: Span): Partial<StreamInfo> {
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

/** The end of a topic. */
function positionOf(topic: Topic): Position {
  return topic.position(topic.end);
}

/** The number of the last row that is gone from the front, and of the last one that was stored. */
function boundsOf({ kept, end, quarantineGone, quarantineEnd }: Topic, part: rows.RowsPart): [number, number] {
  return part === 'rows' ? [kept.gone, end] : [quarantineGone, quarantineEnd];
}

function quarantineNumber(id: rows.QuarantinedRowId): number {
  if (/^q-\d{1,15}$/.test(id)) return Number(id.slice(2));
  throw new WriterHubError('invalid_query', 'the store has no such quarantined row');
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

/** The JSON text of a value of a row in its new form. */
function convertedText(
  row: readonly string[],
  { index, storage, form, nullable, refusal }: rows.ColumnConversion,
): string {
  const text = row[index + 2]!;
  const value = text === 'null' ? null : keptValue(text);
  const converted = value === null ? null : inForm(value, form);
  if (converted === undefined || (converted === null && !nullable)) {
    throw new WriterHubError('invalid_schema', `${refusal}: ${misfit(value, form)}`);
  }
  if (converted === value) return text;
  if (typeof converted === 'bigint') return converted.toString();
  return storage === 'real' ? String(converted) : JSON.stringify(converted);
}

function keptValue(text: string): KeptValue {
  if (/^-?\d+$/.test(text)) return BigInt(text);
  if (/^[[{]/.test(text)) return text;
  return JSON.parse(text) as string | number;
}
