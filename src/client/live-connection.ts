import type { StockConnection, StreamObserver } from './stock-client';

/** A connection that is up, until it is lost. */
export class LiveConnection {
  /** When something last came from the server, by `Date.now()`: that clock goes on while a page is frozen. */
  heardAt = Date.now();
  isLost = false;
  /** What fails those that wait for something of it. */
  readonly #waiting = new Set<(error: Error) => void>();
  readonly #connection: StockConnection;
  readonly #onAnswer: () => void;

  /** `onAnswer`: called when the server has answered something. */
  constructor(connection: StockConnection, onAnswer: () => void) {
    this.#connection = connection;
    this.#onAnswer = onAnswer;
  }

  /** Resolves with the server's answer; rejects with its refusal, or as soon as the connection is lost. */
  invoke(method: string, ...args: unknown[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#waiting.add(reject);
      this.#connection
        .invoke(method, ...args)
        .then((answer) => {
          this.#onAnswer();
          resolve(answer);
        }, reject)
        .finally(() => this.#waiting.delete(reject));
    });
  }

  /** Begins a stream, and returns what cancels it. A lost connection is an error of the stream. */
  stream(observer: StreamObserver, method: string, ...args: unknown[]): () => void {
    const fail = (error: unknown): void => {
      if (this.#waiting.delete(fail)) observer.error(error);
    };
    this.#waiting.add(fail);
    const subscription = this.#connection.stream(method, ...args).subscribe({
      next: (item) => {
        this.#onAnswer();
        observer.next(item);
      },
      error: fail,
      complete: () => {
        if (this.#waiting.delete(fail)) observer.complete();
      },
    });
    return () => {
      this.#waiting.delete(fail);
      subscription.dispose();
    };
  }

  /** Gives it up, and fails what waits for it, whether or not it still has to end. */
  lose(error: Error): void {
    if (this.isLost) return;
    this.isLost = true;
    this.#connection.stop().catch(() => undefined);
    for (const fail of [...this.#waiting]) fail(error);
  }
}
