import { promisify } from 'node:util';
import * as zlib from 'node:zlib';
import { Decompress } from 'fzstd';
import { WriterHubError } from '../errors';
import { endsEarly, notEncodedAs, tooLarge } from './body-errors';
import { LARGEST_BLOCK, TooManyBlocks, windowDescriptor, zstdFrames, type ZstdFrame } from './zstd-frames';

interface InflateOptions {
  readonly maxOutputLength: number;
  readonly params: Readonly<Record<number, number>>;
}

type Inflate = (
  frame: Uint8Array,
  options: InflateOptions,
  done: (error: Error | null, content: Buffer) => void,
) => void;

/** Node.js has had zstd of its own since 22.15; it reads one frame and ignores what follows. */
const native = (zlib as { readonly zstdDecompress?: Inflate }).zstdDecompress;
const inflateNatively = native && promisify(native);

/** Whether zstd is inflated in JavaScript, on the thread that asks for it. */
export const HOLDS_UP_THREAD: boolean = native === undefined;

/**
 * `ZSTD_d_windowLogMax`: the windows that frames ask for are bounded here already, and larger than zstd takes by
 * default.
 */
const ANY_WINDOW = { 100: 30 } as const;

/**
 * How many bytes may be copied for one body, as a multiple of the limit. The decoder copies its whole window at every
 * block, so many small blocks with a large window could keep a thread for as long as their sender likes. Of what the
 * reference encoder makes of 10 MiB at any level, that of level 22 takes the most: 226 times the limit.
 */
const MAX_COPIES = 320;

/** The least limit that the copied bytes are a multiple of: a low limit does not make copying expensive. */
const MIN_LIMIT = 8 * 1024 * 1024;

/** What decoding a block costs besides, in copied bytes, however small its window is. */
const COPIED_PER_BLOCK = 256 * 1024;

/** Inflates a zstd body to at most `limit` bytes. Rejects with `message_too_large` or `malformed_body`. */
export async function inflateZstd(sent: Buffer, limit: number): Promise<Buffer> {
  const frames = framesOf(sent, limit);
  checkCopies(frames, limit);
  const content = new Content(limit);
  for (const frame of frames) {
    const before = content.size;
    const window = neededWindow(frame, limit);
    const bytes = withWindow(sent, frame, window);
    if (inflateNatively === undefined) {
      inflateFrame(bytes, (block) => {
        content.take(block);
      });
    } else {
      const room = Math.max(limit - content.size, 1);
      const options = { maxOutputLength: room, params: ANY_WINDOW };
      const inflated = await inflateNatively(bytes, options).catch((cause: unknown) => {
        throw isTooLong(cause) ? tooLarge(limit) : notEncodedAs('zstd', cause);
      });
      content.take(inflated);
    }
    if (frame.contentSize !== undefined && content.size - before !== frame.contentSize) throw notEncodedAs('zstd');
  }
  return content.bytes();
}

function isTooLong(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
}

/** The frames of a body. Throws unless they are complete and announce at most `limit` bytes. */
function framesOf(sent: Buffer, limit: number): ZstdFrame[] {
  let frames: ZstdFrame[];
  try {
    frames = zstdFrames(sent, Math.floor(mostCopies(limit) / COPIED_PER_BLOCK));
  } catch (cause) {
    if (cause instanceof TooManyBlocks) throw tooManyBlocks();
    throw cause instanceof RangeError ? endsEarly('zstd', cause) : notEncodedAs('zstd', cause);
  }
  const announced = frames.reduce((sum, { contentSize = 0 }) => sum + contentSize, 0);
  if (announced > limit) throw tooLarge(limit);
  return frames;
}

/** How many bytes may be copied for one body. */
function mostCopies(limit: number): number {
  return MAX_COPIES * Math.max(limit, MIN_LIMIT);
}

/** Throws when inflating the frames would take too much copying. */
function checkCopies(frames: readonly ZstdFrame[], limit: number): void {
  const copied = frames.reduce((sum, frame) => sum + frame.blocks * (neededWindow(frame, limit) + COPIED_PER_BLOCK), 0);
  if (copied > mostCopies(limit)) throw tooManyBlocks();
}

function tooManyBlocks(): WriterHubError {
  return new WriterHubError('malformed_body', 'the zstd body is cut into too many small blocks');
}

/** The window that a frame can use: no larger than its content, whatever its header asks for. */
function neededWindow({ window, blocks }: ZstdFrame, limit: number): number {
  return Math.min(window, Math.max(limit, LARGEST_BLOCK), blocks * LARGEST_BLOCK);
}

function inflateFrame(frame: Uint8Array, take: (block: Uint8Array) => void): void {
  try {
    new Decompress(take).push(frame, true);
  } catch (error) {
    throw error instanceof WriterHubError ? error : notEncodedAs('zstd', error);
  }
}

/** Collects what blocks inflate to, and stops when that exceeds its limit. */
class Content {
  size = 0;
  readonly #blocks: Uint8Array[] = [];
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Adds the content of one or more blocks. Throws when there is too much of it. */
  take(content: Uint8Array): void {
    this.size += content.length;
    if (this.size > this.#limit) throw tooLarge(this.#limit);
    this.#blocks.push(content);
  }

  bytes(): Buffer {
    const [first] = this.#blocks;
    return this.#blocks.length === 1 && Buffer.isBuffer(first) ? first : Buffer.concat(this.#blocks, this.size);
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
