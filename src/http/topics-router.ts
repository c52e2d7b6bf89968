import { Router } from 'express';
import { authenticated, type AuthenticatedHandler } from './caller';
import type { IngestDependencies } from './ingest';
import { reads } from './reads';
import { addRoute } from './route';
import { streamWrites } from './stream-writes';

/** The Quix-style routes. The POST that takes events in is answered before Express is reached (`ingest.ts`). */
export function topicsRouter({ service, verifier, limits }: IngestDependencies): Router {
  const router = Router();
  const read = reads(service);
  const write = streamWrites(service, limits);
  const handle = (handler: AuthenticatedHandler) => authenticated(verifier, handler);

  addRoute(router, /^\/topics$/, { GET: handle(read.topics) });
  addRoute(router, /^\/topics\/([^/]*)\/events\/data$/, { GET: handle(read.topicEvents) });
  addRoute(router, /^\/topics\/([^/]*)\/streams$/, { GET: handle(read.streams), POST: handle(write.create) });
  addRoute(router, /^\/topics\/([^/]*)\/streams\/([^/]*)$/, { GET: handle(read.stream), PUT: handle(write.update) });
  addRoute(router, /^\/topics\/([^/]*)\/streams\/([^/]*)\/close$/, { POST: handle(write.close) });
  addRoute(router, /^\/topics\/([^/]*)\/streams\/([^/]*)\/events\/data$/, { GET: handle(read.streamEvents) }, ['POST']);
  return router;
}
