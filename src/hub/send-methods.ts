import { keyOwner, topicHolder, type Principal } from '../auth/principal';
import type { PostedText } from '../events/stream-appends';
import type { TopicIds } from '../events/topic-ids';
import type { Access, WhenFull } from '../events/write-gate';
import { type HubContext, type HubMethod, method } from '../signalr';
import type { ItemForm } from './batch-item';
import { storeUpload } from './batch-upload';
import type { HubErrors } from './hub-errors';
import { parseSendOptions, parseStreamOptions } from './send-options';

/** A service that takes in texts of one kind. */
export interface TextIntake {
  append(access: Access, posted: PostedText, whenFull: WhenFull): Promise<unknown>;
}

/** `options` is `{idempotencyKey, strict}`. */
type SendArguments = [topic: unknown, streamId: unknown, text: Uint8Array, options?: unknown];

/** (topic, streamId, text, options?): stores a batch; options `{idempotencyKey, strict}`. */
export function sendMethod(
  service: TextIntake,
  topicIds: TopicIds,
  { rethrow }: Pick<HubErrors, 'rethrow'>,
): HubMethod<Principal> {
  // Called once for each invocation: no closure is made for it.
  const send = async (
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
  return method(['json', 'json', 'rawJson', 'json'], send, { optional: 1 });
}

/** What an upload is made of, and who takes it in. */
interface UploadParts {
  readonly service: TextIntake;
  readonly form: ItemForm;
  readonly topicIds: TopicIds;
}

/** (topic, items, options?): stores an upload, each item as a batch → `{batches, bytes}`; options `{strict}`. */
export function uploadMethod(
  { service, form, topicIds }: UploadParts,
  { rethrow }: Pick<HubErrors, 'rethrow'>,
): HubMethod<Principal> {
  return method(
    ['json', 'rawStream', 'json'],
    async (context, topic, items, options) => {
      try {
        const { strict } = parseStreamOptions(options);
        const name = topicIds.nameOf(topic);
        const store = (streamId: unknown, text: Uint8Array): Promise<unknown> => {
          // The rights are those of the request that brought the item, not of the one that began the upload.
          const { scopes, holder } = context.principal;
          const creator = topicHolder(context.principal);
          const posted = { topic: name, streamId, text, holder, creator, sender: context.connectionId, strict };
          return service.append(scopes, posted, 'wait');
        };
        return await storeUpload(items, { form, store });
      } catch (error) {
        return rethrow(error);
      }
    },
    { optional: 1 },
  );
}
