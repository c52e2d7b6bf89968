import { readFileSync } from 'node:fs';
import path from 'node:path';
import { PACKAGE } from './consumer';

/** The programs of the package's README. */
export interface ReadmePrograms {
  /** `chat.ts` */
  readonly typedHub: string;
  /** `chat.mjs` */
  readonly hub: string;
  /** `client.ts` */
  readonly client: string;
}

export function readmePrograms(): ReadmePrograms {
  const page = readFileSync(path.join(PACKAGE, 'README.md'), 'utf8');
  const blocks = [...page.matchAll(/^```(?:ts|js)\n(.*?)^```$/gms)].map(([, block = '']) => block);
  const [typedHub, hub, client, ...more] = blocks;
  if (typedHub === undefined || hub === undefined || client === undefined || more.length > 0) {
    throw new Error(`the README has ${blocks.length} programs instead of three`);
  }
  return { typedHub, hub, client };
}

/** The same program with `require` instead of `import`. */
export function withRequire(program: string): string {
  return program.replace(/^import (\{.*\}) from ('.*');$/gm, 'const $1 = require($2);');
}
