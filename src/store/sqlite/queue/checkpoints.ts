import { PAGE_BYTES, type PagesLeft } from '../channel/messages';

/** About so many pages are written to the log between one move and the next: 8 MiB. */
const PAGES = 1000;
/**
 * About so many are written until the writer has to finish: 32 MiB. That syncs the database, which may take a tenth of
 * a second however little is left, and commits wait for it. SQLite would do it at 64 MiB, within a commit.
 */
const PAGES_PER_FINISH = 4 * PAGES;
/** Pages of indexes and of the tables of topics, streams and commits that every commit writes, about. */
const PAGES_PER_COMMIT = 8;
/** Pages that a step of the sweeper, or of what rewrites columns, writes, about. */
const PAGES_PER_STEP = 200;
/** Bytes in the log for one of a text, about. */
const GROWTH = 1.5;
/** So few that moving them adds nothing to what the writer's sync takes. */
const FEW_PAGES = 100;
/** How often what has come meanwhile is moved before the writer does it, however much it is. */
const ROUNDS = 4;

export interface CheckpointsParts {
  /** Moves what it can of the log into the database while commits go on. */
  move(): Promise<PagesLeft>;
  /** Has the writer move the rest, between two commits: only then SQLite begins the log anew. */
  finish(): Promise<unknown>;
}

/**
 * Has the write-ahead log moved into the database, in a thread of its own as far as possible. SQLite would do it by
 * itself, at the end of a commit, and that one would wait for it.
 */
export class Checkpoints {
  /** Pages that have come since the log was moved last, about. */
  #written = 0;
  /** Pages that have come since the log was begun anew, about. */
  #inLog = 0;
  #moving: Promise<void> | undefined;
  #stopped = false;
  readonly #parts: CheckpointsParts;

  constructor(parts: CheckpointsParts) {
    this.#parts = parts;
  }

  /** Called after each commit with the bytes of its texts, and the steps of other work since the one before. */
  note(bytes: number, steps = 0): void {
    const pages = PAGES_PER_COMMIT + steps * PAGES_PER_STEP + (bytes * GROWTH) / PAGE_BYTES;
    this.#written += pages;
    this.#inLog += pages;
    if (this.#written < PAGES || this.#stopped) return;
    this.#moving ??= this.#move().finally(() => {
      this.#moving = undefined;
    });
  }

  /** From now on nothing is done; resolves when what was under way has ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#moving;
  }

  async #move(): Promise<void> {
    try {
      const isFull = this.#inLog >= PAGES_PER_FINISH;
      for (let round = 0; round < ROUNDS && !this.#stopped; round++) {
        this.#written = 0;
        const left = await this.#parts.move();
        // What has come meanwhile is left as well.
        if (!isFull || left + this.#written <= FEW_PAGES) break;
      }
      if (this.#stopped || !isFull) return;
      this.#inLog = 0;
      await this.#parts.finish();
    } catch {
      // What keeps the log from being moved keeps commits from working, and they tell of it; or SQLite does it itself.
      this.#written = 0;
    }
  }
}
