import { topicHolder } from '../auth/principal';
import { WriterHubError } from '../errors';
import type { DefinitionKind } from '../store/contract/definitions';
import type { EventService } from '../events/event-service';
import type { BodyReader } from './body-reader';
import { pathParameter } from './express-router';
import type { AuthenticatedHandler } from './route';
import { hasBody } from './slow-requests';

/** How many times its compact text the text of properties may be: white space and escapes. */
const SPACED = 8;

/** Handlers that do what the hub's methods of streams do. */
export interface StreamWrites {
  readonly create: AuthenticatedHandler;
  readonly update: AuthenticatedHandler;
  readonly close: AuthenticatedHandler;
  /** Replaces the definitions of one kind. */
  define(kind: DefinitionKind): AuthenticatedHandler;
}

export function streamWrites(service: EventService, bodies: BodyReader): StreamWrites {
  const maxBytes = SPACED * service.maxPropertiesBytes;
  return {
    async create(principal, request, response) {
      const { scopes, holder } = principal;
      const topic = pathParameter(request, 'topic');
      service.checkWrite(scopes, topic, 'refuse', holder);
      const properties = await bodies.parseJson({ request, response, holder, maxBytes });
      const posted = { topic, properties, holder, creator: topicHolder(principal) };
      response.json(await service.createStream(scopes, posted, 'refuse'));
    },
    async update(principal, request, response) {
      const { scopes, holder } = principal;
      service.checkWrite(scopes, pathParameter(request, 'topic'), 'refuse', holder);
      const properties = await bodies.parseJson({ request, response, holder, maxBytes });
      // Neither a missing body nor null means to remove all properties; {} does.
      if (properties === undefined || properties === null) {
        throw new WriterHubError('invalid_properties', 'the body with the properties is missing; {} removes them all');
      }
      const stream = { topic: pathParameter(request, 'topic'), streamId: pathParameter(request, 'streamId') };
      const posted = { ...stream, properties, holder, creator: topicHolder(principal) };
      await service.putStream(scopes, posted, 'refuse');
      response.status(200).end();
    },
    define: (kind) => async (principal, request, response) => {
      const { scopes, holder } = principal;
      const [topic, streamId] = [pathParameter(request, 'topic'), pathParameter(request, 'streamId')];
      service.checkWrite(scopes, topic, 'refuse', holder);
      // A missing body does not mean to remove all of them; [] does.
      if (!hasBody(request))
        throw new WriterHubError('invalid_definitions', 'the body with the definitions is missing');
      const text = await bodies.readJson({ request, response, holder, maxBytes: service.maxDefinitionsText });
      const posted = { topic, streamId, kind, text, holder, creator: topicHolder(principal) };
      await service.putDefinitions(scopes, posted, 'refuse');
      response.status(200).end();
    },
    async close({ scopes, holder }, request, response) {
      const stream = { topic: pathParameter(request, 'topic'), streamId: pathParameter(request, 'streamId') };
      await service.closeStream(scopes, { ...stream, holder }, 'refuse');
      response.status(200).end();
    },
  };
}
