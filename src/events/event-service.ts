import { randomUUID } from 'node:crypto';
import { lacksScope, WriterHubError } from '../errors';
import type { NamePage, StreamInfo, TopicInfo } from '../store/contract/catalogue';
import { type DefinitionKind, type Definitions, NO_DEFINITIONS } from '../store/contract/definitions';
import type { EventPage, ReadQuery } from '../store/contract/event-log';
import type { Store } from '../store/contract/store';
import type { ScannedBatch } from './early-timestamps';
import { scanEvents, type ScanLimits } from './event-scanner';
import type { EventWork } from './event-work';
import { checkStreamId, checkTopicName } from './names';
import { type PostedText, StreamAppends } from './stream-appends';
import { longestText, parseDefinitions } from './stream-definitions';
import { parseStreamProperties } from './stream-properties';
import { type Access, orderOf, type WhenFull, type WriteGate } from './write-gate';

export interface EventServiceOptions extends Omit<ScanLimits, 'strict'> {
  /** Largest JSON text of the properties of a stream, in bytes. */
  readonly maxPropertiesBytes: number;
  /** Largest JSON text of the definitions of the parameters, or of the events, of a stream, in bytes. */
  readonly maxDefinitionsBytes: number;
  /** Checks large texts; absent: the main thread does. */
  readonly work?: EventWork;
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

/** The roles of the store that events need. */
export type EventServiceStore = Pick<Store, 'log' | 'catalogue'>;

/**
 * The one way in and out for events: every entry point calls it, so that names, scopes, events and limits are checked
 * in one place. Methods throw or reject with a `WriterHubError`. What they return has been committed and synced.
 */
export class EventService {
  readonly #gate: WriteGate;
  readonly #appends: StreamAppends<ScannedBatch>;
  readonly #store: EventServiceStore;
  readonly #options: EventServiceOptions;

  /** `gate`: the one that all services share which write to streams. */
  constructor(store: EventServiceStore, gate: WriteGate, options: EventServiceOptions) {
    this.#store = store;
    this.#options = options;
    this.#gate = gate;

    const { work } = options;
    // Options may change.
    const limits = (strict: boolean): ScanLimits => ({ maxDepth: options.maxDepth, maxTags: options.maxTags, strict });
    this.#appends = new StreamAppends(gate, {
      purpose: 'events',
      scan: (text, isStrict) => scanEvents(text, limits(isStrict)),
      scanElsewhere: work && (({ strict, ...of }) => work.scanEvents({ ...of, limits: limits(strict) })),
      store: (append) => store.log.append(append),
    });
  }

  /**
   * Throws what `append` would throw before it looks at the events: so that a caller need not take in a body in vain.
   */
  checkAppend(access: Access, posted: Pick<PostedText, 'topic' | 'streamId' | 'holder'>, whenFull: WhenFull): void {
    this.#appends.check(access, posted, whenFull);
  }

  /** Throws what every write to a topic would throw, whatever it writes. */
  checkWrite(access: Access, topic: unknown, whenFull: WhenFull, holder: string): void {
    this.#gate.topic(access, topic);
    this.#gate.checkRoom(whenFull, holder);
  }

  /** Largest text in which the definitions of one kind of a stream may come, in bytes. */
  get maxDefinitionsText(): number {
    return longestText(this.#options.maxDefinitionsBytes);
  }

  /** Largest JSON text of the properties of a stream, in bytes. */
  get maxPropertiesBytes(): number {
    return this.#options.maxPropertiesBytes;
  }

  /**
   * Stores events whole or not at all; the text is a JSON array of them, or one bare event. An empty array stores
   * nothing.
   */
  append(access: Access, posted: PostedText, whenFull: WhenFull): Promise<unknown> {
    return this.#appends.append(access, posted, whenFull);
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
    const target = this.#gate.target(access, topic, streamId);
    const checked = parseStreamProperties(properties, this.#options.maxPropertiesBytes);
    await this.#gate.order.behindAll(orderOf(target), () => {
      this.#gate.checkRoom(whenFull, holder);
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
    const target = this.#gate.target(access, topic, streamId);
    const checked = parseDefinitions(kind, text, this.#options.maxDefinitionsBytes);
    await this.#gate.order.behindAll(orderOf(target), () => {
      this.#gate.checkRoom(whenFull, holder);
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
    const target = this.#gate.target(access, topic, streamId);
    await this.#gate.order.behindAll(orderOf(target), () => {
      this.#gate.checkRoom(whenFull, holder);
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
}

function readableTopic(access: Access, topic: unknown): string {
  const name = checkTopicName(topic);
  if (!access.mayRead(name)) throw lacksScope(`read:${name}`);
  return name;
}
