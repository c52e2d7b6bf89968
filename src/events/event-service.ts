import { randomUUID } from 'node:crypto';
import { WriterHubError } from '../errors';
import type { NamePage, StreamInfo, TopicInfo } from '../store/contract/catalogue';
import type { EventPage, ReadQuery } from '../store/contract/event-log';
import type { IdempotencyRecord } from '../store/contract/idempotency';
import type { Store } from '../store/contract/store';
import { scanEvents, type ScanLimits } from './event-scanner';
import { IdempotencyRecords, checkIdempotencyKey } from './idempotency';
import { checkStreamId, checkTopicName } from './names';
import { parseStreamProperties } from './stream-properties';

/** What the caller may do. */
export interface Access {
  mayAppend(topic: string): boolean;
  mayRead(topic: string): boolean;
  /** Whether a topic that does not exist is created. */
  readonly mayCreate: boolean;
}

/** What happens to a write while the queue in front of the disk is full. */
export type WhenFull =
  /** It waits: for callers whose sockets are paused meanwhile. */
  | 'wait'
  /** It is refused with `store_busy`. */
  | 'refuse';

export interface EventServiceOptions extends ScanLimits {
  /** Largest JSON text of the properties of a stream, in bytes. */
  readonly maxPropertiesBytes: number;
  /** How long an idempotency key is remembered, in milliseconds. */
  readonly idempotencyWindow: number;
  /** Milliseconds since the Unix epoch (default `Date.now`). */
  readonly now?: () => number;
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
  /** Whose share of the topics a topic takes that is made; absent: nobody's. */
  readonly holder?: string | undefined;
}

/** A stream and its properties, as they came; `properties` is parsed JSON. */
export interface PostedStream {
  readonly topic: unknown;
  readonly streamId: unknown;
  readonly properties: unknown;
  /** Whose share of the topics a topic takes that is made; absent: nobody's. */
  readonly holder?: string | undefined;
}

/** The roles of the store that events need. */
export type EventServiceStore = Pick<Store, 'log' | 'catalogue' | 'full'>;

/**
 * The one way in and out for events: every entry point calls it, so that names, scopes, events and limits are checked
 * in one place. Methods throw or reject with a `WriterHubError`. What they return has been committed and synced.
 */
export class EventService {
  #stopping = false;
  readonly #records: IdempotencyRecords;
  readonly #store: EventServiceStore;
  readonly #options: EventServiceOptions;

  constructor(store: EventServiceStore, options: EventServiceOptions) {
    this.#store = store;
    this.#options = options;

    this.#records = new IdempotencyRecords(options.idempotencyWindow, options.now ?? Date.now);
  }

  /**
   * Throws what `append` would throw before it looks at the events: so that a caller need not take in a body in vain.
   */
  checkAppend(access: Access, topic: unknown, streamId: unknown, whenFull: WhenFull): void {
    this.#target(access, topic, streamId);
    this.#checkRoom(whenFull);
  }

  /** Stores events whole or not at all. An empty array stores nothing. */
  append(access: Access, posted: PostedEvents, whenFull: WhenFull): Promise<void> {
    const target = this.#target(access, posted.topic, posted.streamId);
    const record = this.#record(target.streamId, posted);
    const batch = scanEvents(posted.text, this.#options);
    if (batch === undefined) return Promise.resolve();
    this.#checkRoom(whenFull);
    const creation = { createTopic: access.mayCreate, holder: posted.holder };
    return this.#store.log.append({ ...target, batch, ...creation, ...record }).then(ignoreReceipt);
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
    const { topic, streamId, properties, holder } = posted;
    const target = this.#target(access, topic, streamId);
    const checked = parseStreamProperties(properties, this.#options.maxPropertiesBytes);
    this.#checkRoom(whenFull);
    await this.#store.log.putStream({ ...target, properties: checked, createTopic: access.mayCreate, holder });
  }

  async closeStream(access: Access, topic: unknown, streamId: unknown, whenFull: WhenFull): Promise<void> {
    const target = this.#target(access, topic, streamId);
    this.#checkRoom(whenFull);
    await this.#store.log.closeStream(target.topic, target.streamId);
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

  streams(access: Access, topic: unknown, page: NamePage): Promise<StreamInfo[]> {
    return this.#store.catalogue.streams(readableTopic(access, topic), page);
  }

  stream(access: Access, topic: unknown, streamId: unknown): Promise<StreamInfo> {
    return this.#store.catalogue.stream(readableTopic(access, topic), checkStreamId(streamId));
  }

  read(access: Access, query: ReadQuery): Promise<EventPage> {
    readableTopic(access, query.topic);
    if (query.streamId !== undefined) checkStreamId(query.streamId);
    return this.#store.log.read(query);
  }

  /** Refuses every write from now on with `shutting_down`. */
  stop(): void {
    this.#stopping = true;
  }

  #record(
    streamId: string,
    { idempotencyKey, subject = '', text }: PostedEvents,
  ): { readonly record?: IdempotencyRecord } {
    if (idempotencyKey === undefined) return {};
    const key = checkIdempotencyKey(idempotencyKey);
    return { record: this.#records.make({ key, subject, purpose: ['events', streamId], body: text, answer: '' }) };
  }

  #checkRoom(whenFull: WhenFull): void {
    if (whenFull === 'wait' || !this.#store.full) return;
    throw new WriterHubError('store_busy', 'the queue in front of the disk is full; try again in a second');
  }

  #target(access: Access, topic: unknown, streamId: unknown): { topic: string; streamId: string } {
    if (this.#stopping) throw new WriterHubError('shutting_down', 'the server is stopping; try again in a moment');
    const target = { topic: checkTopicName(topic), streamId: checkStreamId(streamId) };
    if (!access.mayAppend(target.topic)) throw lacksScope(`append:${target.topic}`);
    return target;
  }
}

function ignoreReceipt(): void {
  // Callers are told that the events are stored, not where.
}

function readableTopic(access: Access, topic: unknown): string {
  const name = checkTopicName(topic);
  if (!access.mayRead(name)) throw lacksScope(`read:${name}`);
  return name;
}

function lacksScope(scope: string): WriterHubError {
  return new WriterHubError('forbidden', `the token lacks the scope ${scope}`);
}
