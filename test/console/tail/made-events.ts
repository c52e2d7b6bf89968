import type { SentEvent, ShownEvent } from '../../../src/console/tail/event';
import type { EventsAnswer, PageQuery } from '../../../src/console/tail/event-pages';

/** An event at a position; its timestamp is the position in milliseconds. */
export function shown(offset: number, more: Partial<ShownEvent> = {}): ShownEvent {
  return {
    kind: 'event',
    offset: String(offset),
    streamId: 'car-1',
    timestamp: BigInt(offset) * 1_000_000n,
    id: 'speed',
    value: String(offset),
    tags: {},
    ...more,
  };
}

/** Events at these positions, and those in between. */
export function shownFrom(first: number, last: number): ShownEvent[] {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => shown(first + index));
}

export function sent(offset: number): SentEvent {
  return {
    offset: String(offset),
    streamId: 'car-1',
    timestamp: `${offset}000000`,
    id: 'speed',
    value: String(offset),
    tags: null,
  };
}

/** A log that answers with pages as the server does. */
export class MadeLog {
  readonly events: SentEvent[] = [];
  readonly asked: PageQuery[] = [];

  add(...offsets: number[]): void {
    this.events.push(...offsets.map(sent));
  }

  readonly read = (query: PageQuery): Promise<EventsAnswer> => {
    this.asked.push(query);
    const { order, after, limit } = query;
    const line = order === 'asc' ? this.events : this.events.toReversed();
    const rest = line.filter(
      ({ offset }) => after === undefined || (order === 'asc' ? +offset > +after : +offset < +after),
    );
    const events = rest.slice(0, limit);
    return Promise.resolve({ events, next: rest.length > limit ? events.at(-1)!.offset : null });
  };
}
