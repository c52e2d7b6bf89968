import { promisify } from 'node:util';
import * as zlib from 'node:zlib';
import { Decompress } from 'fzstd';
import { WriterHubError } from '../errors';
import { notEncodedAs, tooLarge } from './body-errors';
import { LARGEST_BLOCK, windowDescriptor, zstdFrames, type ZstdFrame } from './zstd-frames';

type Inflate = (
  sent: Uint8Array,
  options: { readonly maxOutputLength: number },
  done: (error: Error | null, content: Buffer) => void,
) => void;

/** Node.js has its own zstd since 22.15. */
const native = (zlib as { readonly zstdDecompress?: Inflate }).zstdDecompress;
const inflateNatively = native && promisify(native);

/**
 * How many bytes may be copied for one body, as a multiple of the limit. The decoder copies its whole window at every
 * block, so many small blocks with a large window could block the event loop for as long as their sender likes. Bodies
 * that encoders make take a tenth of this.
 */
const MAX_COPIES = 512;

/** The least limit that the copied bytes are a multiple of: a low limit does not make copying expensive. */
const MIN_LIMIT = 8 * 1024 * 1024;

/** What decoding a block costs besides, in copied bytes, however small its window is. */
const COPIED_PER_BLOCK = 256 * 1024;

/** Inflates a zstd body to at most `limit` bytes. Rejects with `message_too_large` or `malformed_body`. */
export async function inflateZstd(sent: Buffer, limit: number): Promise<Buffer> {
  const frames = framesOf(sent, limit);
  if (inflateNatively === undefined) return inflateFrames(sent, frames, limit);
  return inflateNatively(sent, { maxOutputLength: limit }).catch((cause: unknown) => {
    const isOver = cause instanceof Error && 'code' in cause && cause.code === 'ERR_BUFFER_TOO_LARGE';
    throw isOver ? tooLarge(limit) : notEncodedAs('zstd', cause);
  });
}

/** The frames of a body. Throws unless they are complete and announce at most `limit` bytes. */
function framesOf(sent: Buffer, limit: number): ZstdFrame[] {
  let frames: ZstdFrame[];
  try {
    frames = zstdFrames(sent);
  } catch (cause) {
    throw notEncodedAs('zstd', cause);
  }
  const announced = frames.reduce((sum, { contentSize = 0 }) => sum + contentSize, 0);
  if (announced > limit) throw tooLarge(limit);
  return frames;
}

/** The window that a frame can use: no larger than its content, whatever its header asks for. */
function neededWindow({ window, blocks }: ZstdFrame, limit: number): number {
  return Math.min(window, Math.max(limit, LARGEST_BLOCK), blocks * LARGEST_BLOCK);
}

function inflateFrames(sent: Buffer, frames: readonly ZstdFrame[], limit: number): Buffer {
  const content = new Content(limit);
  for (const frame of frames) {
    const before = content.size;
    const window = neededWindow(frame, limit);
    const decoder = new Decompress((block) => {
      content.take(block, window);
    });
    try {
      decoder.push(withWindow(sent, frame, window), true);
    } catch (error) {
      throw error instanceof WriterHubError ? error : notEncodedAs('zstd', error);
    }
    if (frame.contentSize !== undefined && content.size - before !== frame.contentSize) throw notEncodedAs('zstd');
  }
  return content.bytes();
}

/** Collects what blocks inflate to, and stops when that or the work for it exceeds its limit. */
class Content {
  size = 0;
  readonly #blocks: Uint8Array[] = [];
  #copiesLeft: number;
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
    this.#copiesLeft = MAX_COPIES * Math.max(limit, MIN_LIMIT);
  }

  take(block: Uint8Array, window: number): void {
    this.size += block.length;
    this.#copiesLeft -= window + COPIED_PER_BLOCK;
    if (this.size > this.#limit) throw tooLarge(this.#limit);
    if (this.#copiesLeft < 0) {
      throw new WriterHubError('malformed_body', 'the zstd body is cut into too many small blocks');
    }
    this.#blocks.push(block);
  }

  bytes(): Buffer {
    return Buffer.concat(this.#blocks, this.size);
  }
}

/** The bytes of a frame, with a window that is no larger than needed. */
function withWindow(sent: Buffer, { start, end, window, windowAt }: ZstdFrame, needed: number): Uint8Array {
  const bytes = sent.subarray(start, end);
  if (windowAt === undefined || window <= needed) return bytes;
  const copy = Buffer.from(bytes);
  copy.writeUInt8(windowDescriptor(needed), windowAt - start);
  return copy;
}
