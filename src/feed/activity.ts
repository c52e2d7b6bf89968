import type { Catalogue } from '../store/contract/catalogue';
import type { ParameterStore } from '../store/contract/parameter-store';
import type { CatalogueChanges, Store } from '../store/contract/store';
import { type ActiveReader, ActiveStreams } from './active-streams';
import { SECONDS_KEPT, TopicActivity, type TopicSecond } from './topic-activity';
import { Wakes } from './wakes';

/** Topics of a page, of those that are asked what was active before this server started. */
const PAGE = 1000;

export interface ActivityStore extends Pick<Store, 'observe'> {
  readonly catalogue: Pick<Catalogue, 'namedStreams' | 'definitions' | 'recentStreams' | 'topics'>;
  readonly parameters: Pick<ParameterStore, 'seenParameters'>;
}

export interface ActivityOptions {
  /** For how many milliseconds a stream is active after something was written to it. */
  readonly activeFor: number;
  /** So many active streams are known of all topics, and so many topics. */
  readonly maxStreams: number;
  readonly maxTopics: number;
  /** Told when a stream is not known as active because there are too many. */
  readonly onFull: (topic: string) => void;
  /** What clients call a topic. Default: its name. */
  readonly topicIdOf?: (topic: string) => string;
  /** Milliseconds since the Unix epoch. Default: `Date.now`. */
  readonly now?: () => number;
}

/**
 * Which streams are active, and how much is written to each topic in each second. A stream is active while it is open,
 * and its events or properties were sent within a time. All of it is learnt from commits: what is done for an append is
 * to add two numbers, and nothing for an event.
 */
export class Activity {
  readonly #topics = new Map<string, TopicActivity>();
  readonly #watches = new Map<string, ActiveStreams>();
  readonly #wakes = new Wakes();
  readonly #appearances = new Wakes();
  readonly #startedAt: number;
  readonly #activeSeconds: number;
  #second: number;
  #streams = 0;
  #timer: NodeJS.Timeout | undefined;
  #waiting = 0;
  #isStopped = false;
  #recalledAll: Promise<void> | undefined;
  readonly #now: () => number;
  readonly #unobserve: () => void;
  readonly #store: ActivityStore;
  readonly #options: ActivityOptions;

