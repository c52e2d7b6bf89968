import { randomUUID } from 'node:crypto';
import { lacksScope, WriterHubError } from '../errors';
import type { NamePage, StreamInfo, TopicInfo } from '../store/contract/catalogue';
import { type DefinitionKind, type Definitions, NO_DEFINITIONS } from '../store/contract/definitions';
import type { EventPage, ReadQuery } from '../store/contract/event-log';
import type { IdempotencyRecord } from '../store/contract/idempotency';
import type { Store } from '../store/contract/store';
import { ArrivalOrder } from './arrival-order';
import { earlyWarning, type EarlyTimestamps } from './early-timestamps';
import { scanEvents, type ScanLimits } from './event-scanner';
import type { EventWork, ScannedEvents } from './event-work';
import { queueIsFull } from './queue-is-full';
import { IdempotencyRecords, checkIdempotencyKey } from './idempotency';
import { checkStreamId, checkTopicName } from './names';
import { longestText, parseDefinitions } from './stream-definitions';
import { parseStreamProperties } from './stream-properties';
import { ToldOnce } from './told-once';

/** What the caller may do. */
export interface Access {
  mayAppend(topic: string): boolean;
  mayRead(topic: string): boolean;
  /** Whether a topic that does not exist is created. */
  readonly mayCreate: boolean;
}

/**
 * Longer texts are checked elsewhere, if there is where: the worst text of this length takes the main thread about 25
 * milliseconds.
 */
const LONGEST_HERE = 128 * 1024;

/** What happens to a write while the queue in front of the disk is full. */
export type WhenFull =
  /** It waits: for callers whose sockets are paused meanwhile. */
  | 'wait'
  /** It is refused with `store_busy`. */
  | 'refuse';

/** Events were taken whose timestamps lie in January 1970. */
export interface EarlyNotice {
  readonly topic: string;
  readonly streamId: string;
  readonly count: number;
  /** What is wrong with them, if it has not been said of this stream yet. */
  readonly warning: string | undefined;
}

export interface EventServiceOptions extends Omit<ScanLimits, 'strict'> {
  /** Largest JSON text of the properties of a stream, in bytes. */
  readonly maxPropertiesBytes: number;
  /** Largest JSON text of the definitions of the parameters, or of the events, of a stream, in bytes. */
  readonly maxDefinitionsBytes: number;
  /** How long an idempotency key is remembered, in milliseconds. */
  readonly idempotencyWindow: number;
  /** Milliseconds since the Unix epoch (default `Date.now`). */
  readonly now?: () => number;
  /** Checks large texts; absent: the main thread does. */
  readonly work?: EventWork;
  /** Is told of timestamps that seem to be in another unit than nanoseconds (default: nobody). */
  readonly onEarly?: (notice: EarlyNotice) => void;
}

/** Events that are to be stored, as they came. */
export interface PostedEvents {
  readonly topic: unknown;
  readonly streamId: unknown;
  /** A JSON array of events, or one bare event. */
  readonly text: Uint8Array;
  /** `undefined`: none. The same events under the same key of the same subject are stored once. */
  readonly idempotencyKey?: unknown;
  /** Whose key it is; absent for callers that cannot be told apart. */
  readonly subject?: string | undefined;
  /** For whom: holders take turns at what is scarce. */
  readonly holder?: string;
  /** What they came by, such as a connection: what comes by it for a stream stays in order. Default: the holder. */
  readonly sender?: unknown;
  /** Whether the memory of the text may be taken over, because nobody else reads it. */
  readonly owned?: boolean;
  /** Whose share of the topics a topic takes that is made; absent: nobody's. */
  readonly creator?: string | undefined;
  /** Whether timestamps in January 1970 are refused. */
  readonly strict?: boolean | undefined;
  /** Is told, once for each stream, what seems to be meant otherwise in what is stored. */
  readonly warn?: ((text: string) => void) | undefined;
}

/** What is said of a stream, as it came. */
interface PostedOfStream {
  readonly topic: unknown;
  readonly streamId: unknown;
  /** For whom: holders take turns at what is scarce. */
  readonly holder?: string;
  /** Whose share of the topics a topic takes that is made; absent: nobody's. */
  readonly creator?: string | undefined;
}

/** A stream and its properties, which are parsed JSON. */
export interface PostedStream extends PostedOfStream {
  readonly properties: unknown;
}

