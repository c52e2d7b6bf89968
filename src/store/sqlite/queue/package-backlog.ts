/** From so many packages, or bytes of them, on a topic is packed at once. */
const MANY_PACKAGES = 256;
const MANY_BYTES = 256 * 1024;

/** What of a topic waits to be packed. */
interface Waiting {
  packages: number;
  bytes: number;
  /** When the first of it was stored (milliseconds of `performance.now`). */
  since: number;
  /** How often something was added. */
  additions: number;
}

/** A topic that is to be packed, and what was known of it when it was chosen. */
export interface DueTopic {
  readonly topic: number;
  readonly additions: number;
}

/** Which topics have packages that are not packed, and since when. */
export class PackageBacklog {
  readonly #topics = new Map<number, Waiting>();
  readonly #packAfter: number;

  /** `packAfter`: how long a few packages wait for others (milliseconds). */
  constructor(packAfter: number) {
    this.#packAfter = packAfter;
  }

  /** Milliseconds until a topic is to be packed, `undefined` when none waits. */
  get wait(): number | undefined {
    let least: number | undefined;
    const now = performance.now();
    for (const waiting of this.#topics.values()) {
      const wait = this.#waitOf(waiting, now);
      if (wait <= 0) return 0;
      if (least === undefined || wait < least) least = wait;
    }
    return least;
  }

  /** Notes a topic that may have packages from before. */
  addOld(topic: number): void {
    this.#topics.set(topic, { packages: 0, bytes: 0, since: -Infinity, additions: 0 });
  }

  add(topic: number, packages: number, bytes: number): void {
    const waiting = this.#topics.get(topic);
    if (waiting === undefined) {
      this.#topics.set(topic, { packages, bytes, since: performance.now(), additions: 1 });
      return;
    }
    waiting.packages += packages;
    waiting.bytes += bytes;
    waiting.additions += 1;
  }

  /** A topic that is to be packed now; they take turns. */
  next(): DueTopic | undefined {
    const now = performance.now();
    for (const [topic, waiting] of this.#topics) {
      if (this.#waitOf(waiting, now) > 0) continue;
      this.#topics.delete(topic);
      this.#topics.set(topic, waiting);
      return { topic, additions: waiting.additions };
    }
    return undefined;
  }

  /** Some of a topic were packed. */
  packed(topic: number, packages: number, bytes: number): void {
    const waiting = this.#topics.get(topic);
    if (waiting === undefined) return;
    waiting.packages = Math.max(0, waiting.packages - packages);
    waiting.bytes = Math.max(0, waiting.bytes - bytes);
    // What has come since then waits anew; of what is from before nobody knows how much there is.
    if (waiting.since > -Infinity) waiting.since = performance.now();
  }

  /** Nothing of a topic waited when it was looked at: it is done, unless something was added since it was chosen. */
  remove({ topic, additions }: DueTopic): void {
    if (this.#topics.get(topic)?.additions === additions) this.#topics.delete(topic);
  }

  #waitOf({ packages, bytes, since }: Waiting, now: number): number {
    if (packages >= MANY_PACKAGES || bytes >= MANY_BYTES) return 0;
    return since + this.#packAfter - now;
  }
}
