import type { FeedEvent, Framing } from '../feed/feed-event';

/** Bytes that are sent in one piece. */
const PIECE_BYTES = 64 * 1024;

/** A batch of more bytes than this is framed anew for each reader: what is kept for all of them is bounded. */
const MOST_KEPT = 4 * PIECE_BYTES;

/** What is known of a batch. */
interface Known {
  /** Bytes of memory, about. */
  readonly bytes: number;
  readonly pieces: Map<Framing, readonly Buffer[]>;
}

/** What is sent of batches of events: made once, as long as the readers are given the very same batch. */
export class FramedBatches {
  readonly #known = new WeakMap<readonly FeedEvent[], Known>();

  /** The bytes of a batch, in pieces; none is made before the one before it was taken. */
  *pieces(events: readonly FeedEvent[], framing: Framing): Generator<Buffer, void, void> {
    const { bytes, pieces } = this.#of(events);
    let kept = pieces.get(framing);
    if (kept === undefined && bytes <= MOST_KEPT) pieces.set(framing, (kept = [...framed(events, framing)]));
    yield* kept ?? framed(events, framing);
  }

  /** Bytes of memory that the events of a batch take, about. */
  bytesOf(events: readonly FeedEvent[]): number {
    return this.#of(events).bytes;
  }

  #of(events: readonly FeedEvent[]): Known {
    let known = this.#known.get(events);
    if (known === undefined) {
      known = { bytes: events.reduce((sum, { bytes }) => sum + bytes, 0), pieces: new Map() };
      this.#known.set(events, known);
    }
    return known;
  }
}

function* framed(events: readonly FeedEvent[], framing: Framing): Generator<Buffer, void, void> {
  let frames: Buffer[] = [];
  let size = 0;
  for (const event of events) {
    const frame = event.framed(framing);
    frames.push(frame);
    size += frame.length;
    if (size < PIECE_BYTES) continue;
    yield joined(frames, size);
    [frames, size] = [[], 0];
  }
  if (size > 0) yield joined(frames, size);
}

function joined(frames: readonly Buffer[], size: number): Buffer {
  return frames.length === 1 ? frames[0]! : Buffer.concat(frames, size);
}
