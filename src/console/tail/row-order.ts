import { comparePositions } from './position';
import type { Row, ShownEvent } from './event';

/** `arrival`: as they were stored; `time`: by timestamp, to the nanosecond, and then as they were stored. */
export type RowOrder = 'arrival' | 'time';

export const ORDERS: readonly RowOrder[] = ['arrival', 'time'];

export function orderOf(text: string | null): RowOrder {
  return text === 'time' ? 'time' : 'arrival';
}

/** Rows in an order. Events are sorted between gaps: what is left out there may be of any time. */
export function ordered(rows: readonly Row[], order: RowOrder): readonly Row[] {
  if (order === 'arrival') return rows;
  const sorted: Row[] = [];
  let events: ShownEvent[] = [];
  for (const row of rows) {
    if (row.kind === 'event') {
      events.push(row);
      continue;
    }
    sorted.push(...events.sort(byTime), row);
    events = [];
  }
  return sorted.concat(events.sort(byTime));
}

function byTime(one: ShownEvent, other: ShownEvent): number {
  if (one.timestamp !== other.timestamp) return one.timestamp < other.timestamp ? -1 : 1;
  // Sorting is stable: positions that cannot be compared stay in the order in which they came.
  return comparePositions(one.offset, other.offset) ?? 0;
}
