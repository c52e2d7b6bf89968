import { WriterHubError } from '../../../errors';
import type { RowsPart } from '../../contract/row-store';
import type { Place, StartPlace } from '../channel/reader-messages';
import { toPosition, toRowPosition } from '../channel/offsets';

/** From where to where something is kept that is read by offset: the events of a topic, rows, quarantined rows. */
export interface Extent {
  readonly name: string;
  readonly generation: number;
  /** Of the first that is kept. */
  readonly firstOffset: number;
  /** Of the next that comes. */
  readonly nextOffset: number;
  /** Of a data source; absent: events. */
  readonly part?: RowsPart;
}

/** The place at which a reader begins; `storedBefore` finds the last offset that was stored before a time. */
export function clampedStart(start: StartPlace, extent: Extent, storedBefore: (time: number) => number): Place {
  const { generation, firstOffset, nextOffset } = extent;
  const offset = startPoint(start, extent, storedBefore);
  return { generation, offset: Math.max(firstOffset - 1, Math.min(offset, nextOffset - 1)) };
}

function startPoint(start: StartPlace, extent: Extent, storedBefore: (time: number) => number): number {
  if (start === 'earliest') return 0;
  if (start === 'latest') return Infinity;
  if ('storedSince' in start) return storedBefore(start.storedSince);
  const offset = startOf(start.place, extent);
  if (offset < extent.nextOffset) return offset;
  throw new WriterHubError('invalid_query', `the position is behind the end of the topic "${extent.name}"`);
}

/** The offset to read after. Throws `position_gone` when what follows the place is there no more. */
export function startOf(after: Place | undefined, extent: Extent): number {
  const { firstOffset, part } = extent;
  if (after === undefined) return firstOffset - 1;
  const offset = offsetIn(after, extent);
  if (offset >= firstOffset - 1) return offset;
  throw gone(`${part === undefined ? 'events' : 'rows'} behind the position were removed`, extent);
}

/** The offset of a place. Throws `position_gone` when it is of another topic. */
export function offsetIn({ offset, generation }: Place, extent: Extent): number {
  if (generation === extent.generation) return offset;
  throw gone(`the position is of another topic that was called "${extent.name}" before`, extent);
}

function gone(why: string, { firstOffset, generation, part }: Extent): WriterHubError {
  const offset = firstOffset - 1;
  const earliest = part === undefined ? toPosition(offset, generation) : toRowPosition(part, offset, generation);
  return new WriterHubError('position_gone', `${why}; the earliest position is now ${earliest}`, { earliest });
}