/** A stream and the definitions of its parameters or of its events. */
export interface PostedDefinitions extends PostedOfStream {
  readonly kind: DefinitionKind;
  /** JSON text. */
  readonly text: Buffer;
}

/** Of how many streams it is remembered that their senders have been warned. */
const REMEMBERED_WARNINGS = 10_000;

/** The roles of the store that events need. */
export type EventServiceStore = Pick<Store, 'log' | 'catalogue' | 'full' | 'isFullFor'>;

/**
 * The one way in and out for events: every entry point calls it, so that names, scopes, events and limits are checked
 * in one place. Methods throw or reject with a `WriterHubError`. What they return has been committed and synced.
 */
export class EventService {
  #stopping = false;
  readonly #records: IdempotencyRecords;
  readonly #order = new ArrivalOrder();
  readonly #work: EventWork | undefined;
  readonly #store: EventServiceStore;
  readonly #options: EventServiceOptions;
  readonly #strict: ScanLimits;
  /** Streams of which the log was told, and those whose sender was. */
  readonly #logged = new ToldOnce(REMEMBERED_WARNINGS);
  readonly #warned = new ToldOnce(REMEMBERED_WARNINGS);

  constructor(store: EventServiceStore, options: EventServiceOptions) {
    this.#store = store;
    this.#options = options;
    this.#strict = { maxDepth: options.maxDepth, maxTags: options.maxTags, strict: true };

    this.#records = new IdempotencyRecords(options.idempotencyWindow, options.now ?? Date.now);
    this.#work = options.work;
  }

  /**
   * Throws what `append` would throw before it looks at the events: so that a caller need not take in a body in vain.
   */
  checkAppend(access: Access, posted: Pick<PostedEvents, 'topic' | 'streamId' | 'holder'>, whenFull: WhenFull): void {
    this.#target(access, posted.topic, posted.streamId);
    this.#checkRoom(whenFull, posted.holder);
  }

  /** Throws what every write to a topic would throw, whatever it writes. */
  checkWrite(access: Access, topic: unknown, whenFull: WhenFull, holder: string): void {
    this.#topic(access, topic);
    this.#checkRoom(whenFull, holder);
  }

