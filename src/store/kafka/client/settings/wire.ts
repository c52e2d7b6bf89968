/** Writes the types of Kafka's protocol (https://kafka.apache.org/protocol#protocol_types). */
export class WireWriter {
  readonly #parts: Buffer[] = [];

  int8(value: number): this {
    return this.#add(Buffer.from([value & 0xff]));
  }

  int16(value: number): this {
    const bytes = Buffer.alloc(2);
    bytes.writeInt16BE(value);
    return this.#add(bytes);
  }

  int32(value: number): this {
    const bytes = Buffer.alloc(4);
    bytes.writeInt32BE(value);
    return this.#add(bytes);
  }

  string(value: string): this {
    const bytes = Buffer.from(value);
    return this.int16(bytes.length).#add(bytes);
  }

  bytes(value: Buffer): this {
    return this.int32(value.length).#add(value);
  }

  array<Item>(items: readonly Item[], write: (item: Item) => void): this {
    this.int32(items.length);
    for (const item of items) write(item);
    return this;
  }

  /** All that was written, behind its length, as requests are sent. */
  toRequest(): Buffer {
    const length = this.#parts.reduce((sum, part) => sum + part.length, 0);
    return Buffer.concat([new WireWriter().int32(length).#parts[0]!, ...this.#parts]);
  }

  #add(bytes: Buffer): this {
    this.#parts.push(bytes);
    return this;
  }
}

/** Reads them. What ends too early throws a `RangeError`. */
export class WireReader {
  #at = 0;
  readonly #bytes: Buffer;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  int8(): number {
    return this.#bytes.readInt8((this.#at += 1) - 1);
  }

  int16(): number {
    return this.#bytes.readInt16BE((this.#at += 2) - 2);
  }

  int32(): number {
    return this.#bytes.readInt32BE((this.#at += 4) - 4);
  }

  boolean(): boolean {
    return this.int8() !== 0;
  }

  string(): string | undefined {
    return this.#taken(this.int16())?.toString();
  }

  bytes(): Buffer | undefined {
    return this.#taken(this.int32());
  }

  array<Item>(read: () => Item): Item[] {
    const count = this.int32();
    const items: Item[] = [];
    for (let index = 0; index < count; index++) items.push(read());
    return items;
  }

  #taken(length: number): Buffer | undefined {
    if (length < 0) return undefined;
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new RangeError('the answer ends too early');
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }
}
