/** Writes `docs/hub.md` anew, from what has been built. */
import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

const { hubMarkdown } = createRequire(import.meta.url)('../../dist/reference/hub-markdown.js');
await writeFile(new URL('../../docs/hub.md', import.meta.url), hubMarkdown());
