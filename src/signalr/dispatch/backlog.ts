/** The backlog takes this many bytes and one message more. */
const CAPACITY = 1024 * 1024;

/**
 * A waiting message as it was received. It is parsed only when its turn comes, as it may mean something else by then.
 */
export interface WaitingMessage {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
  /** The principal of the request that brought it. */
  readonly carrier: unknown;
}

/**
 * Messages that were received and counted but may not be dispatched yet. With stateful reconnect, reading must go on
 * while others wait, because the Ack that ends the wait may come behind them.
 */
export class Backlog {
  #messages: WaitingMessage[] = [];
  #head = 0;
  /** How many bytes wait. */
  bytes = 0;

  get empty(): boolean {
    return this.#head === this.#messages.length;
  }

  get full(): boolean {
    return this.bytes >= CAPACITY;
  }

  push(message: WaitingMessage): void {
    this.#messages.push(message);
    this.bytes += message.end - message.start;
  }

  shift(): WaitingMessage | undefined {
    const message = this.#messages[this.#head];
    if (message === undefined) return undefined;
    this.bytes -= message.end - message.start;
    this.#head++;
    if (this.empty) {
      this.clear();
    } else if (this.#head >= 1024 && this.#head * 2 >= this.#messages.length) {
      this.#messages = this.#messages.slice(this.#head);
      this.#head = 0;
    }
    return message;
  }

  clear(): void {
    this.#messages = [];
    this.#head = 0;
    this.bytes = 0;
  }
}
