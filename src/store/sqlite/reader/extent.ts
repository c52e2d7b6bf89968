import type { Database } from 'better-sqlite3';
import { WriterHubError } from '../../../errors';
import { type Position, refusedPosition } from '../../contract/position';
import type { RowsPart } from '../../contract/row-store';
import type { Place, StartPlace } from '../channel/reader-messages';
import { toPosition, toRowPosition } from '../channel/offsets';
import { PastGenerations } from '../file/past-generations';

/** From where to where something is kept that is read by offset: the events of a topic, rows, quarantined rows. */
export interface Extent {
  /** Number of the topic. */
  readonly id: number;
  readonly name: string;
  readonly generation: number;
  /** Of the first that is kept. */
  readonly firstOffset: number;
  /** Of the next that comes. */
  readonly nextOffset: number;
  /** Of a data source; absent: events. */
  readonly part?: RowsPart;
}

/** Finds the places that positions name in what is kept. */
export class Places {
  readonly #past: PastGenerations;

  constructor(database: Database) {
    this.#past = new PastGenerations(database);
  }

  /** The place at which a reader begins; `storedBefore` finds the last offset that was stored before a time. */
  clampedStart(start: StartPlace, extent: Extent, storedBefore: (time: number) => number): Place {
    const { generation, firstOffset, nextOffset } = extent;
    const offset = this.#startPoint(start, extent, storedBefore);
    return { generation, offset: Math.max(firstOffset - 1, Math.min(offset, nextOffset - 1)) };
  }

  #startPoint(start: StartPlace, extent: Extent, storedBefore: (time: number) => number): number {
    if (start === 'earliest') return 0;
    if (start === 'latest') return Infinity;
    if ('storedSince' in start) return storedBefore(start.storedSince);
    const offset = this.startOf(start.place, extent);
    if (offset < extent.nextOffset) return offset;
    throw refusedPosition(positionOf(start.place, extent), `is beyond the end of the topic "${extent.name}"`);
  }

  /** The offset to read after. Throws `position_gone` when what follows the place is there no more. */
  startOf(after: Place | undefined, extent: Extent): number {
    const { firstOffset, part } = extent;
    if (after === undefined) return firstOffset - 1;
    const offset = this.offsetIn(after, extent);
    if (offset >= firstOffset - 1) return offset;
    throw gone(`${part === undefined ? 'events' : 'rows'} behind the position were removed`, extent);
  }

  /**
   * The offset of a place. Throws `position_gone` when it is of another topic, or of what was stored after the backup
   * that the store was restored from.
   */
  offsetIn({ offset, generation }: Place, extent: Extent): number {
    const { id, name, part } = extent;
    if (generation === extent.generation) return offset;
    const last = this.#past.lastOffset(id, generation, part);
    if (last === undefined)
      throw gone(`the position is of another topic, or of one that had the name "${name}" before`, extent);
    if (offset <= last) return offset;
    // What follows that is all that the reader has not read.
    const kept = { ...extent, firstOffset: Math.max(last + 1, extent.firstOffset) };
    throw gone('the store was restored from a backup that was made before what lies at the position', kept);
  }
}

function gone(why: string, extent: Extent): WriterHubError {
  const { firstOffset, generation } = extent;
  const earliest = positionOf({ offset: firstOffset - 1, generation }, extent);
  return new WriterHubError('position_gone', `${why}; the earliest position is now ${earliest}`, { earliest });
}

function positionOf({ offset, generation }: Place, { part }: Extent): Position {
  return part === undefined ? toPosition(offset, generation) : toRowPosition(part, offset, generation);
}
