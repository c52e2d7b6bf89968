import { ByteReader } from './byte-reader';
import type { RunningSummary, SummedSamples } from './running-summary';
import { skipSummary } from './summary';

/** Blocks of a series in order of their first sample, without their samples. */
export interface BlockColumns {
  readonly ids: readonly number[];
  /** Of the first samples, nanoseconds since the Unix epoch. */
  readonly minTimestamps: readonly bigint[];
  /** From the first sample to the last, nanoseconds. */
  readonly lengths: readonly number[];
  /** What is said of each, one behind another. */
  readonly summaries: Buffer;
}

/** Goes through blocks, one after another: it is what the samples of one of them come to. */
export class SummedBlocks implements SummedSamples {
  readonly firstAt = 0;
  #index = -1;
  #leastOffset = 0;
  /** Whether the summary is still to be read. */
  #isUnread = false;
  readonly #blocks: BlockColumns;
  readonly #reader: ByteReader;

  constructor(blocks: BlockColumns) {
    this.#blocks = blocks;
    this.#reader = new ByteReader(blocks.summaries);
  }

  /** Goes on to the next block; false: there is none. */
  next(): boolean {
    if (this.#isUnread) skipSummary(this.#reader);
    this.#index += 1;
    this.#isUnread = this.#index < this.#blocks.ids.length;
    if (this.#isUnread) this.#leastOffset = this.#reader.natural();
    return this.#isUnread;
  }

  get id(): number {
    return this.#blocks.ids[this.#index]!;
  }

  get base(): bigint {
    return this.#blocks.minTimestamps[this.#index]!;
  }

  get lastAt(): number {
    return this.#blocks.lengths[this.#index]!;
  }

  /** The offset of the first package that a sample of the block came with. */
  get leastOffset(): number {
    return this.#leastOffset;
  }

  /** Once at the most. */
  addTo(sums: RunningSummary): void {
    this.#isUnread = false;
    sums.addWritten(this.#reader, this.base, this.#leastOffset);
  }
}
