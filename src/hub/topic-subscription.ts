import { type ErrorCode, WriterHubError } from '../errors';
import type { FeedRecord } from '../feed/feed-record';
import type { EventLog } from '../store/contract/event-log';
import { namingPosition, type Position, type StartPoint } from '../store/contract/position';
import { IdPatterns } from './id-patterns';
import { EVERY } from './read-arguments';
import type { FollowedIds, SubscribedKind, TopicQuery, Wanted } from './subscribed-kinds';
import { SubscribedReader } from './subscribed-reader';
import type { Subscriber } from './subscriber';
import type { TopicWatch } from './topic-watch';

export interface TopicSubscriptionParts<Query extends TopicQuery, R extends FeedRecord> {
  readonly kind: SubscribedKind<Query, R>;
  readonly log: Pick<EventLog, 'resolve'>;
  readonly watch: TopicWatch;
  readonly subscriber: Subscriber;
  /** There is no such topic any more, and nothing but what is subscribed to in all topics was of it. */
  onGone(): void;
}

/** A subscription that begins in the past, with a reader of its own until that has come to where the other is. */
interface CatchUp<Query extends TopicQuery, R extends FeedRecord> {
  readonly streamId: string;
  readonly id: string;
  readonly order: number;
  readonly reader: SubscribedReader<Query, R>;
}

/**
 * What one connection subscribes to in one topic, of one kind of records. While nothing has come it only waits; then
 * one reader serves all of it. What several subscriptions cover, an event or a parameter of a package, is of the
 * earliest of them, so it is sent once.
 */
export class TopicSubscription<Query extends TopicQuery, R extends FeedRecord> {
  readonly patterns = new IdPatterns();
  packages = false;
  /** Where it waits; `undefined` of a topic that there is not yet, of which everything is new. */
  #position: Position | undefined;
  #reader: SubscribedReader<Query, R> | undefined;
  readonly #catchUps = new Set<CatchUp<Query, R>>();
  /** What was unsubscribed while something catches up: the reader has sent that, as long as that lasts. */
  readonly #former = new IdPatterns();
  #isClosed = false;
  #isOpening = false;
  #hasAdvanced = false;
  #removals = 0;
  #opened: Promise<void> | undefined;
  readonly #topic: string;
  readonly #parts: TopicSubscriptionParts<Query, R>;

  constructor(topic: string, parts: TopicSubscriptionParts<Query, R>) {
    this.#topic = topic;
    this.#parts = parts;
  }

  /** Whether nothing of its own is subscribed to. */
  get isEmpty(): boolean {
    return this.patterns.size === 0 && !this.packages && this.#catchUps.size === 0;
  }

  has(streamId: string, id: string): boolean {
    return this.patterns.has(streamId, id) || this.#catchUpOf(streamId, id) !== undefined;
  }

  /**
   * Resolves when everything that is stored from now on will be sent. Rejects as `EventLog.resolve`, but a topic that
   * does not exist is waited for.
   */
  open(): Promise<void> {
    this.#opened ??= this.#open();
    return this.#opened;
  }

  /** Begins to read behind a position, which may be one of an earlier topic of this name. */
  start(before: Position | undefined): void {
    this.#opened = Promise.resolve();
    void this.#read(startBehind(before), true);
  }

