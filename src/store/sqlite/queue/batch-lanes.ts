import { Batch, type BatchLimits, type BatchPart } from './batch';
import type { WholeAppend } from './long-append';
import { NOBODY } from './queue-pressure';

/** A holder with more bytes than this before the disk gets batches of its own, which take turns with all others. */
const LANE_BYTES = 1024 * 1024;

/** What a batch takes that is alone, or that others wait behind. A commit of the latter takes some 10 ms. */
const ALONE: BatchLimits = { bytes: 4 * 1024 * 1024, steps: 4000 };
const SHARED: BatchLimits = { bytes: 256 * 1024, steps: 250 };

/** For how many batches others count as being there after they wrote last. */
const REMEMBERED = 32;

/** Whose a write is, what the holder has before the disk with it, and what it is about. */
export interface WritePlace {
  readonly holder: string;
  readonly bytes: number;
  /** Besides groups and small changes. */
  readonly steps: number;
  readonly topic?: string | undefined;
}

/** The batches of one holder that has much to write. */
interface Lane {
  readonly holder: string;
  readonly batches: Batch[];
  /** How many common batches have to be handed over before: they may hold earlier writes of the holder. */
  behind: number;
}

/**
 * Batches that wait to be handed over. Most holders write little and share batches; one that writes much has a lane of
 * its own, and waits in it for its turn, so that nobody else waits for all it has. The writes of one holder keep their
 * order; those of different holders to one stream are in whichever order they are committed.
 *
 * The parts of a long append are batches of their own in the lane of its holder. Between them go batches of others, but
 * none that is about the same topic: from its turn on until its last part is handed over, the topic is its own, and
 * whoever else writes to that waits in a lane.
 */
export class BatchLanes {
  readonly #common: Batch[] = [];
  /** How many common batches have been handed over. */
  #commonTaken = 0;
  /** In the order of their turns. */
  readonly #lanes = new Map<string, Lane>();
  /** The topics of which a long append has come to its turn, and not to its end. */
  readonly #taken = new Map<string, WholeAppend>();
  /** Batches that wait until others are handed over. */
  readonly #waits = new Map<Batch, Set<Batch>>();
  #laneWasLast = false;
  /** How many more batches others count as being there. */
  #othersFor = 0;
  /** Whose batch was handed over last; '' for one of several holders. */
  #lastOwner: string | undefined;

  /** Whether several holders have written lately, who wait for each other's batches. */
  get isShared(): boolean {
    return this.#othersFor > 0;
  }

  get isEmpty(): boolean {
    return this.#common.length === 0 && this.#lanes.size === 0;
  }

  /** The batch that takes the next write of a holder, or of nobody. */
  open({ holder, bytes, steps, topic }: WritePlace): Batch {
    const hasMuch = (bytes > LANE_BYTES || steps >= SHARED.steps) && holder !== NOBODY;
    const lane = this.#lanes.get(holder) ?? (hasMuch || this.#isTaken(topic) ? this.#addLane(holder) : undefined);
    return this.#openIn(lane?.batches ?? this.#common);
  }

  /**
   * The batch that takes a change of a whole topic. It goes behind all that waits and is about that topic, whoever's it
   * is, and nobody but its holder waits for it.
   */
  openBehind(topic: string, place: WritePlace): Batch {
    const before = this.#waitingElsewhere(topic, place.holder);
    if (before.size === 0) return this.open(place);
    const batch = new Batch();
    (this.#lanes.get(place.holder) ?? this.#addLane(place.holder)).batches.push(batch);
    this.#waits.set(batch, before);
    return batch;
  }

  /** The batches about a topic that what a holder writes now does not come behind anyway. */
  #waitingElsewhere(topic: string, holder: string): Set<Batch> {
    const own = this.#lanes.get(holder);
    const found = new Set<Batch>();
    // A new lane begins behind all common batches; so does what goes into one of those.
    const others = own === undefined ? [] : [this.#common];
    for (const lane of this.#lanes.values()) if (lane !== own) others.push(lane.batches);
    for (const batches of others) for (const batch of batches) if (batch.isAbout(topic)) found.add(batch);
    return found;
  }

  /** The batch that takes a part of a long append; all its parts are put in one after another. */
  openPart(holder: string, part: BatchPart): Batch {
    const batch = new Batch(part);
    (this.#lanes.get(holder) ?? this.#addLane(holder)).batches.push(batch);
    return batch;
  }

  #isTaken(topic: string | undefined): boolean {
    return this.#taken.size > 0 && topic !== undefined && this.#taken.has(topic);
  }

  #openIn(batches: Batch[]): Batch {
    const last = batches.at(-1);
    if (last?.isFull(this.isShared ? SHARED : ALONE) === false) return last;
    const batch = new Batch();
    batches.push(batch);
    return batch;
  }

  /** Takes the batch out whose turn it is. */
  next(): Batch | undefined {
    const batch = this.#takeNext();
    if (this.#waits.size === 0 || batch === undefined) return batch;
    this.#waits.delete(batch);
    for (const before of this.#waits.values()) before.delete(batch);
    return batch;
  }

  /** Takes all batches out, in the order in which they would have been handed over. */
  takeAll(): Batch[] {
    const all: Batch[] = [];
    for (let batch = this.next(); batch !== undefined; batch = this.next()) all.push(batch);
    return all;
  }

  #takeNext(): Batch | undefined {
    const lane = this.#nextLane();
    if (lane !== undefined && (this.#common.length === 0 || !this.#laneWasLast)) return this.#takeFrom(lane);
    const batch = this.#common.shift();
    if (batch === undefined) return undefined;
    this.#commonTaken += 1;
    this.#laneWasLast = false;
    this.#note(ownerOf(batch));
    return batch;
  }

  #addLane(holder: string): Lane {
    const lane = { holder, batches: [], behind: this.#commonTaken + this.#common.length };
    this.#lanes.set(holder, lane);
    return lane;
  }

  #nextLane(): Lane | undefined {
    for (const lane of this.#lanes.values()) if (lane.behind <= this.#commonTaken && this.#mayGo(lane)) return lane;
    return undefined;
  }

  /** Whether the next batch of a lane waits for no other, and breaks into no long append. */
  #mayGo(lane: Lane): boolean {
    const [batch] = lane.batches;
    if (this.#waits.size > 0 && batch !== undefined && (this.#waits.get(batch)?.size ?? 0) > 0) return false;
    if (batch?.part !== undefined) return this.#mayGoOn(lane, batch.part.whole);
    for (const topic of this.#taken.keys()) if (batch?.isAbout(topic) === true) return false;
    return true;
  }

  /**
   * Whether a part of a long append may go. When its turn comes, its topic is taken; what has come before goes first.
   */
  #mayGoOn(lane: Lane, whole: WholeAppend): boolean {
    const owner = this.#taken.get(whole.topic);
    if (owner !== undefined) return owner === whole;
    this.#taken.set(whole.topic, whole);
    const before = this.#common.findLastIndex((batch) => batch.isAbout(whole.topic)) + 1;
    lane.behind = this.#commonTaken + before;
    return before === 0;
  }

  #takeFrom(lane: Lane): Batch | undefined {
    const batch = lane.batches.shift();
    // Its next turn comes after those of all others.
    this.#lanes.delete(lane.holder);
    if (lane.batches.length > 0) this.#lanes.set(lane.holder, lane);
    this.#laneWasLast = true;
    if (batch?.part?.isLast === true) this.#taken.delete(batch.part.whole.topic);
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
