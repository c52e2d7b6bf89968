import { Batch } from './batch';

/** A holder with more bytes than this before the disk gets batches of its own, which take turns with all others. */
const LANE_BYTES = 4 * 1024 * 1024;

/** Bytes of a batch: one that is alone, or that others wait behind. A commit of the latter takes some 20 ms. */
const BATCH_BYTES = 4 * 1024 * 1024;
const SHARED_BATCH_BYTES = 1024 * 1024;

/** For how many batches others count as being there after they wrote last. */
const REMEMBERED = 32;

/** The batches of one holder that has much to write. */
interface Lane {
  readonly holder: string;
  readonly batches: Batch[];
  /** How many common batches have to be handed over before: they may hold earlier writes of the holder. */
  readonly behind: number;
}

/**
 * Batches that wait to be handed over. Most holders write little and share batches; one that writes much has a lane of
 * its own, and waits in it for its turn, so that nobody else waits for all it has. The writes of one holder keep their
 * order; those of different holders to one stream are in whichever order they are committed.
 */
export class BatchLanes {
  /** What goes first, in order. */
  readonly #settled: Batch[] = [];
  readonly #common: Batch[] = [];
  /** How many common batches have been handed over. */
  #commonTaken = 0;
  /** In the order of their turns. */
  readonly #lanes = new Map<string, Lane>();
  #laneWasLast = false;
  /** How many more batches others count as being there. */
  #othersFor = 0;
  /** Whose batch was handed over last; '' for one of several holders. */
  #lastOwner: string | undefined;

  get isEmpty(): boolean {
    return this.#settled.length === 0 && this.#common.length === 0 && this.#lanes.size === 0;
  }

  /**
   * The batch that takes the next write of a holder, or of nobody. `bytes`: what the holder has before the disk, this
   * write included.
   */
  open(holder: string | undefined, bytes: number): Batch {
    return this.#openIn(holder === undefined ? this.#common : this.#batchesOf(holder, bytes));
  }

  #batchesOf(holder: string, bytes: number): Batch[] {
    const lane = this.#lanes.get(holder) ?? (bytes > LANE_BYTES ? this.#addLane(holder) : undefined);
    return lane?.batches ?? this.#common;
  }

  #openIn(batches: Batch[]): Batch {
    const last = batches.at(-1);
    if (last?.isFull(this.#othersFor > 0 ? SHARED_BATCH_BYTES : BATCH_BYTES) === false) return last;
    const batch = new Batch();
    batches.push(batch);
    return batch;
  }

  /** The batch that takes a write which goes behind all that wait and before all that come, whoever's they are. */
  openBehindAll(): Batch {
    // Common batches are handed over in order anyway.
    if (this.#lanes.size === 0) return this.#openIn(this.#common);
    this.#settled.push(...this.#takeUnsettled());
    return this.#openIn(this.#settled);
  }

  /** Takes the batch out whose turn it is. */
  next(): Batch | undefined {
    return this.#settled.shift() ?? this.#nextUnsettled();
  }

  /** Takes all batches out, in the order in which they would have been handed over. */
  takeAll(): Batch[] {
    return [...this.#settled.splice(0), ...this.#takeUnsettled()];
  }

  #nextUnsettled(): Batch | undefined {
    const lane = this.#nextLane();
    if (lane !== undefined && (this.#common.length === 0 || !this.#laneWasLast)) return this.#takeFrom(lane);
    const batch = this.#common.shift();
    if (batch === undefined) return undefined;
    this.#commonTaken += 1;
    this.#laneWasLast = false;
    this.#note(ownerOf(batch));
    return batch;
  }

  #takeUnsettled(): Batch[] {
    const all: Batch[] = [];
    for (let batch = this.#nextUnsettled(); batch !== undefined; batch = this.#nextUnsettled()) all.push(batch);
    return all;
  }

  #addLane(holder: string): Lane {
    const lane = { holder, batches: [], behind: this.#commonTaken + this.#common.length };
    this.#lanes.set(holder, lane);
    return lane;
  }

  #nextLane(): Lane | undefined {
    for (const lane of this.#lanes.values()) if (lane.behind <= this.#commonTaken) return lane;
    return undefined;
  }

  #takeFrom(lane: Lane): Batch | undefined {
    const batch = lane.batches.shift();
    // Its next turn comes after those of all others.
    this.#lanes.delete(lane.holder);
    if (lane.batches.length > 0) this.#lanes.set(lane.holder, lane);
    this.#laneWasLast = true;
    this.#note(lane.holder);
    return batch;
  }

  #note(owner: string): void {
    if (this.#lastOwner !== undefined && owner !== this.#lastOwner) this.#othersFor = REMEMBERED;
    else if (this.#othersFor > 0) this.#othersFor -= 1;
    this.#lastOwner = owner;
  }
}

/** Whose a common batch is: nobody's when it is of several. */
function ownerOf({ held }: Batch): string {
  const [owner = ''] = held.keys();
  return held.size === 1 ? owner : '';
}
