import type { FeedRecord, Framing } from '../feed/feed-record';
import { BodyChunk, cut, PIECE_BYTES } from './live-body';

/** A batch of more bytes than this is framed anew for each reader: what is kept for all of them is bounded. */
const MOST_KEPT = 4 * PIECE_BYTES;

/** What is known of a batch. */
interface Known {
  /** Bytes of memory, about. */
  readonly bytes: number;
  readonly pieces: Map<Framing<Buffer>, readonly BodyChunk[]>;
}

/** What is sent of batches of events or rows: made once, as long as the readers are given the very same batch. */
export class FramedBatches {
  readonly #known = new WeakMap<readonly FeedRecord[], Known>();

  /** The bytes of a batch, in pieces; none is made before the one before it was taken. */
  *pieces(records: readonly FeedRecord[], framing: Framing<Buffer>): Generator<BodyChunk, void, void> {
    const { bytes, pieces } = this.#of(records);
    let kept = pieces.get(framing);
    if (kept === undefined && bytes <= MOST_KEPT) pieces.set(framing, (kept = [...framed(records, framing)]));
    yield* kept ?? framed(records, framing);
  }

  /** Bytes of memory that the records of a batch take, about. */
  bytesOf(records: readonly FeedRecord[]): number {
    return this.#of(records).bytes;
  }

  #of(records: readonly FeedRecord[]): Known {
    let known = this.#known.get(records);
    if (known === undefined) {
      known = { bytes: records.reduce((sum, { bytes }) => sum + bytes, 0), pieces: new Map() };
      this.#known.set(records, known);
    }
    return known;
  }
}

function* framed(records: readonly FeedRecord[], framing: Framing<Buffer>): Generator<BodyChunk, void, void> {
  let frames: Buffer[] = [];
  let size = 0;
  for (const record of records) {
    // A long one is sent in pieces: each that is taken is progress.
    for (const part of cut(record.framed(framing))) {
      frames.push(part);
      size += part.length;
      if (size < PIECE_BYTES) continue;
      yield new BodyChunk(frames, size);
      [frames, size] = [[], 0];
    }
  }
  if (size > 0) yield new BodyChunk(frames, size);
}
