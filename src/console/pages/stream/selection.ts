import type { Row, ShownEvent } from '../../tail/event';

/** Rows that are selected, as lists of files do it: one, some by Ctrl, a stretch by Shift. */
export interface Selection {
  readonly events: ReadonlyMap<string, ShownEvent>;
  /** Where a stretch begins. */
  readonly anchor: string | undefined;
}

export const NOTHING_SELECTED: Selection = { events: new Map(), anchor: undefined };

/** Selects the one event. */
export function selectOne(event: ShownEvent): Selection {
  return { events: new Map([[event.offset, event]]), anchor: event.offset };
}

/** Adds an event, or takes it out. */
export function toggle({ events }: Selection, event: ShownEvent): Selection {
  const others = new Map(events);
  if (!others.delete(event.offset)) others.set(event.offset, event);
  return { events: others, anchor: event.offset };
}

/** Selects all events between the anchor and this one, both of them too. */
export function selectTo(selection: Selection, event: ShownEvent, rows: readonly Row[]): Selection {
  const { anchor } = selection;
  const from = rows.findIndex((row) => row.kind === 'event' && row.offset === anchor);
  const to = rows.indexOf(event);
  if (from < 0 || to < 0) return selectOne(event);
  const stretch = rows.slice(Math.min(from, to), Math.max(from, to) + 1).filter((row) => row.kind === 'event');
  return { events: new Map(stretch.map((row) => [row.offset, row])), anchor };
}

/** All events of the list. */
export function selectAll(rows: readonly Row[]): Selection {
  const events = rows.filter((row) => row.kind === 'event');
  return { events: new Map(events.map((row) => [row.offset, row])), anchor: events[0]?.offset };
}
