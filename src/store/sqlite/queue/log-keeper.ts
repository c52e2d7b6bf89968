/** What reads the database, and while it does so keeps its write-ahead log from being emptied. */
export interface LogReader {
  /** Lets nothing more begin until `resume`; resolves when nothing runs. */
  pause(): Promise<void>;
  resume(): void;
  /** Ends what runs, if that can take long. */
  interrupt(): void;
}

/** What the log is kept small with. */
export interface LogKeeperParts {
  /** Bytes of the log from which readers give way; from twice as many those that run are stopped. */
  readonly maxBytes: number;
  /** Readers that may take long, and those that are done in a moment. */
  readonly slow: readonly LogReader[];
  readonly quick: readonly LogReader[];
  /** Moves the log into the database; with `empty` empties it, if nobody reads. Gives the bytes that it has then. */
  checkpoint(empty: boolean): Promise<number>;
  /** Called when another process keeps the log from being emptied, once until it has been. */
  onHeld(logBytes: number): void;
}

/**
 * Keeps the write-ahead log small. SQLite begins it anew only in a moment in which nobody reads from it, and readers
 * that overlap leave none: so when it has become too large they are made to.
 */
export class LogKeeper {
  readonly #parts: LogKeeperParts;
  #emptying: Promise<void> | undefined;
  /** Whether readers that run hold it up. */
  #isWaiting = false;
  /** Whether another process kept the log from being emptied, the last time that it was tried. */
  #isHeld = false;
  #stopped = false;
  /** Bytes at which the next attempt is made. */
  #threshold: number;

  constructor(parts: LogKeeperParts) {
    this.#parts = parts;
    this.#threshold = parts.maxBytes;
  }

  /** Called after each commit with the bytes that the log has. */
  note(logBytes: number): void {
    if (logBytes < this.#threshold) return;
    this.makeGap();
    // Stopping queries would help nobody while another process, such as a backup, holds the log.
    if (this.#isWaiting && !this.#isHeld && logBytes >= 2 * this.#parts.maxBytes) this.#interrupt();
  }

  /** Has the log emptied as soon as the readers that run have ended. */
  makeGap(): void {
    if (this.#stopped) return;
    this.#emptying ??= this.#empty().finally(() => {
      this.#emptying = undefined;
    });
  }

  /** From now on nothing is done; resolves when what was under way has ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#emptying;
  }

  async #empty(): Promise<void> {
    const { slow, quick, maxBytes } = this.#parts;
    try {
      this.#isWaiting = true;
      await Promise.all(slow.map((reader) => reader.pause()));
      this.#isWaiting = false;
      // Most of it while others still read, so that they wait the shorter.
      if (!this.#stopped) await this.#parts.checkpoint(false);
      await Promise.all(quick.map((reader) => reader.pause()));
      const left = this.#stopped ? 0 : await this.#parts.checkpoint(true);
      if (left > 0 && !this.#isHeld) this.#parts.onHeld(left);
      this.#isHeld = left > 0;
      // What holds it now is not ours, so trying again at every commit would only stop queries for nothing.
      this.#threshold = Math.max(maxBytes, left + maxBytes / 4);
    } catch {
      // Whatever keeps the writer from this keeps commits from working, and they tell of it.
    } finally {
      this.#isWaiting = false;
      for (const reader of [...slow, ...quick]) reader.resume();
    }
  }

  #interrupt(): void {
    for (const reader of this.#parts.slow) reader.interrupt();
  }
}
