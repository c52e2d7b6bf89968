import type { Principal } from '../auth/principal';
import type { EventService } from '../events/event-service';
import type { TopicIds } from '../events/topic-ids';
import type { Feed } from '../feed/feed';
import type { FeedPackage } from '../feed/feed-package';
import type { FeedRecord } from '../feed/feed-record';
import type { PackageFollowQuery } from '../feed/package-feed';
import { type HubMethod, streamMethod } from '../signalr';
import type { HubErrors } from './hub-errors';
import { openReads, type OpenReadsParts } from './open-reads';
import { EVENT_READS, PARAMETER_READS, type ReadArguments, ReadParser } from './read-arguments';
import { eventItems, parameterItems, type RecordItems } from './record-items';
import type { TopicQuery } from './subscribed-kinds';

/** What the methods that read need. */
export interface ReaderParts extends OpenReadsParts {
  readonly service: Pick<EventService, 'checkReader'>;
  readonly feed: Pick<Feed, 'follow'>;
  readonly packageFeed: Pick<Feed<PackageFollowQuery, FeedPackage>, 'follow'>;
  readonly topicIds: TopicIds;
}

/** What a method reads, and what it sends. */
interface ReadingKind<Query extends TopicQuery, R extends FeedRecord> {
  readonly parser: { parse(first: unknown, second: unknown): ReadArguments<Query> };
  readonly items: RecordItems<R>;
  readonly feed: Pick<Feed<Query, R>, 'follow'>;
}

/** The methods that read live: what is stored first, then what comes. */
export function readerMethods(parts: ReaderParts, errors: HubErrors): Record<string, HubMethod<Principal>> {
  const { feed, packageFeed, topicIds } = parts;

  const read = <Query extends TopicQuery, R extends FeedRecord>(kind: ReadingKind<Query, R>): HubMethod<Principal> =>
    streamMethod(
      ['json', 'json'],
      async (context, topic, options) => {
        try {
          const asked = kind.parser.parse(topic, options);
          const { holder } = context.principal;
          const opened = asked.reads.map(({ query, timestamps }, at) => ({
            topic: query.topic,
            ...(asked.isArray && { index: at }),
            framing: kind.items.framing({ timestamps, ...(asked.isArray && { read: at }) }),
            follow: (ending: AbortSignal) => kind.feed.follow(query, { signal: ending, holder }),
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
    );

  return {
    /** (topic, options?) or ([{topic, ...options}, ...]): options `{streamId, ids, tags, from, timestamps}`. */
    ReadEvents: read({ parser: new ReadParser(EVENT_READS, topicIds), items: eventItems(), feed }),

    /** (topic, options?) or ([{topic, ...options}, ...]): options `{streamId, parameters, from, timestamps}`. */
    ReadParameters: read({
      parser: new ReadParser(PARAMETER_READS, topicIds),
      items: parameterItems(),
      feed: packageFeed,
    }),
  };
}
