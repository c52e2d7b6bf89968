import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

// SQLite's file format, section 4: The Write-Ahead Log. https://www.sqlite.org/fileformat2.html#the_write_ahead_log
const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
/** The last bit says whether checksums are of big-endian words. */
const MAGIC = 0x377f0682;
/** About as much is read at a time. */
const CHUNK_BYTES = 4 * 1024 * 1024;

/** What lies in a write-ahead log. A commit is a frame that ends a transaction. */
export interface LogFrames {
  readonly bytes: number;
  readonly isHeaderValid: boolean;
  /** Commits that SQLite will recover. */
  readonly commits: number;
  /** Frames of this log behind the last of those commits, the last one perhaps not whole. */
  readonly framesBehind: number;
  /** Commits among the frames behind the first one that is damaged: SQLite will not recover them. */
  readonly lostCommits: number;
}

/** Both halves of a running checksum. */
interface Sums {
  one: number;
  two: number;
}

/** Reads a write-ahead log as SQLite would to recover it; `undefined` when there is none, or an empty one. */
export function readLogFrames(path: string, pageBytes: number): LogFrames | undefined {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return undefined;
  }
  try {
    const { size } = fstatSync(file);
    return size === 0 ? undefined : readFrames(file, size, pageBytes);
  } finally {
    closeSync(file);
  }
}

function readFrames(file: number, bytes: number, pageBytes: number): LogFrames {
  const header = Buffer.alloc(HEADER_BYTES);
  readSync(file, header, 0, HEADER_BYTES, 0);
  const sums = { one: 0, two: 0 };
  const isBigEndian = (header.readUInt32BE(0) & 1) === 1;
  addSums(sums, header.subarray(0, 24), isBigEndian);
  const isHeaderValid =
    bytes >= HEADER_BYTES &&
    (header.readUInt32BE(0) & ~1) >>> 0 === MAGIC &&
    header.readUInt32BE(24) === sums.one &&
    header.readUInt32BE(28) === sums.two;
  const salts = header.subarray(16, 24);
  const counter = isHeaderValid ? new FrameCounter(sums, isBigEndian, salts) : new HeadlessCounter();
  const frameBytes = FRAME_HEADER_BYTES + (isHeaderValid ? pageSizeOf(header.readUInt32BE(8)) : pageBytes);
  const chunk = Buffer.alloc(Math.max(1, Math.floor(CHUNK_BYTES / frameBytes)) * frameBytes);
  let at = HEADER_BYTES;
  for (; at + frameBytes <= bytes;) {
    const read = readSync(file, chunk, 0, chunk.length, at);
    const whole = read - (read % frameBytes);
    if (whole === 0) break;
    for (let start = 0; start < whole; start += frameBytes) counter.add(chunk.subarray(start, start + frameBytes));
    at += whole;
  }
  const isCut = bytes > HEADER_BYTES && (bytes - HEADER_BYTES) % frameBytes > 0;
  return { bytes, isHeaderValid, ...counter.count(isCut) };
}

/**
 * Counts the frames of a log without a header: those of which there are most, as there may be rests of an earlier log.
 */
class HeadlessCounter {
  /** Frames and commits by their salts. */
  readonly #logs = new Map<string, { frames: number; commits: number }>();

  add(frame: Buffer): void {
    const salts = frame.toString('latin1', 8, 16);
    const log = this.#logs.get(salts) ?? { frames: 0, commits: 0 };
    log.frames += 1;
    if (frame.readUInt32BE(4) > 0) log.commits += 1;
    this.#logs.set(salts, log);
  }

  count(): Pick<LogFrames, 'commits' | 'framesBehind' | 'lostCommits'> {
    const [largest = { frames: 0, commits: 0 }] = [...this.#logs.values()].sort(
      (one, other) => other.frames - one.frames,
    );
    return { commits: 0, framesBehind: largest.frames, lostCommits: largest.commits };
  }
}

/** Goes through the frames of a log in order. */
class FrameCounter {
  #commits = 0;
  #behind = 0;
  #lostCommits = 0;
  /** Whether every frame so far is sound. */
  #isSound = true;
  /** Whether a frame of an earlier log was seen, which this one has not overwritten. */
  #isLeftOver = false;
  readonly #salts: Buffer;
  readonly #sums: Sums;
  readonly #isBigEndian: boolean;

  /** `sums` and `salts` are those of the log's header. */
  constructor(sums: Sums, isBigEndian: boolean, salts: Buffer) {
    this.#sums = sums;
    this.#isBigEndian = isBigEndian;
    this.#salts = salts;
  }

  add(frame: Buffer): void {
    const isOurs = frame.subarray(8, 16).equals(this.#salts);
    const isCommit = frame.readUInt32BE(4) > 0;
    if (this.#isSound && isOurs && this.#isNext(frame)) {
      this.#behind = isCommit ? 0 : this.#behind + 1;
      if (isCommit) this.#commits += 1;
      return;
    }
    this.#isSound = false;
    if (!isOurs) this.#isLeftOver = true;
    else if (isCommit) this.#lostCommits += 1;
    if (isOurs) this.#behind += 1;
  }

  count(isCut: boolean): Pick<LogFrames, 'commits' | 'framesBehind' | 'lostCommits'> {
    const behind = isCut && !this.#isLeftOver ? this.#behind + 1 : this.#behind;
    return { commits: this.#commits, framesBehind: behind, lostCommits: this.#lostCommits };
  }

  #isNext(frame: Buffer): boolean {
    const { one, two } = this.#sums;
    addSums(this.#sums, frame.subarray(0, 8), this.#isBigEndian);
    addSums(this.#sums, frame.subarray(FRAME_HEADER_BYTES), this.#isBigEndian);
    if (frame.readUInt32BE(16) === this.#sums.one && frame.readUInt32BE(20) === this.#sums.two) return true;
    Object.assign(this.#sums, { one, two });
    return false;
  }
}

/** Section 4.2, Checksum Algorithm. */
function addSums(sums: Sums, bytes: Buffer, isBigEndian: boolean): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let { one, two } = sums;
  for (let at = 0; at + 8 <= bytes.length; at += 8) {
    one = (one + view.getUint32(at, !isBigEndian) + two) >>> 0;
    two = (two + view.getUint32(at + 4, !isBigEndian) + one) >>> 0;
  }
  sums.one = one;
  sums.two = two;
}

/** A page of 65,536 bytes is written as 1 in the database's header, and as itself here. */
function pageSizeOf(written: number): number {
  return written >= 512 && written <= 65_536 ? written : 4096;
}
