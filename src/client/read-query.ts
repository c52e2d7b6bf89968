/** Where to begin: a position, an end of the topic, or what the server received since a time. */
export type ReadFrom = string | { readonly time: bigint | Date | string };

/** Which events of a topic to read. */
export interface ReadFilter {
  readonly streamId?: string;
  /** Only events with one of these ids. */
  readonly ids?: readonly string[];
  /** Only events with all of these tags. */
  readonly tags?: Readonly<Record<string, string>>;
  /** A position, `earliest`, `latest` (default), or `{time}`: nanoseconds, a date, or ISO 8601 with a zone. */
  readonly from?: ReadFrom;
}

/** One of several reads on one stream of the hub. */
export interface ReadQuery extends ReadFilter {
  readonly topic: string;
}

/** A read as the server takes it, on from a position where there is one. */
export function toArgument({ topic, streamId, ids, tags, from }: ReadQuery, position: string | undefined): object {
  return { topic, streamId, ids, tags, from: position ?? startPoint(from), timestamps: 'text' };
}

function startPoint(from: ReadFrom | undefined): unknown {
  if (typeof from !== 'object') return from;
  const { time } = from;
  return { time: time instanceof Date ? time.toISOString() : String(time) };
}
