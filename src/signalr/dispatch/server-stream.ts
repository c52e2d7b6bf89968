import { HubException } from '../exceptions';
import type { SingleWatch } from '../instruments';
import { type ItemIterator, openSource, type StreamObservable, unsubscribe } from '../hub/stream-source';

/** How many items of a fast source are sent before the event loop gets a turn. */
const ITEMS_PER_TURN = 64;

/** The invocation that a stream answers. */
export interface StreamingInvocation {
  readonly invocationId: string;
  readonly target: string;
  /** How many bytes its message had. */
  readonly size: number;
  /** Measures it, if anybody wants to know. */
  readonly watch: SingleWatch | undefined;
  /** Tells the method that nobody wants the rest of the stream. */
  cancel(): void;
  /** The method and its stream have ended. */
  end(): void;
}

/** Sends the items of a stream and is notified of how it ends. */
export interface ServerStreamOwner {
  /** Whether nothing should be sent for now. */
  readonly congested: boolean;
  /** Whether so much is waiting to be sent that a source which cannot be slowed down must end. */
  readonly overloaded: boolean;
  /** Resolves when congestion has ended, or the connection has. */
  congestionEnd(): Promise<void>;
  /** @throws TypeError when the item has no encoding. */
  sendItem(stream: ServerStream, item: unknown): void;
  /** The source has ended. */
  completed(stream: ServerStream): void;
  /** The method has returned something that is no stream. */
  notAStream(stream: ServerStream): void;
  /** The source has failed, or the method has before it returned one: `begun` says which. */
  failed(stream: ServerStream, error: unknown, begun: boolean): void;
  /** The source has failed after it was stopped. */
  failedToStop(stream: ServerStream, error: unknown): void;
  /** Nothing is running any more, however the stream has ended. */
  finished(stream: ServerStream): void;
}

/** One stream to the client. Takes items from its source as fast as the client takes them. HubProtocol: Streaming. */
export class ServerStream {
  #stopped = false;
  /** Ends whatever the stream is waiting for. */
  #release: (() => void) | undefined;
  readonly #owner: ServerStreamOwner;

  constructor(
    owner: ServerStreamOwner,
    readonly invocation: StreamingInvocation,
  ) {
    this.#owner = owner;
  }

  /** Calls the method at once and streams what it returns. Never rejects. */
  async run(call: () => unknown): Promise<void> {
    const owner = this.#owner;
    let begun = false;
    try {
      const source = openSource(await call());
      begun = true;
      if (source === undefined) {
        if (!this.#stopped) owner.notAStream(this);
      } else {
        if ('subscribe' in source) await this.#observe(source);
        else await this.#iterate(source);
        if (!this.#stopped) owner.completed(this);
      }
    } catch (error) {
      if (this.#stopped) owner.failedToStop(this, error);
      else owner.failed(this, error, begun);
    }
    owner.finished(this);
  }

  /** Stops the source and sends nothing more. Harmless after the stream has ended. */
  stop(): void {
    this.#stopped = true;
    this.invocation.cancel();
    this.#release?.();
  }

  async #iterate(iterator: ItemIterator): Promise<void> {
    const owner = this.#owner;
    let leaving: Promise<void> | undefined;
    // Called on stopping and on leaving the loop: some iterators stop while they wait for an item, others only
    // afterwards.
    const leave = (): Promise<void> => (leaving ??= this.#leave(iterator));
    this.#release = () => void leave();
    let exhausted = false;
    try {
      // A source begins even if its client has cancelled it in the meantime: what it does first and what it cleans up
      // belong together.
      for (let sent = 1; !this.#stopped || sent === 1; sent++) {
        // An iterator that has failed or ended is not returned from.
        exhausted = true;
        const next = iterator.next();
        if (this.#stopped) void leave();
        const { done, value } = (await next) as IteratorResult<unknown, unknown>;
        if (done === true) return;
        exhausted = false;
        const item = value instanceof Promise ? ((await value) as unknown) : value;
        while (owner.congested && !this.#isStopped) await owner.congestionEnd();
        if (this.#isStopped) return;
        owner.sendItem(this, item);
        if (sent % ITEMS_PER_TURN === 0) await nextTurn();
      }
    } finally {
      if (!exhausted || leaving !== undefined) await leave();
    }
  }

  async #leave(iterator: ItemIterator): Promise<void> {
    try {
      await iterator.return?.();
    } catch (error) {
      this.#owner.failedToStop(this, error);
    }
  }

  /** Reads the field again, which the compiler thinks is still false. */
  get #isStopped(): boolean {
    return this.#stopped;
  }

  async #observe(observable: StreamObservable): Promise<void> {
    let subscription: unknown;
    try {
      await new Promise<void>((resolve, reject) => {
        let open = !this.#stopped;
        const close = (): void => {
          open = false;
          resolve();
        };
        const fail = (error: unknown): void => {
          open = false;
          // An observable may fail with anything.
          // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
          reject(error);
        };
        this.#release = close;
        const next = (item: unknown): void => {
          if (!open) return;
          try {
            if (this.#owner.overloaded)
              throw new HubException('the client does not take the items as fast as they come');
            this.#owner.sendItem(this, item);
          } catch (error) {
            fail(error);
          }
        };
        subscription = observable.subscribe({ next, error: fail, complete: close });
        if (this.#stopped) close();
      });
    } finally {
      unsubscribe(subscription);
    }
  }
}

/** Resolves after the event loop has handled other events. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
