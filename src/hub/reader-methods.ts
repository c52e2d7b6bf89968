import type { Principal } from '../auth/principal';
import type { EventService } from '../events/event-service';
import type { TopicIds } from '../events/topic-ids';
import type { Feed } from '../feed/feed';
import { type HubMethod, streamMethod } from '../signalr';
import { EventItems } from './event-items';
import type { HubErrors } from './hub-errors';
import { openReads, type OpenReadsParts } from './open-reads';
import { parseReads } from './read-arguments';

/** What the methods that read need. */
export interface ReaderParts extends OpenReadsParts {
  readonly service: Pick<EventService, 'checkReader'>;
  readonly feed: Pick<Feed, 'follow'>;
  readonly topicIds: TopicIds;
}

/** The methods that read live: what is stored first, then what comes. */
export function readerMethods(parts: ReaderParts, errors: HubErrors): Record<string, HubMethod<Principal>> {
  const items = new EventItems();
  return {
    /** (topic, options?) or ([{topic, ...options}, ...]): options `{streamId, ids, tags, from, timestamps}`. */
    ReadEvents: streamMethod(
      ['json', 'json'],
      async (context, topic, options) => {
        try {
          const asked = parseReads(topic, options, parts.topicIds);
          const { holder } = context.principal;
          const opened = asked.reads.map(({ query, timestamps }, at) => ({
            topic: query.topic,
            ...(asked.isArray && { index: at }),
            framing: items.framing({ timestamps, ...(asked.isArray && { read: at }) }),
            follow: (ending: AbortSignal) => parts.feed.follow(query, { signal: ending, holder }),
          }));
          const check = ({ scopes }: Principal): void => {
            for (const { query } of asked.reads) parts.service.checkReader(scopes, query.topic);
          };
          const reads = openReads(parts, context, { reads: opened, check }, errors);
          await reads.start();
          return reads;
        } catch (error) {
          return errors.rethrow(error);
        }
      },
      { optional: 1 },
    ),
  };
}
