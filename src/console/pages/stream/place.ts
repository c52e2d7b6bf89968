/** A topic, or one stream of it. */
export interface Place {
  readonly topic: string;
  readonly streamId?: string | undefined;
}

/** The path of stored events. */
export function eventsPath({ topic, streamId }: Place): readonly string[] {
  return streamId === undefined
    ? ['topics', topic, 'events', 'data']
    : ['topics', topic, 'streams', streamId, 'events', 'data'];
}
