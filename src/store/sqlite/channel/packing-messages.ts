import type { ValueKind } from '../../contract/parameter-store';
import type { Block } from '../../samples/block';

/** What the thread does that packs packages, and makes blocks of their samples, while the writer writes. */
export interface PackerCalls {
  /** Packs the first packages of a topic that are not packed; `undefined`: there are none. */
  pack: { request: { readonly kind: 'pack'; readonly topic: number }; result: PackedPackages | undefined };
  /** Puts small blocks together to larger ones; `undefined`: there are not enough of them any more. */
  merge: { request: { readonly kind: 'merge'; readonly of: SmallBlocks }; result: MergedBlocks | undefined };
}

/** Packages of a topic, packed, and their samples in blocks: what takes their place. */
export interface PackedPackages {
  readonly kind: 'packages';
  readonly topic: number;
  /** Of the topic: another one may have its number by now. */
  readonly generation: number;
  /** Up to here packages had been packed before. */
  readonly packedOffset: number;
  /** Offsets of the first and the last one. */
  readonly first: number;
  readonly last: number;
  readonly count: number;
  /** Characters of their texts. */
  readonly characters: number;
  readonly packed: Uint8Array;
  readonly series: readonly NewBlocks[];
}

/** Blocks of samples that a stream has of a parameter. */
export interface NewBlocks {
  readonly stream: number;
  readonly name: string;
  readonly kind: ValueKind;
  readonly blocks: readonly SentBlock[];
}

/** A block on its way between threads. */
export interface SentBlock extends Omit<Block, 'summary' | 'zones' | 'data'> {
  readonly summary: Uint8Array;
  readonly zones: Uint8Array;
  readonly data: Uint8Array;
}

/** A series that has many blocks of one level. */
export interface SmallBlocks {
  readonly series: number;
  readonly kind: ValueKind;
  readonly level: number;
}

/** What takes the place of small blocks. */
export interface MergedBlocks {
  readonly kind: 'blocks';
  readonly of: SmallBlocks;
  readonly old: readonly BlockKey[];
  readonly blocks: readonly SentBlock[];
}

/** What tells a block of a series from the others. */
export interface BlockKey {
  readonly id: number;
  readonly minTimestamp: bigint;
}

/** What has become of packed packages, or of blocks that were put together. */
export interface Replaced {
  /** Series that have many blocks of a level now. */
  readonly due: readonly SmallBlocks[];
  /** Bytes that were written. */
  readonly bytes: number;
  readonly milliseconds: number;
}

/** Packages that a commit has added to a topic. */
export interface AddedPackages {
  readonly topic: number;
  readonly packages: number;
  readonly bytes: number;
}
