/** Samples of one series, as columns. */
export class SampleList {
  /** Nanoseconds since the Unix epoch. */
  readonly timestamps: bigint[] = [];
  /** Of the packages they came with. */
  readonly offsets: number[] = [];
  /** Of their timestamps in those. */
  readonly indexes: number[] = [];
  /** JSON texts of the tags; '' for none. */
  readonly tags: string[] = [];
  /** Texts of numbers, strings, or base64. */
  readonly values: string[] = [];
  #isSorted = true;

  get length(): number {
    return this.values.length;
  }

  add(timestamp: bigint, { offset, index, tags }: SampleOrigin, value: string): void {
    const last = this.length - 1;
    if (last >= 0 && this.#isBefore(timestamp, offset, index, last)) this.#isSorted = false;
    this.timestamps.push(timestamp);
    this.offsets.push(offset);
    this.indexes.push(index);
    this.tags.push(tags);
    this.values.push(value);
  }

  addAll({ timestamps, offsets, indexes, tags, values }: SampleList): void {
    for (let i = 0; i < values.length; i++) {
      this.add(timestamps[i]!, { offset: offsets[i]!, index: indexes[i]!, tags: tags[i]! }, values[i]!);
    }
  }

  /** The same samples in order of time; those of equal times in the order in which they came. */
  sorted(): SampleList {
    if (this.#isSorted) return this;
    const order = this.values.map((_, index) => index).sort((a, b) => this.#compare(a, b));
    const list = new SampleList();
    for (const at of order) {
      const origin = { offset: this.offsets[at]!, index: this.indexes[at]!, tags: this.tags[at]! };
      list.add(this.timestamps[at]!, origin, this.values[at]!);
    }
    return list;
  }

  #isBefore(timestamp: bigint, offset: number, index: number, at: number): boolean {
    const [last, lastOffset] = [this.timestamps[at]!, this.offsets[at]!];
    if (timestamp !== last) return timestamp < last;
    return offset === lastOffset ? index < this.indexes[at]! : offset < lastOffset;
  }

  #compare(a: number, b: number): number {
    const [left, right] = [this.timestamps[a]!, this.timestamps[b]!];
    if (left !== right) return left < right ? -1 : 1;
    return this.offsets[a]! - this.offsets[b]! || this.indexes[a]! - this.indexes[b]!;
  }
}

/** Where a sample came from, and with which tags. */
export interface SampleOrigin {
  readonly offset: number;
  readonly index: number;
  readonly tags: string;
}
