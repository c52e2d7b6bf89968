import type { Principal } from '../auth/principal';
import { WriterHubError } from '../errors';
import type { EventService } from '../events/event-service';
import type { TopicIds } from '../events/topic-ids';
import type { Feed } from '../feed/feed';
import type { Followers } from '../limits/followers';
import type { HeldBytes } from '../limits/held-bytes';
import type { Turns } from '../limits/turns';
import { type HubContext, type HubMethod, streamMethod } from '../signalr';
import { EventItems } from './event-items';
import { EventReads } from './event-reads';
import type { HubCallers } from './hub-callers';
import type { HubErrors } from './hub-errors';
import { parseReads, type ReadArguments } from './read-arguments';

/** What the methods that read need. */
export interface ReaderParts {
  readonly service: Pick<EventService, 'checkReader'>;
  readonly feed: Pick<Feed, 'follow'>;
  readonly followers: Followers;
  readonly held: HeldBytes;
  readonly callers: HubCallers;
  readonly turns: Turns;
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
          const reads = openReads({ ...parts, items, errors }, context, parseReads(topic, options, parts.topicIds));
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

interface OpenParts extends ReaderParts {
  readonly items: EventItems;
  readonly errors: HubErrors;
}

/** Takes a place for each read, and watches the token for as long as they last. */
function openReads(
  { service, feed, followers, held, callers, turns, items, errors }: OpenParts,
  { principal, connectionId, signal }: HubContext<Principal>,
  asked: ReadArguments,
): EventReads {
  const { holder } = principal;
  const check = ({ scopes }: Principal): void => {
    for (const { query } of asked.reads) service.checkReader(scopes, query.topic);
  };
  check(principal);
  const ends: (() => void)[] = [];
  const end = (): void => {
    for (const each of ends) each();
  };
  try {
    for (let taken = 0; taken < asked.reads.length; taken++) ends.push(followers.take(holder));
  } catch (error) {
    end();
    throw error;
  }
  const reads = new EventReads(asked, {
    ...{ feed, items, held, turns, holder },
    explain: (error) => errors.asException(error),
    onEnd: end,
  });
  const watched = {
    onEnd: (error: WriterHubError): void => {
      reads.stop(error);
    },
    onRights: (renewed: Principal): void => {
      try {
        check(renewed);
      } catch (error) {
        reads.stop(error);
      }
    },
  };
  ends.push(callers.watch(connectionId, principal, watched));
  signal.addEventListener('abort', () => void reads.return(), { once: true });
  return reads;
}
