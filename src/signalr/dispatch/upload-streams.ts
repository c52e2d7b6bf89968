import { itemKind, type ParameterKind } from '../hub/parameter-kinds';
import type { ValueKind } from '../protocol/value-kinds';
import { type UploadOwner, UploadStream } from './upload-stream';

/** How much upload streams may hold. */
export interface UploadLimits {
  readonly maximumStreamsPerConnection: number;
  readonly streamBufferCapacity: number;
  readonly maximumParallelInvocationBytes: number;
}

/** The upload streams of one invocation. */
export interface InvocationUploads {
  /** All arguments of the method, streams included. */
  readonly args: readonly unknown[];
  /** The method has ended: further items of its streams are discarded. */
  close(): void;
}

/** The upload streams of one connection, by the ids the client gave them. HubProtocol: Upload streaming. */
export class UploadStreams implements UploadOwner {
  readonly #streams = new Map<string, UploadStream>();
  /** How many streams hold more items than they may. */
  #overfull = 0;
  #bytes = 0;
  readonly #limits: UploadLimits;
  readonly #onRoom: () => void;

  constructor(limits: UploadLimits, onRoom: () => void) {
    this.#limits = limits;
    this.#onRoom = onRoom;
  }

  /** Whether nothing more should be read from the client until methods have taken some items. */
  isFull(): boolean {
    return this.#overfull > 0 || this.#bytes >= this.#limits.maximumParallelInvocationBytes;
  }

  /** How many bytes wait for methods to take them. */
  get heldBytes(): number {
    return this.#bytes;
  }

  /** Why streams with these ids cannot be opened; `undefined` when they can. */
  openError(ids: readonly string[]): string | undefined {
    if (this.#streams.size + ids.length > this.#limits.maximumStreamsPerConnection)
      return 'too many streams are running';
    const used = ids.find((id, i) => this.#streams.has(id) || ids.indexOf(id) !== i);
    return used === undefined ? undefined : `Stream ID '${used}' is already in use.`;
  }

  /** The kind of the items of a stream, `undefined` when the stream does not exist. */
  itemKind(id: string): ValueKind | undefined {
    return this.#streams.get(id)?.kind;
  }

  /** Opens the streams of an invocation and puts them among its arguments. `onItem` is called before each item. */
  open(
    ids: readonly string[],
    parameters: readonly ParameterKind[],
    values: readonly unknown[],
    onItem: () => void,
  ): InvocationUploads {
    const streams: UploadStream[] = [];
    let value = 0;
    const args = parameters.map((kind) => {
      const ofItems = itemKind(kind);
      if (ofItems === undefined) return values[value++];
      const stream = new UploadStream(this, ofItems, onItem);
      this.#streams.set(ids[streams.length]!, stream);
      streams.push(stream);
      return stream;
    });
    return {
      args,
      close: () => {
        this.#release(ids, streams);
      },
    };
  }

  /** Passes an item on. Returns whether the stream exists. */
  push(id: string, item: unknown, size: number): boolean {
    const stream = this.#streams.get(id);
    if (stream === undefined) return false;
    if (!stream.push(item, size)) return true;
    this.#bytes += size;
    if (stream.waiting === this.#limits.streamBufferCapacity + 1) this.#overfull++;
    return true;
  }

  /** The client has completed a stream. Returns whether the stream exists. */
  complete(id: string, error: Error | undefined): boolean {
    const stream = this.#streams.get(id);
    stream?.end(error);
    return this.#streams.delete(id);
  }

  /** The client sends nothing more. */
  end(error: Error): void {
    for (const stream of this.#streams.values()) stream.end(error);
    this.#streams.clear();
  }

  taken(stream: UploadStream, size: number): void {
    const wasFull = this.isFull();
    this.#bytes -= size;
    if (stream.waiting === this.#limits.streamBufferCapacity) this.#overfull--;
    if (wasFull && !this.isFull()) this.#onRoom();
  }

  #release(ids: readonly string[], streams: readonly UploadStream[]): void {
    for (const [i, id] of ids.entries()) {
      if (this.#streams.get(id) === streams[i]) this.#streams.delete(id);
    }
    for (const stream of streams) stream.discard();
  }
}
