import { writeSync } from 'node:fs';

/** A frame is one byte for its kind, four for the length of its payload (little-endian), and the payload. */
const HEADER_BYTES = 5;

/** Writes a frame to a file descriptor; blocks while the pipe is full. */
export function writeFrame(descriptor: number, kind: number, payload: Uint8Array): void {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt8(kind, 0);
  header.writeUInt32LE(payload.length, 1);
  writeAll(descriptor, header);
  writeAll(descriptor, payload);
}

function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length;) written += writeSync(descriptor, bytes, written);
}

/** Is called with what was read. */
export interface FrameHandlers {
  /** With a part of a frame of the streamed kind, as it arrives. */
  onPiece(piece: Buffer): void;
  /** With a whole frame of any other kind. */
  onFrame(kind: number, payload: Buffer): void;
}

/**
 * Parses frames from a stream of bytes, in pieces of any size. Payloads of the streamed kind are passed on unassembled.
 */
export class PipeFrameReader {
  #kept: Buffer = Buffer.alloc(0);
  #kind = 0;
  /** Bytes of the current payload that are still to come; `undefined` in a header. */
  #left: number | undefined;
  readonly #streamedKind: number;
  readonly #handlers: FrameHandlers;

  constructor(streamedKind: number, handlers: FrameHandlers) {
    this.#streamedKind = streamedKind;
    this.#handlers = handlers;
  }

  push(bytes: Buffer): void {
    let rest = bytes;
    while (rest.length > 0) rest = this.#left === undefined ? this.#header(rest) : this.#payload(rest, this.#left);
  }

  #header(bytes: Buffer): Buffer {
    const taken = Math.min(HEADER_BYTES - this.#kept.length, bytes.length);
    this.#kept = Buffer.concat([this.#kept, bytes.subarray(0, taken)]);
    if (this.#kept.length === HEADER_BYTES) {
      this.#kind = this.#kept.readUInt8(0);
      const length = this.#kept.readUInt32LE(1);
      this.#kept = Buffer.alloc(0);
      this.#left = length;
      if (length === 0) this.#finish(this.#kept);
    }
    return bytes.subarray(taken);
  }

  #payload(bytes: Buffer, left: number): Buffer {
    const piece = bytes.subarray(0, left);
    this.#left = left - piece.length;
    if (this.#kind === this.#streamedKind) {
      this.#handlers.onPiece(piece);
      if (this.#left === 0) this.#left = undefined;
    } else {
      this.#kept = this.#kept.length === 0 ? piece : Buffer.concat([this.#kept, piece]);
      if (this.#left === 0) this.#finish(this.#kept);
    }
    return bytes.subarray(piece.length);
  }

  #finish(payload: Buffer): void {
    this.#left = undefined;
    this.#kept = Buffer.alloc(0);
    if (this.#kind !== this.#streamedKind) this.#handlers.onFrame(this.#kind, payload);
  }
}
