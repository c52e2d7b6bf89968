import type { Principal } from '../auth/principal';
import type { Activity } from '../feed/activity';
import type { TopicSecond } from '../feed/topic-activity';
import type { HubContext } from '../signalr';
import type { HubCallers, Rights } from './hub-callers';
import { EVERY } from './read-arguments';

/** So many seconds of topics an answer holds at the most: those of one topic are 300. */
const MOST_IN_ANSWER = 3000;

/** What happened in a topic in one second, as Quix's clients know it. */
export interface TopicMetrics {
  /** ISO 8601: when the second began. */
  readonly timestamp: string;
  readonly topicId: string;
  readonly topicName: string;
  readonly bytesPerSecond: number;
  readonly activeStreams: number;
}

/** The subscriptions of one connection to metrics of topics: of topics, and of all that its token may read. */
export class MetricsSubscriptions {
  /** By topic: the second that is told next, and what lets go of the topic. */
  readonly #wanted = new Map<string, { next: number; readonly release: () => void }>();
  #ending: AbortController | undefined;
  readonly #context: HubContext<Principal>;
  readonly #activity: Activity;
  readonly #rights: Rights;

  constructor(context: HubContext<Principal>, activity: Activity, callers: Pick<HubCallers, 'rightsOf'>) {
    this.#context = context;
    this.#activity = activity;
    this.#rights = callers.rightsOf(context);
  }

  /** Resolves with the last five minutes; each second that follows is told when it is over. */
  async subscribe(topic: string): Promise<TopicMetrics[]> {
    const release = topic === EVERY ? ignore : await this.#activity.watchSeconds(topic);
    if (this.#context.connectionAborted.aborted) {
      release();
      return [];
    }
    this.unsubscribe(topic);
    const next = this.#activity.second;
    this.#wanted.set(topic, { next, release });
    if (this.#ending === undefined) {
      this.#ending = new AbortController();
      void this.#tell(this.#ending);
    }
    return this.#history(topic);
  }

  unsubscribe(topic: string): void {
    this.#wanted.get(topic)?.release();
    this.#wanted.delete(topic);
    if (this.#wanted.size > 0) return;
    this.#ending?.abort();
    this.#ending = undefined;
  }

  end(): void {
    for (const topic of [...this.#wanted.keys()]) this.unsubscribe(topic);
  }

  #history(topic: string): TopicMetrics[] {
    if (topic !== EVERY) return this.#activity.seconds(topic).map((second) => this.#metricsOf(topic, second));
    const metrics: TopicMetrics[] = [];
    for (const name of this.#activity.topics.filter((name) => this.#rights.mayRead(name))) {
      const seconds = this.#activity.seconds(name);
      if (metrics.length + seconds.length > MOST_IN_ANSWER) break;
      metrics.push(...seconds.map((second) => this.#metricsOf(name, second)));
    }
    return metrics;
  }

  async #tell(ending: AbortController): Promise<void> {
    const { signal } = ending;
    let second = this.#activity.second;
    while (!signal.aborted) {
      second = await this.#activity.nextSecond(second, signal);
      const all = this.#wanted.get(EVERY);
      const topics = new Set([...this.#wanted.keys(), ...(all === undefined ? [] : this.#activity.topics)]);
      topics.delete(EVERY);
      for (const topic of topics) {
        if (ending.signal.aborted) return;
        if (!this.#rights.mayRead(topic)) continue;
        const wanted = this.#wanted.get(topic) ?? all;
        if (wanted !== undefined && !(await this.#tellSeconds(topic, wanted.next, second))) return;
      }
      for (const wanted of this.#wanted.values()) wanted.next = Math.max(wanted.next, second);
    }
  }

  /** Tells all that is over and was not told yet: of a client that is slow, several seconds. */
  async #tellSeconds(topic: string, from: number, until: number): Promise<boolean> {
    for (const second of this.#activity.seconds(topic, from)) {
      if (second.second >= until) break;
      if (!(await this.#context.caller.send('TopicMetricsUpdated', this.#metricsOf(topic, second)))) return false;
    }
    return true;
  }

  #metricsOf(topic: string, { second, bytes, activeStreams }: TopicSecond): TopicMetrics {
    return {
      timestamp: new Date(second * 1000).toISOString(),
      topicId: this.#activity.topicIdOf(topic),
      topicName: topic,
      bytesPerSecond: bytes,
      activeStreams,
    };
  }
}

function ignore(): void {
  // All topics are held by nobody.
}
