import type { CommitResult } from '../channel/messages';
import type { MergedBlocks, PackedPackages, Replaced, SmallBlocks } from '../channel/packing-messages';
import { type DueTopic, PackageBacklog } from './package-backlog';

/** While commits take a part of the time, 1 / BUSY_AT or more, what packing writes takes one part in so many of it. */
const WRITING_SHARE = 25;
const BUSY_AT = 4;

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
  /** When something was written last, and for how many milliseconds there were commits since then. */
  #writtenAt = performance.now();
  #committing = 0;
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
    try {
      const small = this.#toMerge.pop();
      if (small !== undefined) return await this.#merge(small);
      const due = this.#backlog.next();
      return due === undefined ? 0 : await this.#pack(due);
    } catch {
      // Nobody waits for this. What keeps it from working keeps commits from working, and they tell of it.
      return PACK_AGAIN_AFTER;
    }
  }

  async #pack(due: DueTopic): Promise<number> {
    const packed = await this.#parts.pack(due.topic);
    if (packed === undefined) this.#backlog.remove(due);
    if (packed === undefined || this.#isStopped) return 0;
    const replaced = await this.#parts.replace(packed);
    if (replaced === undefined) return PACK_EVERY;
    this.#backlog.packed(due.topic, packed.count, packed.characters);
    return this.#restAfter(replaced);
  }

  async #merge(small: SmallBlocks): Promise<number> {
    const merged = await this.#parts.merge(small);
    if (merged === undefined || this.#isStopped) return 0;
    const replaced = await this.#parts.replace(merged);
    return replaced === undefined ? 0 : this.#restAfter(replaced);
  }

  /** The busier commits keep the writer, the longer; it is busy long before it does nothing else. */
  #restAfter(replaced: Replaced): number {
    this.#toMerge.push(...replaced.due);
    const now = performance.now();
    const busy = Math.min(1, (BUSY_AT * this.#committing) / Math.max(1, now - this.#writtenAt));
    this.#committing = 0;
    this.#writtenAt = now;
    return busy * WRITING_SHARE * replaced.milliseconds;
  }
}
