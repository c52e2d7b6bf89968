import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Handler } from './route';

/** The page that errors of the Events API point to. The path is the same from `src/` and from `dist/`. */
const PAGE = join(__dirname, '../../docs/events-api.md');

/** Serves the page about the Events API as text. */
export function docsPage(): Handler {
  return async (_request, response) => {
    response.setHeader('Content-Type', 'text/markdown; charset=utf-8');
    response.end(await readFile(PAGE));
  };
}
