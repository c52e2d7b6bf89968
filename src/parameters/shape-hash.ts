import { VALUE_KINDS, type ValueKind } from '../store/contract/parameter-store';

/**
 * Stands for the ids of a package and their kinds, in their order. With another seed the same ids give another number,
 * so that who does not know it cannot look for ids that give the same.
 */
export class ShapeHash {
  #first: number;
  #second: number;

  /** `seed`: an integer of 32 bits. */
  constructor(seed: number) {
    this.#first = seed | 0;
    this.#second = Math.imul(seed, 0x9e3779b1) | 0;
  }

  /** Adds an id, the bytes of its UTF-8 between two offsets. */
  add(kind: ValueKind, bytes: Uint8Array, start: number, end: number): void {
    // No byte is as large: it tells where an id begins.
    const mark = 256 + VALUE_KINDS.indexOf(kind);
    let first = mixFirst(this.#first, mark);
    let second = mixSecond(this.#second, mark);
    for (let at = start; at < end; at++) {
      first = mixFirst(first, bytes[at]!);
      second = mixSecond(second, bytes[at]!);
    }
    this.#first = first;
    this.#second = second;
  }

  /** An integer below 2^53. */
  get value(): number {
    return (this.#first >>> 5) * 2 ** 26 + (this.#second >>> 6);
  }
}

// The multipliers and shifts are those of MurmurHash3.
function mixFirst(hash: number, byte: number): number {
  const mixed = Math.imul(hash ^ byte, 0x85ebca6b);
  return mixed ^ (mixed >>> 13);
}

function mixSecond(hash: number, byte: number): number {
  const mixed = Math.imul(hash ^ byte, 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