  /** Largest text in which the definitions of one kind of a stream may come, in bytes. */
  get maxDefinitionsText(): number {
    return longestText(this.#options.maxDefinitionsBytes);
  }

  /** Largest JSON text of the properties of a stream, in bytes. */
  get maxPropertiesBytes(): number {
    return this.#options.maxPropertiesBytes;
  }

  /** Stores events whole or not at all. An empty array stores nothing. */
  append(access: Access, posted: PostedEvents, whenFull: WhenFull): Promise<void> {
    const target = this.#target(access, posted.topic, posted.streamId);
    if (posted.text.length > LONGEST_HERE || !this.#order.isIdle) {
      const inTurn = this.#appendInTurn(access, target, posted, whenFull);
      if (inTurn !== undefined) return inTurn;
    }
    const guard = this.#record(target.streamId, posted);
    const batch = scanEvents(posted.text, posted.strict === true ? this.#strict : this.#options);
    if (batch === undefined) return Promise.resolve();
    const { creator, holder } = posted;
    this.#checkRoom(whenFull, holder);
    if (batch.early !== undefined) this.#tellOfEarly(target, posted, batch.early);
    const { topic, streamId } = target;
    // Written out: spreading objects into it takes a tenth of the time of an append.
    const append = { topic, streamId, batch, createTopic: access.mayCreate, creator, holder };
    return this.#store.log.append(guard.record === undefined ? append : { ...append, ...guard }).then(ignoreReceipt);
  }

  /** Makes a stream with an id of its own; `properties` is parsed JSON. */
  async createStream(
    access: Access,
    posted: Omit<PostedStream, 'streamId'>,
    whenFull: WhenFull,
  ): Promise<{ streamId: string }> {
    const streamId = randomUUID();
    await this.putStream(access, { ...posted, streamId }, whenFull);
    return { streamId };
  }

  /** Replaces all properties of a stream, which is created if it is unknown. */
  async putStream(access: Access, posted: PostedStream, whenFull: WhenFull): Promise<void> {
    const { topic, streamId, properties, creator, holder } = posted;
    const target = this.#target(access, topic, streamId);
    const checked = parseStreamProperties(properties, this.#options.maxPropertiesBytes);
    await this.#order.behindAll(orderOf(target), () => {
      this.#checkRoom(whenFull, holder);
      return this.#store.log.putStream({
        ...target,
        properties: checked,
        createTopic: access.mayCreate,
        creator,
        holder,
      });
    });
  }

  /** Replaces the definitions of the parameters or of the events of a stream, which is created if it is unknown. */
  async putDefinitions(access: Access, posted: PostedDefinitions, whenFull: WhenFull): Promise<void> {
    const { topic, streamId, kind, text, creator, holder } = posted;
    const target = this.#target(access, topic, streamId);
    const checked = parseDefinitions(kind, text, this.#options.maxDefinitionsBytes);
    await this.#order.behindAll(orderOf(target), () => {
      this.#checkRoom(whenFull, holder);
      return this.#store.log.putDefinitions({
        ...target,
        definitions: { [kind]: checked },
        createTopic: access.mayCreate,
        creator,
        holder,
      });
    });
  }

  async closeStream(
    access: Access,
    { topic, streamId, holder }: Pick<PostedStream, 'topic' | 'streamId' | 'holder'>,
    whenFull: WhenFull,
  ): Promise<void> {
    const target = this.#target(access, topic, streamId);
    await this.#order.behindAll(orderOf(target), () => {
      this.#checkRoom(whenFull, holder);
      return this.#store.log.closeStream(target.topic, target.streamId, holder);
    });
  }

  /** The topics the caller may read, in order of name. */
  async topics(access: Access, page: NamePage): Promise<TopicInfo[]> {
    const readable: TopicInfo[] = [];
    let { after } = page;
    // Those in between that the caller may not read cost little when many are asked for at once.
    const limit = Math.max(page.limit, 1000);
    for (;;) {
      const stored = await this.#store.catalogue.topics({ ...(after === undefined ? {} : { after }), limit });
      readable.push(...stored.filter((topic) => access.mayRead(topic.name)));
      after = stored.at(-1)?.name;
      if (readable.length >= page.limit || stored.length < limit) return readable.slice(0, page.limit);
    }
  }

  /** A topic or data source. Rejects with `unknown_topic` when there is none. */
  async topic(access: Access, topic: unknown): Promise<TopicInfo> {
    const name = readableTopic(access, topic);
    const found = await this.#store.catalogue.topic(name);
    if (found === undefined) throw new WriterHubError('unknown_topic', `there is no topic "${name}"`);
    return found;
  }

  streams(access: Access, topic: unknown, page: NamePage): Promise<StreamInfo[]> {
    return this.#store.catalogue.streams(readableTopic(access, topic), page);
  }

  stream(access: Access, topic: unknown, streamId: unknown): Promise<StreamInfo> {
    return this.#store.catalogue.stream(readableTopic(access, topic), checkStreamId(streamId));
  }

  /** The definitions of a stream. Rejects with `unknown_topic`, `unknown_stream`, `wrong_topic_kind`. */
  async definitions(access: Access, topic: unknown, streamId: unknown): Promise<Definitions> {
    const { streamId: id, hasDefinitions } = await this.stream(access, topic, streamId);
    if (!hasDefinitions) return NO_DEFINITIONS;
    const found = await this.#store.catalogue.definitions(readableTopic(access, topic), [id]);
    return found.get(id) ?? NO_DEFINITIONS;
  }

  read(access: Access, query: ReadQuery): Promise<EventPage> {
    readableTopic(access, query.topic);
    if (query.streamId !== undefined) checkStreamId(query.streamId);
    return this.#store.log.read(query);
  }

  /** The last events that a query finds, oldest first; the position is the end of the topic. */
  async tail(access: Access, query: Omit<ReadQuery, 'after' | 'descending'>): Promise<EventPage & { cut: boolean }> {
    const { events, position, more, end = position } = await this.read(access, { ...query, descending: true });
    const cut = more && events.length < query.limit;
    return { events: events.reverse(), position: end, more: false, cut };
  }

  /** Throws what every read of a topic would throw before anything is read; gives its name. */
  checkReader(access: Access, topic: unknown): string {
    return readableTopic(access, topic);
  }

  /** Refuses every write from now on with `shutting_down`. */
  stop(): void {
    this.#stopping = true;
  }

  /**
   * Stores events that are checked elsewhere, or that lie behind such events of the same sender to the same stream;
   * `undefined` when they are neither.
   */
  #appendInTurn(access: Access, target: Target, posted: PostedEvents, whenFull: WhenFull): Promise<void> | undefined {
    const order = orderOf(target);
    const sender = posted.sender ?? posted.holder;
    const isLarge = posted.text.length > LONGEST_HERE && this.#work !== undefined;
    if (!isLarge && !this.#order.isUnderWay(order, sender)) return undefined;
    const scanned = isLarge ? this.#scanElsewhere(this.#work, target, posted) : this.#scanHere(posted);
    return this.#order.inTurn(order, sender, scanned, async ({ batch, fingerprint }) => {
      if (batch === undefined) return;
      const { creator, holder } = posted;
      this.#checkRoom(whenFull, holder);
      if (batch.early !== undefined) this.#tellOfEarly(target, posted, batch.early);
      const record = this.#record(target.streamId, posted, fingerprint);
      await this.#store.log.append({ ...target, batch, createTopic: access.mayCreate, creator, holder, ...record });
    });
  }

  async #scanElsewhere(work: EventWork, { streamId }: Target, posted: PostedEvents): Promise<ScannedEvents> {
    const { text, idempotencyKey, holder = '', owned = false, strict = false } = posted;
    if (idempotencyKey !== undefined) checkIdempotencyKey(idempotencyKey);
    const purpose = idempotencyKey === undefined ? undefined : purposeOf(streamId);
    const { maxDepth, maxTags } = this.#options;
    return work.scanEvents({ text, limits: { maxDepth, maxTags, strict }, purpose, holder, owned });
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- what it throws is a rejection
  async #scanHere({ text, strict }: PostedEvents): Promise<ScannedEvents> {
    return { batch: scanEvents(text, strict === true ? this.#strict : this.#options), fingerprint: undefined };
  }

  /** Events whose unit is doubtful are stored as they are, and that is said. */
  #tellOfEarly(target: Target, { warn }: PostedEvents, early: EarlyTimestamps): void {
    const stream = orderOf(target);
    const text = earlyWarning(early);
    if (warn !== undefined && this.#warned.isFirst(stream)) warn(text);
    const warning = this.#logged.isFirst(stream) ? text : undefined;
    this.#options.onEarly?.({ ...target, count: early.count, warning });
  }

  #record(
    streamId: string,
    { idempotencyKey, subject = '', text }: PostedEvents,
    fingerprint?: Buffer,
  ): { readonly record?: IdempotencyRecord } {
    if (idempotencyKey === undefined) return {};
    const key = checkIdempotencyKey(idempotencyKey);
    const purpose = purposeOf(streamId);
    return { record: this.#records.make({ key, subject, purpose, body: text, fingerprint, answer: '' }) };
  }

  #checkRoom(whenFull: WhenFull, holder = ''): void {
    if (whenFull === 'wait' || !this.#store.isFullFor(holder)) return;
    throw queueIsFull(this.#store.full);
  }

  #target(access: Access, topic: unknown, streamId: unknown): Target {
    return { topic: this.#topic(access, topic), streamId: checkStreamId(streamId) };
  }

  #topic(access: Access, topic: unknown): string {
    if (this.#stopping) throw new WriterHubError('shutting_down', 'the server is stopping; try again in a moment');
    const name = checkTopicName(topic);
    if (!access.mayAppend(name)) throw lacksScope(`append:${name}`);
    return name;
  }
}

/** The stream that a write goes to. */
interface Target {
  readonly topic: string;
  readonly streamId: string;
}

/** What the order of writes to a stream is kept by. No name of a topic holds a line feed. */
function orderOf({ topic, streamId }: Target): string {
  return `${topic}\n${streamId}`;
}

/** What the fingerprint of events is for. */
function purposeOf(streamId: string): readonly string[] {
  return ['events', streamId];
}

function ignoreReceipt(): void {
  // Callers are told that the events are stored, not where.
}

function readableTopic(access: Access, topic: unknown): string {
  const name = checkTopicName(topic);
  if (!access.mayRead(name)) throw lacksScope(`read:${name}`);
  return name;
}
