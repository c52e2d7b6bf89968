/** What came in and was not read yet: more than this stops the transport. */
const HIGH_WATER_MARK = 64 * 1024;

/** Stops and resumes what comes in. */
export interface InputSource {
  pause(): void;
  resume(): void;
}

/** What a client sends, for whoever iterates. As long as nobody does, little is read from the client. */
export class RawInput implements AsyncIterableIterator<Uint8Array> {
  #chunks: Uint8Array[] = [];
  #bytes = 0;
  #paused = false;
  #ended = false;
  #error: Error | undefined;
  #waiting: { resolve: (result: IteratorResult<Uint8Array>) => void; reject: (error: Error) => void }[] = [];
  readonly #source: InputSource;

  constructor(source: InputSource) {
    this.#source = source;
  }

  /** How many bytes wait to be read. */
  get bytes(): number {
    return this.#bytes;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<Uint8Array>> {
    const chunk = this.#chunks.shift();
    if (chunk === undefined) {
      if (this.#ended) return this.#end();
      return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
    }
    this.#bytes -= chunk.length;
    if (this.#paused && this.#bytes < HIGH_WATER_MARK / 2) {
      this.#paused = false;
      this.#source.resume();
    }
    return Promise.resolve({ done: false, value: chunk });
  }

  /** Some bytes have come. */
  push(chunk: Uint8Array): void {
    if (this.#ended || chunk.length === 0) return;
    const reader = this.#waiting.shift();
    if (reader !== undefined) {
      reader.resolve({ done: false, value: chunk });
      return;
    }
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    if (this.#paused || this.#bytes < HIGH_WATER_MARK) return;
    this.#paused = true;
    this.#source.pause();
  }

  /** Nothing more comes; what has come can still be read. `error`: why, if it was not in good order. */
  close(error: Error | undefined): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#error = error;
    for (const { resolve, reject } of this.#waiting.splice(0)) this.#end().then(resolve, reject);
  }

  /** The error is thrown once. */
  #end(): Promise<IteratorResult<Uint8Array>> {
    const error = this.#error;
    this.#error = undefined;
    return error === undefined ? Promise.resolve({ done: true, value: undefined }) : Promise.reject(error);
  }
}
