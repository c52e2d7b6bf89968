/** RFC 6455, 5.2. */
const FINAL = 0x80;
const RESERVED = 0x70;
const OPCODE = 0x0f;
const CONTINUATION = 0x00;
const TEXT = 0x01;
const BINARY = 0x02;
const CONTROL = 0x08;
const CLOSE = 0x08;
const MASKED = 0x80;
const LENGTH = 0x7f;
const LENGTH_IN_16_BITS = 126;
const LENGTH_IN_64_BITS = 127;
const MASK_BYTES = 4;
const LONGEST_HEADER = 14;

/** Shorter frames than this are passed on as they are: the library holds them until they are complete. */
const LONG_FRAME = 16 * 1024;

/** How many short frames are passed on together: what they mean to the library takes time. */
const FRAMES_TOGETHER = 32;

/** What takes the bytes of a WebSocket, and says whether it takes more in this turn. */
export interface FrameTarget {
  /** Takes the next bytes: one or more frames, or a part of one. */
  take(bytes: Buffer): void;
  /** Some frames were taken. Returns whether more may follow at once. */
  mayGoOn(): boolean;
}

/**
 * Makes what a client sends over a WebSocket easy for the library that reads it, which holds a message until it is
 * finished, and unmasks and joins all of it at once. As the boundaries of messages mean nothing to a hub, every
 * fragment becomes a message, and so does each piece of a long frame, unmasked as it comes. What breaks the rules of
 * the protocol is passed on, for the library to refuse. RFC 6455, 5.2 and 5.4.
 */
export class FrameSplitter {
  /** Whether the client closes or has broken the rules: nothing that follows is looked at. */
  ended = false;
  readonly #target: FrameTarget;
  readonly #header = new Uint8Array(LONGEST_HEADER);
  #headerLength = 0;
  /** How many bytes the frame's payload has, and how many of them are missing. */
  #length = 0;
  #missing = 0;
  /** Whether the frame is long, and how far its mask was used. */
  #long = false;
  #masked = 0;
  /** Whether a fragment has come whose message goes on. */
  #fragmented = false;
  /** Whether the message is of text or binary, as its first fragment says. */
  #kind = BINARY;
  /** Whether a frame has come that the library refuses. */
  #refused = false;

  constructor(target: FrameTarget) {
    this.#target = target;
  }

  /** How many bytes the library holds of a frame that is not complete. */
  get held(): number {
    return this.#long ? 0 : this.#length - this.#missing;
  }

  /** Whether a frame or message has begun and is not complete. */
  get unfinished(): boolean {
    return this.#fragmented || this.#missing > 0 || this.#headerLength > 0;
  }

