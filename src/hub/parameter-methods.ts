import type { Principal } from '../auth/principal';
import type { TopicIds } from '../events/topic-ids';
import type { HubMethod } from '../signalr';
import type { HubErrors } from './hub-errors';
import { sendMethod, type TextIntake, uploadMethod } from './send-methods';

const ITEM = { content: 'data', code: 'invalid_parameters' } as const;

/** The methods that take in parameter data. Every completion is sent after the commit. */
export function parameterMethods(
  service: TextIntake,
  topicIds: TopicIds,
  errors: HubErrors,
): Record<string, HubMethod<Principal>> {
  return {
    /** (topic, streamId, data, options?): one package; options `{idempotencyKey, strict}`. */
    SendParameterData: sendMethod(service, topicIds, errors),

    /** (topic, items, options?): an upload of `{streamId, data}` → `{batches, bytes}`; options `{strict}`. */
    UploadParameters: uploadMethod({ service, form: ITEM, topicIds }, errors),
  };
}
