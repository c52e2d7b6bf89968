import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const DIRECTORIES: string[] = [];

/** A directory of its own for each call, removed after the tests of the file. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'writer-hub-'));
  DIRECTORIES.push(directory);
  return directory;
}

afterAll(() => {
  for (const directory of DIRECTORIES.splice(0)) rmSync(directory, { recursive: true });
});