  constructor(store: ActivityStore, options: ActivityOptions) {
    this.#store = store;
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#startedAt = this.#now();
    this.#second = Math.floor(this.#startedAt / 1000);
    this.#activeSeconds = Math.ceil(options.activeFor / 1000);
    this.#unobserve = store.observe({
      onChange: (changes) => {
        this.#note(changes);
      },
    });
  }

  /** How many streams are known to be active. */
  get activeStreams(): number {
    return this.#streams;
  }

  /** The second that it is now, since the Unix epoch. */
  get second(): number {
    this.#catchUp();
    return this.#second;
  }

  /** Topics in which something has happened lately. */
  get topics(): string[] {
    return [...this.#topics.keys()];
  }

  /** Topics that have active streams. */
  get activeTopics(): string[] {
    return [...this.#topics.values()].filter(({ activeStreams }) => activeStreams > 0).map(({ name }) => name);
  }

  activeStreamsOf(topic: string): number {
    return this.#topics.get(topic)?.activeStreams ?? 0;
  }

  /** Begins to watch the active streams of a topic; `room`: for those given first. Rejects as the catalogue does. */
  async watch(topic: string, room: { bytes: number }): Promise<ActiveReader> {
    const activity = this.#hold(topic);
    try {
      await this.#recall(activity);
      const streams = this.#watchOf(activity);
      const reader = await streams.open(room);
      return {
        ...reader,
        close: () => {
          reader.close();
          this.#release(activity, streams);
        },
      };
    } catch (error) {
      this.#release(activity, this.#watches.get(topic));
      throw error;
    }
  }

  /** Keeps the seconds of a topic, until what it returns is called. */
  async watchSeconds(topic: string): Promise<() => void> {
    const activity = this.#hold(topic);
    await this.#recall(activity).catch(() => undefined);
    return () => {
      this.#release(activity, undefined);
    };
  }

  /** Whole seconds of a topic from one on, the latest last; of those that are kept. */
  seconds(topic: string, since = 0): TopicSecond[] {
    this.#catchUp();
    const known = this.#topics.get(topic);
    if (known !== undefined) return known.since(since);
    const from = Math.max(since, this.#second - SECONDS_KEPT);
    return Array.from({ length: Math.max(0, this.#second - from) }, (_, index) => ({
      second: from + index,
      bytes: 0,
      activeStreams: 0,
    }));
  }

  /** Resolves when a second is over, with the one that has begun. */
  async nextSecond(after: number, signal: AbortSignal): Promise<number> {
    this.#waiting += 1;
    this.#plan();
    while (this.#second <= after && !signal.aborted) await this.#wakes.wait(signal);
    this.#waiting -= 1;
    return this.#second;
  }

  /** Resolves when a topic that had no active streams has one. */
  nextActiveTopic(signal: AbortSignal): Promise<void> {
    return this.#appearances.wait(signal);
  }

  /** Has everything known that was active before this server started. */
  recallAll(): Promise<void> {
    this.#recalledAll ??= this.#recallTopics().catch((error: unknown) => {
      this.#recalledAll = undefined;
      throw error;
    });
    return this.#recalledAll;
  }

  /** What clients call a topic. */
  topicIdOf(topic: string): string {
    return this.#options.topicIdOf?.(topic) ?? topic;
  }

  stop(): void {
    this.#isStopped = true;
    this.#unobserve();
    clearTimeout(this.#timer);
    for (const streams of this.#watches.values()) streams.stop();
  }

  #note({ writes, changes }: CatalogueChanges): void {
    this.#catchUp();
    let activity: TopicActivity | undefined;
    for (const { topic, streamId, bytes } of writes) {
      if (activity?.name !== topic) activity = this.#find(topic);
      if (activity === undefined) continue;
      activity.add(bytes);
      if (streamId !== undefined) this.#write(activity, streamId);
    }
    for (const { topic, streamId, kind } of changes) {
      const known = this.#topics.get(topic);
      if (streamId === undefined) {
        if (kind === 'removed')
          this.#count(known, (activity) => {
            activity.endAll();
          });
      } else if (kind === 'changed') {
        const changed = known ?? this.#find(topic);
        if (changed === undefined) continue;
        this.#write(changed, streamId);
        changed.watcher?.changed(streamId);
      } else {
        this.#count(known, (activity) => {
          activity.end(streamId);
        });
      }
    }
    this.#plan();
  }

  #write(activity: TopicActivity, streamId: string): void {
    const isFirst = activity.activeStreams === 0;
    const isActive = activity.write(streamId, () => {
      if (this.#streams >= this.#options.maxStreams) {
        this.#options.onFull(activity.name);
        return false;
      }
      this.#streams += 1;
      return true;
    });
    if (isFirst && isActive) this.#appearances.wake();
  }

  /** Does what ends streams of a topic, and counts how many are left. */
  #count(activity: TopicActivity | undefined, end: (activity: TopicActivity) => void): void {
    if (activity === undefined) return;
    const before = activity.activeStreams;
    end(activity);
    this.#streams += activity.activeStreams - before;
  }

  /** What is known of a topic; `undefined`: there are too many. */
  #find(topic: string): TopicActivity | undefined {
    const known = this.#topics.get(topic);
    if (known !== undefined) return known;
    if (this.#topics.size >= this.#options.maxTopics) return undefined;
    return this.#add(topic);
  }

  #add(topic: string): TopicActivity {
    const added = new TopicActivity(topic, this.#second);
    this.#topics.set(topic, added);
    return added;
  }

  #hold(topic: string): TopicActivity {
    const activity = this.#topics.get(topic) ?? this.#add(topic);
    activity.holds += 1;
    return activity;
  }

  #release(activity: TopicActivity, streams: ActiveStreams | undefined): void {
    activity.holds -= 1;
    if (streams?.readers === 0 && activity.watcher === streams) {
      streams.stop();
      activity.watcher = undefined;
      this.#watches.delete(activity.name);
    }
    this.#plan();
  }

  #watchOf(activity: TopicActivity): ActiveStreams {
    const known = this.#watches.get(activity.name);
    if (known !== undefined) return known;
    const topicId = this.topicIdOf(activity.name);
    const { catalogue, parameters } = this.#store;
    const streams = new ActiveStreams({ catalogue, parameters, activity, topicId });
    this.#watches.set(activity.name, streams);
    activity.watcher = streams;
    return streams;
  }

  /**
   * What was written before this server started counts as if it had been at the start, for nobody could write while
   * there was no server: as far as it was not older, at the topic's last write, than a stream may be. A pause of more
   * than that time is no restart.
   */
  async #recall(activity: TopicActivity): Promise<void> {
    const { activeFor } = this.#options;
    if (activity.isRecalled || this.#now() - this.#startedAt > activeFor) return;
    const since = this.#startedAt - 2 * activeFor;
    const found: { streamId: string; updatedAt: number }[] = [];
    let after: string | undefined;
    do {
      const part = await this.#store.catalogue.recentStreams(activity.name, { since, after });
      found.push(...part.streams.filter(({ updatedAt }) => updatedAt <= this.#startedAt));
      ({ after } = part);
    } while (after !== undefined && found.length < this.#options.maxStreams);
    if (!activity.beginRecall()) return;
    const last = found.reduce((latest, { updatedAt }) => Math.max(latest, updatedAt), 0);
    const second = Math.floor(this.#startedAt / 1000);
    for (const { streamId, updatedAt } of found) {
      if (updatedAt < last - activeFor || this.#streams >= this.#options.maxStreams) continue;
      this.#count(activity, (activity) => {
        activity.recall(streamId, second);
      });
    }
  }

  async #recallTopics(): Promise<void> {
    let after: string | undefined;
    for (;;) {
      if (this.#now() - this.#startedAt > this.#options.activeFor) return;
      const page = { limit: PAGE, ...(after !== undefined && { after }) };
      const topics = await this.#store.catalogue.topics(page);
      for (const { name, kind } of topics) {
        const activity = kind === 'events' ? this.#find(name) : undefined;
        // One that was removed meanwhile has nothing to recall.
        if (activity !== undefined) await this.#recall(activity).catch(() => undefined);
      }
      if (topics.length < PAGE) return;
      after = topics.at(-1)!.name;
    }
  }

  /** Goes on to the second that it is. A clock that is put back stands still until it has come as far again. */
  #catchUp(): void {
    const second = Math.floor(this.#now() / 1000);
    if (second <= this.#second) return;
    this.#second = second;
    for (const [name, activity] of this.#topics) {
      const before = activity.activeStreams;
      activity.advance(second, this.#activeSeconds);
      this.#streams += activity.activeStreams - before;
      if (activity.isIdle) this.#topics.delete(name);
    }
    this.#wakes.wake();
  }

  /** Looks again when the present second is over, as long as something is active or somebody waits. */
  #plan(): void {
    if (this.#timer !== undefined || this.#isStopped) return;
    if (this.#topics.size === 0 && this.#waiting === 0) return;
    const left = 1000 - (this.#now() % 1000);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#catchUp();
      this.#plan();
    }, left + 1);
    this.#timer.unref();
  }
}
