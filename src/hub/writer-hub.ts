import { keyOwner, topicHolder, type Principal } from '../auth/principal';
import { WriterHubError } from '../errors';
import type { EventService } from '../events/event-service';
import { HubException, defineHub, method } from '../signalr';
import type { ArgumentMisfit, Hub, HubContext, HubHooks } from '../signalr';
import { activityMethods, type ActivityParts } from './activity-methods';
import { parseSendOptions, parseStreamOptions } from './send-options';
import { streamEvents } from './stream-events';

/** Is notified of every error that a caller is answered with. */
export type OnError = (error: WriterHubError) => void;

/** What the live methods need. */
export type LiveParts = Omit<ActivityParts, 'service' | 'rethrow'>;

/** `options` is `{idempotencyKey, strict}`. */
type SendArguments = [topic: unknown, streamId: unknown, events: Uint8Array, options?: unknown];

/** Left-out properties do not mean to remove all of them. */
const NO_PROPERTIES =
  'the properties are missing: UpdateStream takes (topic, streamId, properties) and replaces all of them; {} removes them';

/**
 * The methods that clients may call at `/hub`. Every completion is sent after the commit; every error is a
 * `HubException` whose text begins with the error's code.
 */
export function writerHub(
  parts: LiveParts & { readonly service: EventService },
  onError: OnError,
  hooks: HubHooks<Principal>,
): Hub<Principal> {
  const { service } = parts;
  const rethrow = (error: unknown): never => {
    throw asHubException(error, onError);
  };

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
        topic,
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

  return defineHub<Principal>(
    {
      /** (topic, streamId, events, options?): an array of events, or one bare; options `{idempotencyKey, strict}`. */
      SendEventData: method(['json', 'json', 'rawJson', 'json'], sendEventData, { optional: 1 }),

      /** (topic, items, options?): an upload of `{streamId, events}` → `{batches, bytes}`; options `{strict}`. */
      StreamEvents: method(
        ['json', 'rawStream', 'json'],
        async (context, topic, items, options) => {
          try {
            const { strict } = parseStreamOptions(options);
            return await streamEvents(items, (streamId, text) => {
              // The rights are those of the request that brought the item, not of the one that began the upload.
              const { scopes, holder } = context.principal;
              const creator = topicHolder(context.principal);
              const posted = { topic, streamId, text, holder, creator, sender: context.connectionId, strict };
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
          service.createStream(principal.scopes, { topic, properties, ...writerOf(principal) }, 'wait').catch(rethrow),
        { optional: 1 },
      ),

      /** (topic, streamId, properties): replaces all of them. */
      UpdateStream: method(
        ['json', 'json', 'json'],
        async ({ principal }, topic, streamId, properties) => {
          try {
            if (properties === undefined) throw new WriterHubError('invalid_properties', NO_PROPERTIES);
            const put = { topic, streamId, properties, ...writerOf(principal) };
            await service.putStream(principal.scopes, put, 'wait');
          } catch (error) {
            rethrow(error);
          }
        },
        { optional: 1 },
      ),

      /** (topic, streamId) */
      CloseStream: method(['json', 'json'], ({ principal }, topic, streamId) =>
        service.closeStream(principal.scopes, { topic, streamId, holder: principal.holder }, 'wait').catch(rethrow),
      ),

      ...activityMethods({ ...parts, rethrow }),
    },
    { ...hooks, onMisfit: (misfit) => asHubError(misfitError(misfit), onError) },
  );
}

/** Arguments that the protocol could not bind: their number is wrong, or they cannot be read. */
function misfitError({ method: name, reason }: ArgumentMisfit): WriterHubError {
  return new WriterHubError('invalid_query', `${name} ${reason}`);
}

/** In whose name something is written. */
function writerOf(principal: Principal): { readonly holder: string; readonly creator: string | undefined } {
  return { holder: principal.holder, creator: topicHolder(principal) };
}

function asHubException(error: unknown, onError: OnError): unknown {
  return error instanceof WriterHubError ? asHubError(error, onError) : error;
}

function asHubError(error: WriterHubError, onError: OnError): HubException {
  onError(error);
  const problems = error.problems ?? [];
  const list = problems.map(({ index, path, message }) => `\n[${index}] ${path}: ${message}`).join('');
  return new HubException(`${error.code}: ${error.message}${list}`);
}
