/** So many whole seconds are kept of each topic: five minutes. */
export const SECONDS_KEPT = 300;

/** What happened in a topic in one second. */
export interface TopicSecond {
  /** Seconds since the Unix epoch. */
  readonly second: number;
  readonly bytes: number;
  readonly activeStreams: number;
}

/** What is done with streams that become active, are written to, or are active no longer. */
export interface ActivityWatcher {
  appeared(streamId: string, second: number): void;
  written(streamId: string, second: number): void;
  changed(streamId: string): void;
  disappeared(streamIds: readonly string[]): void;
}

/** Which streams of a topic are active, and how much was written to it in each of the last seconds. */
export class TopicActivity {
  readonly name: string;
  /** Tells who watches it; while somebody does, it is kept. */
  watcher: ActivityWatcher | undefined;
  holds = 0;
  /** Whether what was active before this server started is among the streams. */
  isRecalled = false;
  /** Active streams, and the second in which each was written to last. */
  readonly #streams = new Map<string, number>();
  readonly #bytes = new Float64Array(SECONDS_KEPT);
  readonly #active = new Uint32Array(SECONDS_KEPT);
  /** The second that is being counted. */
  #second: number;
  #count = 0;
  #writtenAt = -Infinity;
  /** No stream was written to last before this second. */
  #oldest = Infinity;

  constructor(name: string, second: number) {
    this.name = name;
    this.#second = second;
  }

  get activeStreams(): number {
    return this.#streams.size;
  }

  get streamIds(): Iterable<string> {
    return this.#streams.keys();
  }

  /** Whether nobody can tell it from a topic in which nothing has happened. */
  get isIdle(): boolean {
    const isQuiet = this.#second - this.#writtenAt > SECONDS_KEPT;
    return isQuiet && this.#streams.size === 0 && this.holds === 0 && this.watcher === undefined;
  }

  isActive(streamId: string): boolean {
    return this.#streams.has(streamId);
  }

  add(bytes: number): void {
    this.#count += bytes;
    this.#writtenAt = this.#second;
  }

  /** A stream was written to; a stream that is not active becomes so if there is room. Says whether it is active. */
  write(streamId: string, mayAppear: () => boolean): boolean {
    const isActive = this.#streams.has(streamId);
    if (!isActive && !mayAppear()) return false;
    this.#streams.set(streamId, this.#second);
    this.#oldest = Math.min(this.#oldest, this.#second);
    if (this.watcher === undefined) return true;
    if (isActive) this.watcher.written(streamId, this.#second);
    else this.watcher.appeared(streamId, this.#second);
    return true;
  }

  /** Says whether nobody has called it before: only the first one recalls streams. */
  beginRecall(): boolean {
    const isFirst = !this.isRecalled;
    this.isRecalled = true;
    return isFirst;
  }

  /** A stream was written to before this server started. */
  recall(streamId: string, second: number): void {
    if (this.#streams.has(streamId)) return;
    this.#streams.set(streamId, second);
    this.#oldest = Math.min(this.#oldest, second);
    this.watcher?.appeared(streamId, second);
  }

  end(streamId: string): void {
    if (this.#streams.delete(streamId)) this.watcher?.disappeared([streamId]);
  }

  endAll(): void {
    const streamIds = [...this.#streams.keys()];
    this.#streams.clear();
    this.watcher?.disappeared(streamIds);
  }

  /** Goes on to a second; what is between was empty. Streams that were not written to for so long are ended. */
  advance(second: number, activeFor: number): void {
    const from = Math.max(this.#second, second - SECONDS_KEPT);
    for (let closed = from; closed < second; closed++) {
      const index = closed % SECONDS_KEPT;
      this.#bytes[index] = closed === this.#second ? this.#count : 0;
      this.#active[index] = this.#streams.size;
    }
    this.#second = second;
    this.#count = 0;
    if (second - this.#oldest > activeFor) this.#expire(second - activeFor);
  }

  /** Whole seconds from one on, the latest last; those that are not kept are left out. */
  since(second: number): TopicSecond[] {
    const seconds: TopicSecond[] = [];
    for (let at = Math.max(second, this.#second - SECONDS_KEPT); at < this.#second; at++) {
      const index = at % SECONDS_KEPT;
      seconds.push({ second: at, bytes: this.#bytes[index]!, activeStreams: this.#active[index]! });
    }
    return seconds;
  }

  #expire(before: number): void {
    const ended: string[] = [];
    this.#oldest = Infinity;
    for (const [streamId, writtenAt] of this.#streams) {
      if (writtenAt < before) ended.push(streamId);
      else this.#oldest = Math.min(this.#oldest, writtenAt);
    }
    for (const streamId of ended) this.#streams.delete(streamId);
    if (ended.length > 0) this.watcher?.disappeared(ended);
  }
}
