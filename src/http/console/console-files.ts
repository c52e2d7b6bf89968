import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

/** Where the build puts the console. The path is the same from `src/` and from `dist/`. */
const DIRECTORY = join(__dirname, '../../../dist/console');

const PAGE = 'index.html';

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

const compress = promisify(gzip);

/** A file in both forms in which it is sent. */
export interface ConsoleFile {
  readonly type: string;
  readonly plain: Buffer;
  readonly gzipped: Buffer;
}

/**
 * The files of the console, as the build has left them: known by name from the start, read when they are first asked
 * for, and kept. A name holds a hash of what is in the file, so a file never changes.
 */
export class ConsoleFiles {
  readonly #directory: string;
  readonly #names: ReadonlySet<string>;
  readonly #files = new Map<string, Promise<ConsoleFile>>();

  constructor(directory = DIRECTORY) {
    this.#directory = directory;
    this.#names = new Set(existsSync(directory) ? readdirSync(directory) : []);
  }

  /** The page; `undefined` where the console was not built. */
  page(): Promise<ConsoleFile> | undefined {
    return this.#names.has(PAGE) ? this.#kept(PAGE, 'text/html; charset=utf-8') : undefined;
  }

  /** A file that the page names; `undefined`: there is none of that name. */
  file(name: string): Promise<ConsoleFile> | undefined {
    const type = TYPES[extname(name)];
    return type !== undefined && this.#names.has(name) ? this.#kept(name, type) : undefined;
  }

  #kept(name: string, type: string): Promise<ConsoleFile> {
    const kept = this.#files.get(name);
    if (kept !== undefined) return kept;
    const reading = this.#read(name, type).catch((error: unknown) => {
      // It may be there again at the next request.
      this.#files.delete(name);
      throw error;
    });
    this.#files.set(name, reading);
    return reading;
  }

  async #read(name: string, type: string): Promise<ConsoleFile> {
    const plain = await readFile(join(this.#directory, name));
    return { type, plain, gzipped: await compress(plain) };
  }
}
