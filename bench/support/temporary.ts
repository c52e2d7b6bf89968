import { mkdtempSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

const made = new Set<string>();
process.on('exit', () => {
  for (const directory of made) rmSync(directory, { recursive: true, force: true });
});

/** Runs `use` with a new directory and removes the directory afterwards, also when this process is interrupted. */
export async function withTemporaryDirectory<Result>(
  use: (directory: string) => Promise<Result>,
  parent = tmpdir(),
): Promise<Result> {
  const directory = mkdtempSync(path.join(parent, 'writer-hub-'));
  made.add(directory);
  try {
    return await use(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
    made.delete(directory);
  }
}
