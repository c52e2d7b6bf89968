import type { Principal } from '../auth/principal';
import { WriterHubError } from '../errors';
import type { EventService } from '../events/event-service';
import type { ParameterService } from '../parameters/parameter-service';
import { type ArgumentMisfit, defineHub, type Hub, type HubHooks, type HubMethod } from '../signalr';
import { activityMethods, type ActivityParts } from './activity-methods';
import type { HubErrors } from './hub-errors';
import { definitionMethods } from './definition-methods';
import { parameterMethods } from './parameter-methods';
import { readerMethods, type ReaderParts } from './reader-methods';
import { rowMethods, type RowReaderParts } from './row-methods';
import { subscribeMethods, type SubscribeParts } from './subscribe-methods';
import { writerMethods } from './writer-methods';

/** What the methods of the hub pass calls on to. */
export interface WriterHubParts {
  readonly service: EventService;
  readonly parameters: ParameterService;
  readonly reader: ReaderParts & RowReaderParts & SubscribeParts & ActivityParts;
  readonly errors: HubErrors;
  readonly hooks: HubHooks<Principal>;
}

/** The methods that clients may call at `/hub`, one group of them a file; `descriptions/` says what each is for. */
export function hubMethods({
  service,
  parameters,
  reader,
  errors,
}: Omit<WriterHubParts, 'hooks'>): Record<string, HubMethod<Principal>> {
  return {
    ...writerMethods(service, reader.topicIds, errors),
    ...parameterMethods(parameters, reader.topicIds, errors),
    ...definitionMethods(service, reader.topicIds, errors),
    ...readerMethods(reader, errors),
    ...rowMethods(reader, errors),
    ...subscribeMethods(reader, errors),
    ...activityMethods(reader, errors),
  };
}

/** The hub with its methods. Every error is a `HubException` whose text begins with the error's code. */
export function writerHub({ hooks, ...parts }: WriterHubParts): Hub<Principal> {
  const { errors } = parts;
  return defineHub<Principal>(hubMethods(parts), {
    ...hooks,
    onMisfit: (misfit) => errors.asHubException(misfitError(misfit)),
  });
}

/** Arguments that the protocol could not bind: their number is wrong, or they cannot be read. */
function misfitError({ method: name, reason }: ArgumentMisfit): WriterHubError {
  return new WriterHubError('invalid_query', `${name} ${reason}`);
}
