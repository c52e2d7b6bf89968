import type { CommitResult } from '../channel/messages';
import type { MergedBlocks, PackedPackages, Replaced, SmallBlocks } from '../channel/packing-messages';
import { type DueTopic, PackageBacklog } from './package-backlog';

/**
 * While commits take less than `CALM` of the time, packing goes on without a rest, so that it keeps up with all that
 * one thread can pack. The more they take, the longer it rests; from `BUSY` on so many times as long as it has worked:
 * it gives way to all threads, but not to what they lose by sharing a processor's caches, memory and disk with it.
 */
const CALM = 0.25;
const BUSY = 0.75;
const RESTS = 8;

/** From `CALM` on, what packing writes takes one part in so many of the writer's time at the most. */
const WRITING_SHARE = 25;

/** How often it is looked whether packages are to be packed, while there are any (milliseconds). */
const PACK_EVERY = 250;

/** How long after a failure packing is tried again (milliseconds). */
const PACK_AGAIN_AFTER = 10_000;

/** Who packs, and who writes what was packed. */
export interface PackingParts {
  pack(topic: number): Promise<PackedPackages | undefined>;
  merge(of: SmallBlocks): Promise<MergedBlocks | undefined>;
  replace(made: PackedPackages | MergedBlocks): Promise<Replaced | undefined>;
}

/**
 * Has packages packed that came a while ago, some at a time: a thread that gives way to all others makes what takes
 * their place, and the writer puts it there between two commits.
 */
export class Packing {
  readonly #backlog: PackageBacklog;
  /** Series that have many small blocks, each with a level. */
  readonly #toMerge: SmallBlocks[] = [];
  #next: NodeJS.Timeout | undefined;
  #turn: Promise<void> | undefined;
  #isStopped = false;
  /** For how many milliseconds there were commits, and since when that is counted. */
  #committing = 0;
  #countedSince = performance.now();
  /** For how many milliseconds the writer was kept by what was packed last. */
  #writing = 0;
  readonly #parts: PackingParts;

  /** `packAfter`: how long a few packages wait for others to be packed with (milliseconds). */
  constructor(parts: PackingParts, packAfter: number) {
    this.#parts = parts;
    this.#backlog = new PackageBacklog(packAfter);
  }

  /** Notes topics that may have packages from before. */
  addOld(topics: readonly number[]): void {
    for (const topic of topics) this.#backlog.addOld(topic);
    this.#plan();
  }

  /** There was a commit. */
  committed({ milliseconds, packages = [] }: Pick<CommitResult, 'milliseconds' | 'packages'>): void {
    this.#committing += milliseconds;
    for (const added of packages) this.#backlog.add(added.topic, added.packages, added.bytes);
    if (packages.length > 0) this.#plan();
  }

  /** From now on nothing is begun; resolves when what was under way has ended. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#next);
    await this.#turn;
  }

  /** Has the next turn come when there is something to do, and after a rest (milliseconds). */
  #plan(rest = 0): void {
    if (this.#next !== undefined || this.#turn !== undefined || this.#isStopped) return;
    const wait = this.#toMerge.length > 0 ? 0 : this.#backlog.wait;
    if (wait === undefined) return;
    const begin = (): void => {
      this.#next = undefined;
      this.#turn = this.#take().then((rested) => {
        this.#turn = undefined;
        this.#plan(rested);
      });
    };
    this.#next = setTimeout(begin, Math.max(Math.min(wait, PACK_EVERY), rest)).unref();
  }

  /** Gives how long to rest afterwards. */
  async #take(): Promise<number> {
    const begun = performance.now();
    this.#writing = 0;
    try {
      const least = await this.#doNext();
      return Math.max(least, this.#restAfter(begun));
    } catch {
      // Nobody waits for this. What keeps it from working keeps commits from working, and they tell of it.
      return PACK_AGAIN_AFTER;
    }
  }

  /** Gives how long to rest at least. */
  async #doNext(): Promise<number> {
    const small = this.#toMerge.pop();
    if (small !== undefined) return this.#merge(small);
    const due = this.#backlog.next();
    return due === undefined ? 0 : this.#pack(due);
  }

  async #pack(due: DueTopic): Promise<number> {
    const packed = await this.#parts.pack(due.topic);
    if (packed === undefined) this.#backlog.remove(due);
    if (packed === undefined || this.#isStopped) return 0;
    const replaced = await this.#replace(packed);
    if (!replaced) return PACK_EVERY;
    this.#backlog.packed(due.topic, packed.count, packed.characters);
    return 0;
  }

  async #merge(small: SmallBlocks): Promise<number> {
    const merged = await this.#parts.merge(small);
    if (merged === undefined || this.#isStopped) return 0;
    await this.#replace(merged);
    return 0;
  }

  /** Resolves with false if some of what it was made of is not there any more. */
  async #replace(made: PackedPackages | MergedBlocks): Promise<boolean> {
    const replaced = await this.#parts.replace(made);
    if (replaced === undefined) return false;
    this.#toMerge.push(...replaced.due);
    this.#writing += replaced.milliseconds;
    return true;
  }

  /** How long to rest after what was begun at a time. */
  #restAfter(begun: number): number {
    const now = performance.now();
    const share = this.#committing / Math.max(1, now - this.#countedSince);
    this.#committing = 0;
    this.#countedSince = now;
    const busy = Math.min(1, Math.max(0, (share - CALM) / (BUSY - CALM)));
    return Math.max(busy * RESTS * (now - begun), Math.min(1, share / CALM) * WRITING_SHARE * this.#writing);
  }
}
