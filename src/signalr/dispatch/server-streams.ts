import type { Completer } from './completer';
import type { Logger } from '../logger';
import { MESSAGE_TYPE, type StreamItemMessage } from '../protocol/hub-messages';
import { ServerStream, type StreamingInvocation, type ServerStreamOwner } from './server-stream';

/** How much the streams of a connection may hold. */
export interface StreamLimits {
  readonly maximumStreamsPerConnection: number;
  readonly maximumParallelInvocationBytes: number;
  readonly logger: Logger;
}

/** What sends the items. */
export interface ItemSender {
  readonly congested: boolean;
  readonly overloaded: boolean;
  /** @throws TypeError when the item has no encoding. */
  send(item: StreamItemMessage): void;
}

/** The streams to one client. */
export class ServerStreams implements ServerStreamOwner {
  readonly #running = new Set<ServerStream>();
  #bytes = 0;
  #waiting: (() => void)[] = [];
  readonly #limits: StreamLimits;
  readonly #sender: ItemSender;
  readonly #completer: Completer;
  readonly #onEnded: (invocationId: string) => void;

  /** `onEnded` is called when the client is told that a stream has ended. */
  constructor(limits: StreamLimits, sender: ItemSender, completer: Completer, onEnded: (invocationId: string) => void) {
    this.#limits = limits;
    this.#sender = sender;
    this.#completer = completer;
    this.#onEnded = onEnded;
  }

  /** Whether as many are running as may, including those that were stopped but have not ended. */
  get full(): boolean {
    const { maximumStreamsPerConnection, maximumParallelInvocationBytes } = this.#limits;
    return this.#running.size >= maximumStreamsPerConnection || this.#bytes >= maximumParallelInvocationBytes;
  }

  /** Adds the stream of an invocation; `run` starts it. */
  add(invocation: StreamingInvocation): ServerStream {
    const stream = new ServerStream(this, invocation);
    this.#running.add(stream);
    this.#bytes += invocation.size;
    return stream;
  }

  /** Stops a stream and tells the client at once, which need not wait for a source that is slow to stop. */
  cancel(stream: ServerStream): void {
    stream.stop();
    stream.invocation.watch?.cancelled();
    this.completed(stream);
  }

  /** Nothing can be sent any more: stops all streams. */
  stop(): void {
    for (const stream of this.#running) stream.stop();
    this.resume();
  }

  /** Congestion has ended. */
  resume(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  get congested(): boolean {
    return this.#sender.congested;
  }

  get overloaded(): boolean {
    return this.#sender.overloaded;
  }

  congestionEnd(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  sendItem({ invocation: { invocationId } }: ServerStream, item: unknown): void {
    this.#sender.send({ type: MESSAGE_TYPE.StreamItem, invocationId, item: item === undefined ? null : item });
  }

  completed({ invocation: { invocationId, watch } }: ServerStream): void {
    this.#onEnded(invocationId);
    watch?.completed();
    this.#completer.endStream(invocationId);
  }

  notAStream({ invocation: { invocationId, target, watch } }: ServerStream): void {
    this.#onEnded(invocationId);
    const reason = this.#completer.failNotAStream(invocationId, target);
    watch?.failed(new TypeError(reason));
  }

  failed({ invocation: { invocationId, target, watch } }: ServerStream, error: unknown, begun: boolean): void {
    this.#onEnded(invocationId);
    watch?.failed(error);
    if (begun) this.#completer.failStream(invocationId, target, error);
    else this.#completer.fail(invocationId, target, error);
  }

  failedToStop({ invocation: { target } }: ServerStream, error: unknown): void {
    // Usually because what it was waiting for was aborted.
    this.#limits.logger.debug({ target, err: error }, 'stream failed after it was stopped');
  }

  finished(stream: ServerStream): void {
    const { invocation } = stream;
    this.#running.delete(stream);
    this.#bytes -= invocation.size;
    // If it has not ended otherwise, its connection has.
    invocation.watch?.cancelled();
    invocation.end();
  }
}
