import { setImmediate } from 'node:timers/promises';
import type { Transferable } from 'node:worker_threads';

/** Shorter texts are copied: they may lie in memory that others use, and handing memory over is no faster. */
const LEAST_TRANSFER = 64 * 1024;

/** Texts of more bytes than `LONGEST_COPY` are copied in steps, between which the thread does other things. */
const LONGEST_COPY = 4 * 1024 * 1024;
const STEP = 1024 * 1024;

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

  /** Hands over a text if it is `owned` and lies alone in its memory, otherwise a copy of it. Gives what to send. */
  async lend(text: Uint8Array, owned: boolean): Promise<Uint8Array> {
    if (owned && text.length === text.buffer.byteLength) return this.hand(text);
    return this.hand(text.length <= LONGEST_COPY ? new Uint8Array(text) : await copyInSteps(text));
  }
}

async function copyInSteps(text: Uint8Array): Promise<Uint8Array> {
  const copy = new Uint8Array(text.length);
  for (let from = 0; from < text.length; from += STEP) {
    if (from > 0) await setImmediate();
    copy.set(text.subarray(from, from + STEP), from);
  }
  return copy;
}