  /**
   * Takes the next bytes of the socket, which are changed. Returns how many were taken: fewer than there are when the
   * target wants to go on later.
   */
  push(chunk: Buffer): number {
    let at = 0;
    /** Up to where the bytes were passed on. */
    let passed = 0;
    let frames = 0;
    while (at < chunk.length && !this.ended) {
      if (this.#missing === 0) {
        const start = at;
        at = this.#readHeader(chunk, at);
        // An incomplete header is kept here: it may become that of a long frame.
        if (this.#headerLength > 0) return this.#pass(chunk, passed, start, at);
        passed = this.#begin(chunk, passed, start, at);
        if (this.#refused) return this.#pass(chunk, passed, at, chunk.length);
      }
      const end = Math.min(chunk.length, at + this.#missing);
      this.#missing -= end - at;
      if (this.#long) {
        this.#takePiece(chunk, at, end);
        passed = end;
      }
      at = end;
      if (this.#missing > 0) continue;
      this.#endFrame();
      if (++frames < FRAMES_TOGETHER && !this.#long) continue;
      frames = 0;
      passed = this.#pass(chunk, passed, at, at);
      if (at < chunk.length && !this.#target.mayGoOn()) break;
    }
    return this.#pass(chunk, passed, at, this.ended ? chunk.length : at);
  }

  /** Passes bytes on as they are. Returns `taken`. */
  #pass(chunk: Buffer, start: number, end: number, taken: number): number {
    if (start === end) return taken;
    this.#target.take(start === 0 && end === chunk.length ? chunk : chunk.subarray(start, end));
    return taken;
  }

  /** Leaves the length of the header at 0 when it is complete. */
  #readHeader(chunk: Buffer, start: number): number {
    const header = this.#header;
    let at = start;
    while (at < chunk.length) {
      header[this.#headerLength++] = chunk[at++]!;
      if (this.#headerLength < 2 || this.#headerLength < headerSize(header[1]!)) continue;
      this.#length = this.#missing = payloadLength(header);
      this.#headerLength = 0;
      break;
    }
    return at;
  }

  /** A frame begins whose header ends at `end`. Returns up to where the bytes of the chunk were passed on. */
  #begin(chunk: Buffer, passed: number, start: number, end: number): number {
    const first = this.#header[0]!;
    const opcode = first & OPCODE;
    const starts = opcode === TEXT || opcode === BINARY;
    const good = (first & RESERVED) === 0 && (this.#header[1]! & MASKED) !== 0 && Number.isSafeInteger(this.#length);
    const proper = good && (this.#fragmented ? opcode === CONTINUATION : starts);
    if (proper && starts) this.#kind = opcode;
    this.#long = proper && this.#missing >= LONG_FRAME;
    if (this.#long) {
      this.#masked = 0;
      this.#pass(chunk, passed, start, end);
      return end;
    }
    let changed = first;
    if (proper) changed = FINAL | this.#kind;
    else if ((opcode & CONTROL) === 0) {
      this.ended = this.#refused = true;
      // The library has not seen that a message is unfinished: it refuses a continuation of none.
      if (starts && this.#fragmented) changed = first & ~OPCODE;
    }
    const size = headerSize(this.#header[1]!);
    if (end - start === size) {
      chunk[start] = changed;
      return passed;
    }
    // The header began in a chunk before.
    const header = Buffer.from(this.#header.subarray(0, size));
    header[0] = changed;
    this.#target.take(header);
    return end;
  }

  #endFrame(): void {
    this.#length = 0;
    const first = this.#header[0]!;
    const opcode = first & OPCODE;
    if (opcode === CLOSE) this.ended = true;
    if ((opcode & CONTROL) === 0) this.#fragmented = (first & FINAL) === 0;
  }

  /** Passes a piece of a long frame on as a message of its own. */
  #takePiece(chunk: Buffer, start: number, end: number): void {
    const at = headerSize(this.#header[1]!) - MASK_BYTES;
    unmask(chunk.subarray(start, end), this.#header.subarray(at, at + MASK_BYTES), this.#masked);
    this.#masked = (this.#masked + end - start) % MASK_BYTES;
    // The mask is all zeros.
    const header = Buffer.alloc(LONGEST_HEADER);
    header[0] = FINAL | this.#kind;
    header[1] = MASKED | LENGTH_IN_64_BITS;
    header.writeUInt32BE(end - start, LONGEST_HEADER - 2 * MASK_BYTES);
    this.#target.take(header);
    this.#target.take(chunk.subarray(start, end));
  }
}

/** Unmasks bytes of which so many came before, four at a time. RFC 6455, 5.3. */
function unmask(bytes: Buffer, mask: Uint8Array, before: number): void {
  const head = Math.min(bytes.length, (4 - (bytes.byteOffset % 4)) % 4);
  const count = Math.floor((bytes.length - head) / 4);
  for (let i = 0; i < head; i++) bytes[i]! ^= mask[(before + i) % 4]!;
  for (let i = head + 4 * count; i < bytes.length; i++) bytes[i]! ^= mask[(before + i) % 4]!;
  if (count === 0) return;
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset + head, count);
  const turned = Uint8Array.from({ length: 4 }, (_, i) => mask[(before + head + i) % 4]!);
  const word = new Uint32Array(turned.buffer)[0]!;
  for (let i = 0; i < count; i++) words[i]! ^= word;
}

function headerSize(second: number): number {
  const mask = second & MASKED ? MASK_BYTES : 0;
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
