import { topicHolder } from '../auth/principal';
import { WriterHubError } from '../errors';
import type { EventService } from '../events/event-service';
import type { BodyReader } from './body-reader';
import { pathParameter } from './express-router';
import type { AuthenticatedHandler } from './route';

/** Handlers that do what the hub's `CreateStream`, `UpdateStream` and `CloseStream` do. */
export interface StreamWrites {
  readonly create: AuthenticatedHandler;
  readonly update: AuthenticatedHandler;
  readonly close: AuthenticatedHandler;
}

export function streamWrites(service: EventService, bodies: BodyReader): StreamWrites {
  return {
    async create(principal, request, response) {
      const properties = await bodies.parseJson(request);
      const posted = { topic: pathParameter(request, 'topic'), properties, holder: topicHolder(principal) };
      response.json(await service.createStream(principal.scopes, posted, 'refuse'));
    },
    async update(principal, request, response) {
      const properties = await bodies.parseJson(request);
      // A missing body does not mean to remove all properties; {} does.
      if (properties === undefined)
        throw new WriterHubError('invalid_properties', 'the body with the properties is missing');
      const stream = { topic: pathParameter(request, 'topic'), streamId: pathParameter(request, 'streamId') };
      const posted = { ...stream, properties, holder: topicHolder(principal) };
      await service.putStream(principal.scopes, posted, 'refuse');
      response.status(200).end();
    },
    async close({ scopes }, request, response) {
      await service.closeStream(scopes, pathParameter(request, 'topic'), pathParameter(request, 'streamId'), 'refuse');
      response.status(200).end();
    },
  };
}
