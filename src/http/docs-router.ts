import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Router } from 'express';
import { addRoute } from './route';
import { DOCUMENTATION } from './v0/v0-error';

/** The page that errors of the Events API point to; it is the same in the package and in its source. */
const PAGE = join(__dirname, '../../docs/events-api.md');

/** Serves the page about the Events API as text. */
export function docsRouter(): Router {
  const router = Router();
  addRoute(router, DOCUMENTATION, {
    GET: async (_request, response) => {
      response.setHeader('Content-Type', 'text/markdown; charset=utf-8');
      response.end(await readFile(PAGE));
    },
  });
  return router;
}
