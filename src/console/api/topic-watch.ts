import type { Live } from './live';

/** A topic or data source, as `ReadTopics` tells of it. */
interface Told {
  readonly type: string;
  readonly name?: string;
  readonly streams?: number;
}

/**
 * Tells when a topic or data source is there, and each time that it has got or lost a stream, from the feed of all of
 * them, until the function that it answers with is called. It is told once for what is there already: between the
 * answer that it was not and this question, it may have been made.
 */
export function watchTopic(live: Pick<Live, 'stream'>, topic: string, changed: () => void): () => void {
  let before: string | undefined;
  return live.stream<Told>('ReadTopics', [], {
    item({ type, name, streams }) {
      if (name !== topic) return;
      const now = type === 'topic' ? `there, with ${streams ?? 0} streams` : undefined;
      if (now !== undefined && now !== before) changed();
      before = now;
    },
    // Whoever may read nothing is told so by the question that comes first.
    refused: () => undefined,
  });
}
