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

/** What the sender is told of a batch that is stored. */
interface SendAnswer {
  readonly warning: string;
}

/** A text, and what its sender is to be told. */
interface WarnedText extends PostedText {
  warning: string | undefined;
}

/** The most warnings of an upload that are told. */
const MOST_WARNINGS = 20;

function noteWarning(this: WarnedText, text: string): void {
  this.warning = text;
}

/** (topic, streamId, text, options?): stores a batch → nothing, or `{warning}`; options `{idempotencyKey, strict}`. */
export function sendMethod(
  service: TextIntake,
  topicIds: TopicIds,
  { rethrow }: Pick<HubErrors, 'rethrow'>,
): HubMethod<Principal> {
  // Called once for each invocation: no closure is made for it.
  const send = async (
    { principal, connectionId }: HubContext<Principal>,
    ...[topic, streamId, text, options]: SendArguments
  ): Promise<SendAnswer | undefined> => {
    try {
      const { idempotencyKey, strict } = parseSendOptions(options);
      const subject = idempotencyKey === undefined ? undefined : keyOwner(principal);
      const { scopes, holder } = principal;
      const posted: WarnedText = {
        topic: topicIds.nameOf(topic),
        streamId,
        text,
        idempotencyKey,
        subject,
        holder,
        creator: topicHolder(principal),
        sender: connectionId,
        strict,
        warn: noteWarning,
        warning: undefined,
      };
      await service.append(scopes, posted, 'wait');
      return posted.warning === undefined ? undefined : { warning: posted.warning };
    } catch (error) {
      return rethrow(error);
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

/** (topic, items, options?): an upload, each item a batch → `{batches, bytes, warnings?}`; options `{strict}`. */
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
        const warnings: string[] = [];
        const warn = (text: string, streamId: string): void => {
          if (warnings.length < MOST_WARNINGS) warnings.push(`stream ${streamId}: ${text}`);
        };
        const store = (streamId: unknown, text: Uint8Array): Promise<unknown> => {
          // The rights are those of the request that brought the item, not of the one that began the upload.
          const { scopes, holder } = context.principal;
          const creator = topicHolder(context.principal);
          const posted = { topic: name, streamId, text, holder, creator, sender: context.connectionId, strict, warn };
          return service.append(scopes, posted, 'wait');
        };
        const stored = await storeUpload(items, { form, store });
        return warnings.length === 0 ? stored : { ...stored, warnings };
      } catch (error) {
        return rethrow(error);
      }
    },
    { optional: 1 },
  );
}
