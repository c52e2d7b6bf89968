/** RFC 8878, section 3.1: where a Zstandard frame lies in a body, and what its header says. */
export interface ZstdFrame {
  readonly start: number;
  readonly end: number;
  /** Bytes of decoded content that a decoder has to keep. */
  readonly window: number;
  /** Index of the byte that gives the window; a frame of a single segment has none. */
  readonly windowAt: number | undefined;
  /** Length of the content, if the header gives it. */
  readonly contentSize: number | undefined;
  readonly blocks: number;
}

const FRAME_MAGIC = 0xfd2fb528;
/** RFC 8878, section 3.1.2: without the last four bits, which may have any value. */
const SKIPPABLE_MAGIC = 0x184d2a5;
const CHECKSUM_BYTES = 4;
const BLOCK_HEADER_BYTES = 3;
/** RFC 8878, section 3.1.1.2.4: the most bytes that a block inflates to. */
export const LARGEST_BLOCK = 128 * 1024;

/** There are more frames and blocks than anybody wants to read. */
export class TooManyBlocks extends Error {}

/**
 * Reads the headers of frames and blocks without inflating them. Throws a `RangeError` for a last frame that
 * is cut off, another `Error` unless the bytes are frames, and `TooManyBlocks` for more than `maxBlocks` blocks and
 * frames together.
 */
export function zstdFrames(bytes: Buffer, maxBlocks: number): ZstdFrame[] {
  const frames: ZstdFrame[] = [];
  let left = maxBlocks;
  let at = 0;
  if (bytes.length < 4) throw new Error('there is no zstd frame');
  // Reading beyond the end throws a RangeError by itself.
  while (at < bytes.length) {
    const magic = bytes.readUInt32LE(at);
    if (--left < 0) throw new TooManyBlocks();
    if (magic >>> 4 === SKIPPABLE_MAGIC) {
      at += 8 + bytes.readUInt32LE(at + 4);
    } else {
      if (magic !== FRAME_MAGIC) throw new Error(`no zstd frame begins at byte ${at}`);
      const frame = readFrame(bytes, at, left);
      left -= frame.blocks;
      frames.push(frame);
      at = frame.end;
    }
  }
  if (at !== bytes.length) throw new RangeError('the last zstd frame is cut off');
  return frames;
}

function readFrame(bytes: Buffer, start: number, maxBlocks: number): ZstdFrame {
  const { window, windowAt, contentSize, hasChecksum, ...header } = readHeader(bytes, start + 4);
  let { at } = header;
  let blocks = 0;
  for (let last = false; !last; blocks++) {
    if (blocks > maxBlocks) throw new TooManyBlocks();
    const block = bytes.readUIntLE(at, BLOCK_HEADER_BYTES);
    const size = block >>> 3;
    if (size > LARGEST_BLOCK) throw new Error(`the zstd block at byte ${at} is larger than one may be`);
    // RFC 8878, section 3.1.1.2.2: a block of type 1 is one byte that is repeated.
    at += BLOCK_HEADER_BYTES + (((block >>> 1) & 3) === 1 ? 1 : size);
    last = (block & 1) === 1;
  }
  at += hasChecksum ? CHECKSUM_BYTES : 0;
  if (at > bytes.length) throw new RangeError('the last zstd frame is cut off');
  return { start, end: at, window, windowAt, contentSize, blocks };
}

/** RFC 8878, section 3.1.1.1: the frame header. */
function readHeader(bytes: Buffer, descriptorAt: number) {
  const descriptor = bytes.readUInt8(descriptorAt);
  const isSingleSegment = ((descriptor >>> 5) & 1) === 1;
  if ((descriptor & 3) !== 0) throw new Error('the zstd frame needs a dictionary');
  const windowAt = isSingleSegment ? undefined : descriptorAt + 1;
  const sizeAt = descriptorAt + (isSingleSegment ? 1 : 2);
  const sizeFlag = descriptor >>> 6;
  const sizeBytes = sizeFlag === 0 ? Number(isSingleSegment) : 2 ** sizeFlag;
  const contentSize = readContentSize(bytes, sizeAt, sizeBytes);
  return {
    at: sizeAt + sizeBytes,
    window: windowAt === undefined ? (contentSize ?? 0) : windowSize(bytes.readUInt8(windowAt)),
    windowAt,
    contentSize,
    hasChecksum: ((descriptor >>> 2) & 1) === 1,
  };
}

/** RFC 8878, section 3.1.1.1.2: the descriptor of the smallest power of two that holds this many bytes. */
export function windowDescriptor(bytes: number): number {
  return Math.max(0, Math.ceil(Math.log2(bytes)) - 10) << 3;
}

function windowSize(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >>> 3));
  return base + (base / 8) * (descriptor & 7);
}

function readContentSize(bytes: Buffer, at: number, length: number): number | undefined {
  switch (length) {
    case 0:
      return undefined;
    case 2:
      return bytes.readUInt16LE(at) + 256;
    case 8:
      return Number(bytes.readBigUInt64LE(at));
    default:
      return bytes.readUIntLE(at, length);
  }
}
