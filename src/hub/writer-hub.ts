import { keyOwner, type Principal } from '../auth/principal';
import { WriterHubError } from '../errors';
import type { EventService } from '../events/event-service';
import { HubException, defineHub, method, type Hub, type HubContext, type HubHooks } from '../signalr';
import { parseSendOptions } from './send-options';
import { streamEvents } from './stream-events';

/** Told of every error that a caller is answered with. */
export type OnRefused = (error: WriterHubError) => void;

/** What a client may call at `/hub`. Every answer is sent after the commit; every error is a `HubException` that starts with its code. */
export function writerHub(service: EventService, onRefused: OnRefused, hooks: HubHooks<Principal>): Hub<Principal> {
  const answer = async <T>(action: () => Promise<T>): Promise<T> => {
    try {
      return await action();
    } catch (error) {
      throw asHubException(error, onRefused);
    }
  };

  const sendEventData = (
    { principal }: HubContext<Principal>,
    topic: unknown,
    streamId: unknown,
    text: Uint8Array,
    options?: unknown,
  ): Promise<void> =>
    answer(() => {
      const { idempotencyKey } = parseSendOptions(options);
      const subject = idempotencyKey === undefined ? undefined : keyOwner(principal);
      return service.append(principal.scopes, { topic, streamId, text, idempotencyKey, subject }, 'wait');
    });

  return defineHub<Principal>(
    {
      /** (topic, streamId, events, options?): an array of events, or one bare event; options are `{idempotencyKey}`. */
      SendEventData: method(['json', 'json', 'rawJson', 'json'], sendEventData, { optional: 1 }),

      /** (topic, items): an upload of `{streamId, events}` → `{batches, bytes}`. */
      StreamEvents: method(['json', 'rawStream'], ({ principal }, topic, items) =>
        answer(() =>
          streamEvents(items, (streamId, text) => service.append(principal.scopes, { topic, streamId, text }, 'wait')),
        ),
      ),

      /** (topic, properties) → `{streamId}` */
      CreateStream: method(['json', 'json'], ({ principal }, topic, properties) =>
        answer(() => service.createStream(principal.scopes, topic, properties, 'wait')),
      ),

      /** (topic, streamId, properties): replaces all of them. */
      UpdateStream: method(['json', 'json', 'json'], ({ principal }, topic, streamId, properties) =>
        answer(() => service.putStream(principal.scopes, topic, streamId, properties, 'wait')),
      ),

      /** (topic, streamId) */
      CloseStream: method(['json', 'json'], ({ principal }, topic, streamId) =>
        answer(() => service.closeStream(principal.scopes, topic, streamId, 'wait')),
      ),
    },
    hooks,
  );
}

function asHubException(error: unknown, onRefused: OnRefused): unknown {
  if (!(error instanceof WriterHubError)) return error;
  onRefused(error);
  const problems = error.problems ?? [];
  const list = problems.map(({ index, path, message }) => `\n[${index}] ${path}: ${message}`).join('');
  return new HubException(`${error.code}: ${error.message}${list}`);
}
