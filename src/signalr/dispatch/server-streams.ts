import type { Completer } from './completer';
import type { Logger } from '../logger';
import { MESSAGE_TYPE, type StreamItemMessage } from '../protocol/hub-messages';
import { ServerStream, type StreamInvocation, type StreamLink } from './server-stream';

/** How much the streams of a connection may hold. */
export interface StreamLimits {
  readonly maximumStreamsPerConnection: number;
  readonly maximumParallelInvocationBytes: number;
  readonly logger: Logger;
}

/** Where items go. */
export interface ItemOutlet {
  readonly congested: boolean;
  readonly overloaded: boolean;
  /** @throws TypeError when the item has no encoding. */
  send(item: StreamItemMessage): void;
}

/** The streams that run to one client. */
export class ServerStreams implements StreamLink {
  readonly #running = new Set<ServerStream>();
  #bytes = 0;
  #waiting: (() => void)[] = [];
  readonly #limits: StreamLimits;
  readonly #outlet: ItemOutlet;
  readonly #completer: Completer;
  readonly #onEnded: (invocationId: string) => void;

  /** `onEnded` is called when the client is told that a stream has ended. */
  constructor(limits: StreamLimits, outlet: ItemOutlet, completer: Completer, onEnded: (invocationId: string) => void) {
    this.#limits = limits;
    this.#outlet = outlet;
    this.#completer = completer;
    this.#onEnded = onEnded;
  }

  /** Whether as many run as may, those among them that do not end although they were stopped. */
  get full(): boolean {
    const { maximumStreamsPerConnection, maximumParallelInvocationBytes } = this.#limits;
    return this.#running.size >= maximumStreamsPerConnection || this.#bytes >= maximumParallelInvocationBytes;
  }

  /** A stream that came in so many bytes, to be run. */
  add(invocationId: string, target: string, size: number, invocation: StreamInvocation): ServerStream {
    const stream = new ServerStream(this, invocationId, target, size, invocation);
    this.#running.add(stream);
    this.#bytes += size;
    return stream;
  }

  /** Stops a stream and tells the client at once, so that it need not wait for a source that is slow to stop. */
  cancel(stream: ServerStream): void {
    stream.stop();
    this.completed(stream);
  }

  /** Nothing can be sent any more. */
  stop(): void {
    for (const stream of this.#running) stream.stop();
    this.relieve();
  }

  /** Congestion has ended. */
  relieve(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  get congested(): boolean {
    return this.#outlet.congested;
  }

  get overloaded(): boolean {
    return this.#outlet.overloaded;
  }

  relief(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  sendItem({ invocationId }: ServerStream, item: unknown): void {
    this.#outlet.send({ type: MESSAGE_TYPE.StreamItem, invocationId, item: item === undefined ? null : item });
  }

  completed(stream: ServerStream): void {
    this.#onEnded(stream.invocationId);
    this.#completer.endStream(stream.invocationId);
  }

  failed(stream: ServerStream, error: unknown, begun: boolean): void {
    const { invocationId, target } = stream;
    this.#onEnded(stream.invocationId);
    if (begun) this.#completer.breakStream(invocationId, target, error);
    else this.#completer.fail(invocationId, target, error);
  }

  failedToStop({ target }: ServerStream, error: unknown): void {
    // Most do: what they wait for was aborted.
    this.#limits.logger.debug({ target, err: error }, 'stream failed after it was stopped');
  }

  finished(stream: ServerStream): void {
    this.#running.delete(stream);
    this.#bytes -= stream.size;
    stream.invocation.end();
  }
}
