import { keyOwner, topicHolder, type Principal } from '../auth/principal';
import { WriterHubError } from '../errors';
import type { EventService } from '../events/event-service';
import { type HubContext, type HubMethod, method } from '../signalr';
import type { TopicIds } from '../events/topic-ids';
import type { HubErrors } from './hub-errors';
import { parseSendOptions, parseStreamOptions } from './send-options';
import { streamEvents } from './stream-events';

/** `options` is `{idempotencyKey, strict}`. */
type SendArguments = [topic: unknown, streamId: unknown, events: Uint8Array, options?: unknown];

/** Left-out properties do not mean to remove all of them. */
const NO_PROPERTIES =
  'the properties are missing: UpdateStream takes (topic, streamId, properties) and replaces all of them; {} removes them';

/** The methods that write. Every completion is sent after the commit. */
export function writerMethods(
  service: EventService,
  topicIds: TopicIds,
  { rethrow }: HubErrors,
): Record<string, HubMethod<Principal>> {
  // Called once for each invocation: no closure is made for it.
  const sendEventData = async (
    { principal, connectionId }: HubContext<Principal>,
    ...[topic, streamId, text, options]: SendArguments
  ): Promise<void> => {
    try {
      const { idempotencyKey, strict } = parseSendOptions(options);
      const subject = idempotencyKey === undefined ? undefined : keyOwner(principal);
      const { scopes, holder } = principal;
      const posted = {
        topic: topicIds.nameOf(topic),
        streamId,
        text,
        idempotencyKey,
        subject,
        holder,
        creator: topicHolder(principal),
        sender: connectionId,
        strict,
      };
      await service.append(scopes, posted, 'wait');
    } catch (error) {
      rethrow(error);
    }
  };

  return {
    /** (topic, streamId, events, options?): an array of events, or one bare; options `{idempotencyKey, strict}`. */
    SendEventData: method(['json', 'json', 'rawJson', 'json'], sendEventData, { optional: 1 }),

    /** (topic, items, options?): an upload of `{streamId, events}` → `{batches, bytes}`; options `{strict}`. */
    StreamEvents: method(
      ['json', 'rawStream', 'json'],
      async (context, topic, items, options) => {
        try {
          const { strict } = parseStreamOptions(options);
          const name = topicIds.nameOf(topic);
          return await streamEvents(items, (streamId, text) => {
            // The rights are those of the request that brought the item, not of the one that began the upload.
            const { scopes, holder } = context.principal;
            const creator = topicHolder(context.principal);
            const posted = { topic: name, streamId, text, holder, creator, sender: context.connectionId, strict };
            return service.append(scopes, posted, 'wait');
          });
        } catch (error) {
          return rethrow(error);
        }
      },
      { optional: 1 },
    ),

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
          if (properties === undefined) throw new WriterHubError('invalid_properties', NO_PROPERTIES);
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
