import type { Transferable } from 'node:worker_threads';

/** Shorter texts are copied: they may lie in memory that others use, and handing memory over is no faster. */
const LEAST_TRANSFER = 64 * 1024;

/** Texts on their way to another thread, and the memory that goes along. */
export class Parcel {
  readonly #memory = new Set<ArrayBuffer>();

  /** What is handed over, for `postMessage`. */
  get transfer(): Transferable[] {
    return [...this.#memory];
  }

  /** Hands a text over with the memory it lies in. Nobody may use that memory afterwards. Returns what to send. */
  hand(text: Uint8Array): Uint8Array {
    if (text.length < LEAST_TRANSFER || !(text.buffer instanceof ArrayBuffer)) return new Uint8Array(text);
    this.#memory.add(text.buffer);
    return text;
  }

  /** Hands over a text if it is `owned` and lies alone in its memory, otherwise a copy of it. Returns what to send. */
  lend(text: Uint8Array, owned: boolean): Uint8Array {
    return this.hand(owned && text.length === text.buffer.byteLength ? text : new Uint8Array(text));
  }
}
