import { topicHolder, type Principal } from '../auth/principal';
import { WriterHubError } from '../errors';
import type { EventService } from '../events/event-service';
import { type HubMethod, method } from '../signalr';
import type { TopicIds } from '../events/topic-ids';
import type { HubErrors } from './hub-errors';
import { sendMethod, uploadMethod } from './send-methods';

const ITEM = { content: 'events', code: 'invalid_events' } as const;

/** Left-out properties, and null, do not mean to remove all of them. */
const NO_PROPERTIES =
  'the properties are missing: UpdateStream takes (topic, streamId, properties) and replaces all of them; {} removes them';

/** The methods that write. Every completion is sent after the commit. */
export function writerMethods(
  service: EventService,
  topicIds: TopicIds,
  errors: HubErrors,
): Record<string, HubMethod<Principal>> {
  const { rethrow } = errors;
  return {
    /** (topic, streamId, events, options?): an array of events, or one bare; options `{idempotencyKey, strict}`. */
    SendEventData: sendMethod(service, topicIds, errors),

    /** (topic, items, options?): an upload of `{streamId, events}` → `{batches, bytes}`; options `{strict}`. */
    StreamEvents: uploadMethod({ service, form: ITEM, topicIds }, errors),

    /** (topic, properties?) → `{streamId}` */
    CreateStream: method(
      ['json', 'json'],
      ({ principal }, topic, properties) =>
        service
          .createStream(principal.scopes, { topic: topicIds.nameOf(topic), properties, ...writerOf(principal) }, 'wait')
          .catch(rethrow),
      { optional: 1 },
    ),

    /** (topic, streamId, properties): replaces all of them. */
    UpdateStream: method(
      ['json', 'json', 'json'],
      async ({ principal }, topic, streamId, properties) => {
        try {
          if (properties === undefined || properties === null) {
            throw new WriterHubError('invalid_properties', NO_PROPERTIES);
          }
          const put = { topic: topicIds.nameOf(topic), streamId, properties, ...writerOf(principal) };
          await service.putStream(principal.scopes, put, 'wait');
        } catch (error) {
          rethrow(error);
        }
      },
      { optional: 1 },
    ),

    /** (topic, streamId) */
    CloseStream: method(['json', 'json'], ({ principal }, topic, streamId) =>
      service
        .closeStream(principal.scopes, { topic: topicIds.nameOf(topic), streamId, holder: principal.holder }, 'wait')
        .catch(rethrow),
    ),
  };
}

/** In whose name something is written. */
function writerOf(principal: Principal): { readonly holder: string; readonly creator: string | undefined } {
  return { holder: principal.holder, creator: topicHolder(principal) };
}
