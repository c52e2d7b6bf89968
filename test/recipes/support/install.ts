import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The variable that says why the recipes of a folder cannot be run, for each folder. */
export const MISSING = {
  'examples/recipes': 'RECIPES_MISSING',
  'examples/recipes/next': 'RECIPES_NEXT_MISSING',
} as const;

/** Installs what the recipes need, where it is not there yet. The tests of what cannot be had are not run. */
export default function install(): void {
  for (const [folder, variable] of Object.entries(MISSING)) {
    const cwd = join(__dirname, '../../..', folder);
    if (existsSync(join(cwd, 'node_modules'))) continue;
    try {
      execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel', 'error'], { cwd, stdio: 'pipe' });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      process.env[variable] = reason;
      process.stderr.write(`${folder}: not run: ${reason}\n`);
    }
  }
}
