import { asciiText } from './ascii-text';

/** Texts with more bytes are made anew: they are seldom ids. */
const LONGEST = 64;

/** A power of 2. */
const SLOTS = 1024;

/** Of the FNV-1a hash. */
const PRIME = 0x01000193;

/**
 * Gives the same string for the same ASCII bytes if it was asked for lately. Clients send the same ids again and again,
 * and a string that is there already need neither be made nor hashed when something is looked up by it.
 */
export class KnownTexts {
  /** By the hash of their bytes; of several with one hash the latest. */
  readonly #slots: (string | undefined)[] = Array.from({ length: SLOTS });

  text(bytes: Buffer, start: number, end: number): string {
    if (end - start > LONGEST) return asciiText(bytes, start, end);
    const slot = slotOf(bytes, start, end);
    const known = this.#slots[slot];
    if (known !== undefined && isText(known, bytes, start, end)) return known;
    const text = asciiText(bytes, start, end);
    this.#slots[slot] = text;
    return text;
  }
}

function slotOf(bytes: Buffer, start: number, end: number): number {
  let hash = end - start;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i]!, PRIME);
  return (hash ^ (hash >>> 15)) & (SLOTS - 1);
}

function isText(text: string, bytes: Buffer, start: number, end: number): boolean {
  if (text.length !== end - start) return false;
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) !== bytes[start + i]) return false;
  return true;
}
