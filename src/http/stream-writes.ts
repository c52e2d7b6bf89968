import type { EventService } from '../events/event-service';
import { readJson, type BodyLimits } from './body';
import type { AuthenticatedHandler } from './caller';
import { captured } from './route';

/** The HTTP twins of the hub's `CreateStream`, `UpdateStream` and `CloseStream`. */
export interface StreamWrites {
  readonly create: AuthenticatedHandler;
  readonly update: AuthenticatedHandler;
  readonly close: AuthenticatedHandler;
}

export function streamWrites(service: EventService, limits: BodyLimits): StreamWrites {
  return {
    async create({ scopes }, request, response) {
      response.json(await service.createStream(scopes, captured(request, 0), await readJson(request, limits)));
    },
    async update({ scopes }, request, response) {
      await service.putStream(scopes, captured(request, 0), captured(request, 1), await readJson(request, limits));
      response.status(200).end();
    },
    async close({ scopes }, request, response) {
      await service.closeStream(scopes, captured(request, 0), captured(request, 1));
      response.status(200).end();
    },
  };
}
