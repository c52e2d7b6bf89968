/** RFC 6455, 5.2. */
const FINAL = 0x80;
const CONTROL = 0x08;
const MASKED = 0x80;
const LENGTH = 0x7f;
const LENGTH_IN_16_BITS = 126;
const LENGTH_IN_64_BITS = 127;
const LONGEST_HEADER = 14;

/** What a piece of an unfinished message costs besides its bytes: the objects that stand for a chunk or a fragment. */
const PIECE_COST = 128;

/**
 * Follows the frames of a WebSocket through the bytes of its socket, without looking at their contents: the library
 * holds the pieces of a message until it is finished, and does not say how many. RFC 6455, 5.2 and 5.4.
 */
export class FrameTracker {
  /** What the unfinished message or frame costs in memory; 0 between two messages. */
  held = 0;
  readonly #header = new Uint8Array(LONGEST_HEADER);
  #headerLength = 0;
  /** How many bytes are missing of the frame's payload. */
  #missing = 0;
  /** Whether a fragment has come whose message goes on. */
  #fragmented = false;

  /** Takes the next bytes of the socket. */
  push(chunk: Uint8Array): void {
    let at = 0;
    /** Up to where the bytes of this chunk belong to messages that are finished. */
    let finished = 0;
    while (at < chunk.length) {
      if (this.#missing > 0) {
        const step = Math.min(this.#missing, chunk.length - at);
        at += step;
        this.#missing -= step;
      } else {
        at = this.#readHeader(chunk, at);
        if (this.#headerLength > 0) break;
      }
      if (this.#missing === 0 && this.#endFrame()) finished = at;
    }
    if (finished < chunk.length) this.held += chunk.length - finished + PIECE_COST;
  }

  /** Leaves the length of the header at 0 when it is complete. */
  #readHeader(chunk: Uint8Array, start: number): number {
    const header = this.#header;
    let at = start;
    while (at < chunk.length) {
      header[this.#headerLength++] = chunk[at++]!;
      if (this.#headerLength < 2 || this.#headerLength < headerSize(header[1]!)) continue;
      this.#missing = payloadLength(header);
      this.#headerLength = 0;
      break;
    }
    return at;
  }

  /** Returns whether nothing is unfinished now. */
  #endFrame(): boolean {
    const first = this.#header[0]!;
    if ((first & CONTROL) === 0) this.#fragmented = (first & FINAL) === 0;
    if (this.#fragmented) this.held += PIECE_COST;
    else this.held = 0;
    return !this.#fragmented;
  }
}

function headerSize(second: number): number {
  const mask = second & MASKED ? 4 : 0;
  const length = second & LENGTH;
  if (length === LENGTH_IN_64_BITS) return 10 + mask;
  return (length === LENGTH_IN_16_BITS ? 4 : 2) + mask;
}

function payloadLength(header: Uint8Array): number {
  const length = header[1]! & LENGTH;
  if (length < LENGTH_IN_16_BITS) return length;
  const end = length === LENGTH_IN_16_BITS ? 4 : 10;
  let long = 0;
  for (let i = 2; i < end; i++) long = long * 256 + header[i]!;
  return long;
}
