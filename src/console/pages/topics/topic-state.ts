/** A topic or data source as the API lists it. */
export interface TopicState {
  readonly name: string;
  readonly kind: 'events' | 'rows';
  /** ISO 8601. */
  readonly createdAt: string;
  /** When something was last stored; `null`: nothing was yet. */
  readonly storedAt: string | null;
  readonly position: string;
  readonly earliest: string;
  /** How many of them there are: of a topic of events, of a data source. */
  readonly events?: number;
  readonly rows?: number;
  readonly streams?: number;
  readonly bytes: number;
  readonly retention: RetentionState;
}

/** `null`: the server's default; `never` and 0: no limit. */
export interface RetentionState {
  readonly age: string | null;
  readonly bytes: number | null;
}

export function recordCount({ events = 0, rows = 0 }: TopicState): number {
  return events + rows;
}
