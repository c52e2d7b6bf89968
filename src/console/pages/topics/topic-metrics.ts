import type { Live } from '../../api/live';
import { Observable } from '../../state/observable';

/** A second of a topic, as `TopicMetricsUpdated` has it. */
interface TopicSecond {
  readonly timestamp: string;
  readonly topicName: string;
  readonly bytesPerSecond: number;
  readonly activeStreams: number;
}

/** What was written to a topic in the last five minutes, in groups of seconds, the oldest first. */
export interface TopicCourse {
  /** Bytes a second. */
  readonly bytes: readonly number[];
  readonly activeStreams: number;
}

/** Seconds that are kept, and how many of them are one point of a course. */
const KEPT = 300;
const GROUP = 5;

/** The metrics of those topics that are looked at: each is subscribed to once, and again after a loss. */
export class TopicMetricsWatch {
  readonly courses = new Observable<ReadonlyMap<string, TopicCourse>>(new Map());
  readonly #live: Live;
  readonly #wanted = new Set<string>();
  readonly #seconds = new Map<string, TopicSecond[]>();
  readonly #endings: (() => void)[];
  #isDue = false;

  constructor(live: Live) {
    this.#live = live;
    this.#endings = [
      live.on('TopicMetricsUpdated', (second) => {
        this.#add(second as TopicSecond);
      }),
      live.whenConnected(() => {
        for (const name of this.#wanted) this.#subscribe(name);
      }),
    ];
  }

  /** Says which topics are looked at now. */
  watch(names: ReadonlySet<string>): void {
    for (const name of this.#wanted) if (!names.has(name)) this.#unsubscribe(name);
    for (const name of names) {
      if (this.#wanted.has(name)) continue;
      this.#wanted.add(name);
      if (this.#live.state.value.kind === 'connected') this.#subscribe(name);
    }
  }

  end(): void {
    this.watch(new Set());
    for (const end of this.#endings) end();
  }

  #subscribe(name: string): void {
    this.#live.invoke<TopicSecond[]>('SubscribeToTopicMetrics', name).then(
      (history) => {
        this.#seconds.set(name, history.slice(-KEPT));
        this.#publishSoon();
      },
      // The topic was removed, or the connection is lost: then it is subscribed to again.
      () => undefined,
    );
  }

  #unsubscribe(name: string): void {
    this.#wanted.delete(name);
    this.#seconds.delete(name);
    // Without a connection there is no subscription.
    this.#live.invoke('UnsubscribeFromTopicMetrics', name).catch(() => undefined);
  }

  #add(second: TopicSecond): void {
    const seconds = this.#seconds.get(second.topicName);
    if (seconds === undefined || (seconds.at(-1)?.timestamp ?? '') >= second.timestamp) return;
    seconds.push(second);
    if (seconds.length > KEPT) seconds.shift();
    this.#publishSoon();
  }

  /** The seconds of all topics come one after another. */
  #publishSoon(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    requestAnimationFrame(() => {
      this.#isDue = false;
      this.courses.set(new Map([...this.#seconds].map(([name, seconds]) => [name, courseOf(seconds)])));
    });
  }
}

/** Missing seconds in front count as empty: the server keeps none of before its start. */
function courseOf(seconds: readonly TopicSecond[]): TopicCourse {
  const bytes = Array.from({ length: KEPT / GROUP }, () => 0);
  const last = seconds.at(-1);
  if (last === undefined) return { bytes, activeStreams: 0 };
  const end = Date.parse(last.timestamp) / 1000;
  for (const { timestamp, bytesPerSecond } of seconds) {
    const group = bytes.length - 1 - Math.floor((end - Date.parse(timestamp) / 1000) / GROUP);
    if (group >= 0) bytes[group]! += bytesPerSecond / GROUP;
  }
  return { bytes, activeStreams: last.activeStreams };
}
