import { topicHolder, type Principal } from '../auth/principal';
import { WriterHubError } from '../errors';
import type { EventService } from '../events/event-service';
import type { TopicIds } from '../events/topic-ids';
import { type HubMethod, method } from '../signalr';
import type { DefinitionKind, Definitions } from '../store/contract/definitions';
import type { HubErrors } from './hub-errors';

type DefinitionService = Pick<EventService, 'putDefinitions' | 'definitions'>;

/** The methods that say what the parameters and events of a stream are. */
export function definitionMethods(
  service: DefinitionService,
  topicIds: TopicIds,
  { rethrow }: HubErrors,
): Record<string, HubMethod<Principal>> {
  const update = (name: string, kind: DefinitionKind): HubMethod<Principal> =>
    method(
      ['json', 'json', 'rawJson'],
      async ({ principal }, topic, streamId, definitions) => {
        try {
          // Left out, they are not meant to be removed.
          if (definitions === undefined) throw missing(name);
          const { scopes, holder } = principal;
          const of = { topic: topicIds.nameOf(topic), streamId, holder, creator: topicHolder(principal) };
          const text = Buffer.from(definitions.buffer, definitions.byteOffset, definitions.length);
          await service.putDefinitions(scopes, { ...of, kind, text }, 'wait');
        } catch (error) {
          rethrow(error);
        }
      },
      { optional: 1 },
    );
  return {
    /** (topic, streamId, definitions): replaces all of them. */
    UpdateParameterDefinitions: update('UpdateParameterDefinitions', 'parameters'),
    UpdateEventDefinitions: update('UpdateEventDefinitions', 'events'),

    /** (topic, streamId) → `{parameters, events}` */
    ReadDefinitions: method(['json', 'json'], ({ principal }, topic, streamId): Promise<Definitions> =>
      service.definitions(principal.scopes, topicIds.nameOf(topic), streamId).catch(rethrow),
    ),
  };
}

function missing(name: string): WriterHubError {
  const usage = `${name} takes (topic, streamId, definitions) and replaces all of them; [] removes them`;
  return new WriterHubError('invalid_definitions', `the definitions are missing: ${usage}`);
}
