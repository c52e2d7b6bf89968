import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** The file that is there in place of a directory, or of one above it; `undefined`: there is none. */
export function fileInTheWay(directory: string): string | undefined {
  let path = resolve(directory);
  for (;;) {
    const isDirectory = isDirectoryAt(path);
    if (isDirectory === false) return path;
    if (isDirectory === true || path === dirname(path)) return undefined;
    path = dirname(path);
  }
}

/** `undefined`: there is nothing, or this user may not know. */
function isDirectoryAt(path: string): boolean | undefined {
  try {
    return statSync(path).isDirectory();
  } catch {
    return undefined;
  }
}