  /**
   * Has what is stored already sent too, if no earlier subscription covers them. Rejects as `EventLog.resolve`,
   * but of a topic that does not exist there is nothing unless a position in it is named.
   */
  async catchUp(streamId: string, id: string, order: number, start: StartPoint): Promise<void> {
    const position = await this.#resolve(start);
    if (position === undefined || start === 'latest') this.patterns.add(streamId, id, order);
    else if (!this.#isClosed) this.#beginCatchUp({ streamId, id, order, start: { position } });
  }

  /** Returns how many subscriptions have ended. */
  remove(streamId: string, id: string): number {
    const stopped = this.#stopCatchUps((each) => each.streamId === streamId && each.id === id);
    this.keepClaims(this.patterns, streamId, id);
    return stopped + this.patterns.remove(streamId, id);
  }

  removeStream(streamId: string): number {
    const stopped = this.#stopCatchUps((each) => each.streamId === streamId);
    this.keepClaims(this.patterns, streamId);
    return stopped + this.patterns.removeStream(streamId);
  }

  /** Some subscriptions end, here or in all topics; what the reader has sent for them is not caught up with again. */
  keepClaims(patterns: IdPatterns, streamId: string, id?: string): void {
    if (this.#catchUps.size === 0) return;
    for (const each of patterns.of(streamId, id)) {
      if (!this.#former.has(streamId, each.id)) this.#former.add(streamId, each.id, each.order);
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#reader?.stop();
    this.#stopCatchUps(() => true);
    this.#parts.watch.stopWaiting(this.#topic, this);
  }

  onAdvance(): void {
    this.#hasAdvanced = true;
    if (!this.#isOpening && !this.#isClosed) this.#wake();
  }

  async #open(): Promise<void> {
    this.#wait();
    this.#isOpening = true;
    try {
      this.#position = await this.#resolve('latest');
    } finally {
      this.#isOpening = false;
    }
    if (this.#hasAdvanced && !this.#isClosed) this.#wake();
  }

  #beginCatchUp({ streamId, id, order, start }: Omit<FollowedIds, 'topic'> & { readonly order: number }): void {
    const { kind, subscriber } = this.#parts;
    const isOfThis = (streamId: string, id: string): boolean => this.#earliest(streamId, id) === order;
    const reader = new SubscribedReader(kind, subscriber, {
      // Some of the ids may be of an earlier subscription.
      wanted: { every: () => false, one: isOfThis },
      packages: false,
      onPosition: () => {
        this.#merge();
      },
    });
    const catchUp = { streamId, id, order, reader };
    this.#catchUps.add(catchUp);
    void this.#runCatchUp(catchUp, streamId, start);
  }

  /** `streamId`: the stream that is read for it. */
  async #runCatchUp(catchUp: CatchUp<Query, R>, streamId: string, start: StartPoint): Promise<void> {
    const { reader, id } = catchUp;
    try {
      await reader.run(this.#parts.kind.query({ topic: this.#topic, streamId, id, start }));
    } catch (error) {
      if (reader.isStopped) return;
      if (hasCode(error, 'unknown_stream') && streamId !== EVERY) {
        // There is no such stream, yet or any more: what comes of it is among all others.
        const { position } = reader;
        await this.#runCatchUp(catchUp, EVERY, position === undefined ? start : { position });
      } else if (hasCode(error, 'unknown_topic')) {
        // Nothing is left to catch up with.
        this.#join(catchUp);
      } else {
        this.#parts.subscriber.end(error);
      }
    }
  }

  /** `undefined` of a topic that there is not. */
  async #resolve(start: StartPoint): Promise<Position | undefined> {
    try {
      return await this.#parts.log.resolve(this.#topic, start);
    } catch (error) {
      const isOfTopic = typeof start === 'object' && 'position' in start;
      if (isOfTopic || !hasCode(error, 'unknown_topic')) throw namingPosition(error, 'from');
      return undefined;
    }
  }

  #wait(): void {
    const { watch } = this.#parts;
    this.#hasAdvanced = false;
    watch.wait(this.#topic, this);
    this.#removals = watch.removals(this.#topic);
  }

  /** Reads from where it waited. */
  #wake(): void {
    const { watch } = this.#parts;
    // What was removed may have been the topic, and this another one of its name.
    const isDoubtful = watch.removals(this.#topic) !== this.#removals;
    watch.stopWaiting(this.#topic, this);
    void this.#read(startBehind(this.#position), isDoubtful);
  }

  /** `isDoubtful`: the start may be a position of an earlier topic of this name. */
  async #read(start: StartPoint, isDoubtful: boolean): Promise<void> {
    const { kind, subscriber } = this.#parts;
    const reader = new SubscribedReader(kind, subscriber, this.#sending());
    this.#reader = reader;
    try {
      await reader.run(kind.query({ topic: this.#topic, streamId: EVERY, id: EVERY, start }));
    } catch (error) {
      this.#reader = undefined;
      if (this.#isClosed) return;
      const isOfAnother = isDoubtful && !reader.hasBegun && hasCode(error, 'position_gone');
      if (isOfAnother || hasCode(error, 'unknown_topic')) await this.#waitForAnother();
      // A data source has no events; when it was removed, a topic may have its name.
      else if (!hasCode(error, 'wrong_topic_kind')) subscriber.end(error);
    }
  }

  #sending(): ConstructorParameters<typeof SubscribedReader>[2] {
    const { subscriber } = this.#parts;
    const hasPackages = (): boolean => this.packages || subscriber.packagesEverywhere;
    return {
      wanted: this.#wanted,
      get packages() {
        return hasPackages();
      },
      onPosition: () => {
        this.#merge();
      },
    };
  }

  /** The topic was removed: what is stored under its name from now on is another one's, and all of it is new. */
  async #waitForAnother(): Promise<void> {
    const { log, subscriber, watch } = this.#parts;
    this.#position = undefined;
    this.#wait();
    try {
      const [first, last] = await Promise.all([
        log.resolve(this.#topic, 'earliest'),
        log.resolve(this.#topic, 'latest'),
      ]);
      if (first !== last && !this.#isClosed && this.#reader === undefined) this.#wake();
    } catch (error) {
      if (this.#isClosed || this.#reader !== undefined) return;
      if (!hasCode(error, 'unknown_topic')) subscriber.end(error);
      else if (this.isEmpty) {
        watch.forget(this.#topic);
        this.#parts.onGone();
      }
    }
  }

  /** What the reader is to send. */
  readonly #wanted: Wanted = {
    // While something catches up, each id is looked at by itself.
    every: (streamId) => this.#catchUps.size === 0 && this.#live(streamId, EVERY) < Infinity,
    one: (streamId, id) => {
      const live = this.#live(streamId, id);
      if (this.#catchUps.size === 0) return live < Infinity;
      const behind = this.#behind(streamId, id);
      // Somebody wants it, and it is not for what catches up to bring it.
      return Math.min(live, behind) < Infinity && Math.min(live, this.#former.earliest(streamId, id)) < behind;
    },
  };

  /** The number of the earliest subscription that covers an id of a stream. */
  #earliest(streamId: string, id: string): number {
    const former = this.#former.earliest(streamId, id);
    return Math.min(former, this.#live(streamId, id), this.#behind(streamId, id));
  }

  /** Of those that the reader serves. */
  #live(streamId: string, id: string): number {
    const { everywhere } = this.#parts.subscriber;
    return Math.min(this.patterns.earliest(streamId, id), everywhere.earliest(streamId, id));
  }

  /** Of those that catch up. */
  #behind(streamId: string, id: string): number {
    let order = Infinity;
    for (const each of this.#catchUps) {
      const covers = (each.streamId === EVERY || each.streamId === streamId) && (each.id === EVERY || each.id === id);
      if (covers) order = Math.min(order, each.order);
    }
    return order;
  }

  /** Those that have come to where the reader is, or where it waits, go on with it. */
  #merge(): void {
    const position = this.#reader === undefined ? this.#position : this.#reader.position;
    if (position === undefined) return;
    for (const catchUp of this.#catchUps) if (catchUp.reader.position === position) this.#join(catchUp);
  }

  #join({ streamId, id, order }: CatchUp<Query, R>): void {
    this.#stopCatchUps((each) => each.order === order);
    this.patterns.add(streamId, id, order);
  }

  #catchUpOf(streamId: string, id: string): CatchUp<Query, R> | undefined {
    return [...this.#catchUps].find((each) => each.streamId === streamId && each.id === id);
  }

  #stopCatchUps(pick: (catchUp: CatchUp<Query, R>) => boolean): number {
    const picked = [...this.#catchUps].filter(pick);
    for (const catchUp of picked) {
      catchUp.reader.stop();
      this.#catchUps.delete(catchUp);
    }
    if (this.#catchUps.size === 0) this.#former.clear();
    return picked.length;
  }
}

function startBehind(position: Position | undefined): StartPoint {
  return position === undefined ? 'earliest' : { position };
}

function hasCode(error: unknown, code: ErrorCode): boolean {
  return error instanceof WriterHubError && error.code === code;
}
