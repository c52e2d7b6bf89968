import type { EventBatch } from '../store/contract/event-log';

/** Timestamps of a batch that lie in January 1970. */
export interface EarlyTimestamps {
  count: number;
  /** The first of them, as it was given. */
  readonly first: number;
}

/** A batch, and what was noticed in it. */
export interface ScannedBatch extends EventBatch {
  readonly early?: EarlyTimestamps;
}

/** From which number on a time of 1973 or later is in a unit, the largest first. */
const UNITS = [
  { least: 1e14, unit: 'microseconds', zeros: 3 },
  { least: 1e11, unit: 'milliseconds', zeros: 6 },
  { least: 1e8, unit: 'seconds', zeros: 9 },
] as const;

/** What a timestamp in January 1970 probably is, as the end of a sentence. */
export function looksLike(timestamp: number): string {
  const found = UNITS.find(({ least }) => timestamp >= least);
  if (found === undefined) return 'lies in January 1970, as timestamps are nanoseconds since then';
  const { unit, zeros } = found;
  return `lies in January 1970, as timestamps are nanoseconds; it seems to be in ${unit}: append ${zeros} zeros`;
}

/** What the sender of such timestamps is told; they are stored as they are. */
export function earlyWarning({ count, first }: EarlyTimestamps): string {
  const others = count === 1 ? '' : ` (and ${count - 1} more of this request)`;
  return `timestamp ${first}${others} is stored as it is, but ${looksLike(first)}; with strict=true it is refused`;
}
