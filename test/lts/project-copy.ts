import { execFileSync } from 'node:child_process';
import { cpSync, existsSync } from 'node:fs';
import path from 'node:path';

/** Copies the files of a Git checkout as they are now, except those that Git ignores. */
export function copyProject(root: string, to: string): void {
  const listing = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const files = execFileSync('git', listing, { cwd: root, encoding: 'utf8' }).split('\0');
  for (const file of new Set(files)) {
    const source = path.join(root, file);
    // A file that was deleted but not committed is listed all the same.
    if (file !== '' && existsSync(source)) cpSync(source, path.join(to, file));
  }
}
