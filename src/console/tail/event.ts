/** An event as it is shown: nothing of it is rounded. */
export interface ShownEvent {
  readonly kind: 'event';
  /** Its position, `offset` of the API. */
  readonly offset: string;
  readonly streamId: string;
  /** Nanoseconds since 1970. */
  readonly timestamp: bigint;
  readonly id: string;
  /** The text that was sent; null: none was. */
  readonly value: string | null;
  readonly tags: Readonly<Record<string, string>>;
}

/** Events that are left out of the list, between the rows beside it. */
export interface Gap {
  readonly kind: 'gap';
  /** Positions between which they are, themselves not among them. */
  readonly after: string;
  readonly before: string;
  readonly count: number;
  /** Whether there are exactly so many, or so many at the most. */
  readonly isExact: boolean;
}

export type Row = ShownEvent | Gap;

/** An event as HTTP pages and the hub give it; `timestamp` as a number that is exact, or as its digits. */
export interface SentEvent {
  readonly offset: string;
  readonly streamId?: string;
  readonly timestamp: { toString(): string };
  readonly id: string;
  readonly value: string | null;
  readonly tags: Readonly<Record<string, string>> | null;
}

const NO_TAGS: ShownEvent['tags'] = {};

/** `streamId`: of which stream it is, where the event does not say so itself. */
export function shownEvent(event: SentEvent, streamId: string | undefined): ShownEvent {
  return {
    kind: 'event',
    offset: event.offset,
    streamId: event.streamId ?? streamId ?? '',
    timestamp: BigInt(event.timestamp.toString()),
    id: event.id,
    value: event.value,
    tags: event.tags ?? NO_TAGS,
  };
}

/** How many characters a row takes, about. */
export function weightOf(row: Row): number {
  if (row.kind === 'gap') return 0;
  let weight = row.id.length + row.streamId.length + (row.value?.length ?? 0);
  if (row.tags !== NO_TAGS) for (const [name, value] of Object.entries(row.tags)) weight += name.length + value.length;
  return weight;
}
