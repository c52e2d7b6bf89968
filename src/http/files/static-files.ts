import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

const compress = promisify(gzip);

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  // RFC 9512
  '.yaml': 'application/yaml',
};

/** A file in both forms in which it is sent. */
export interface StaticFile {
  readonly contentType: string;
  readonly plain: Buffer;
  readonly gzipped: Buffer;
  /** RFC 9110, section 8.8.3: changes with the content. */
  readonly etag: string;
}

/** The files of a folder: known by name from the start, read when they are first asked for, and kept. */
export class StaticFiles {
  readonly #folder: string;
  readonly #names: ReadonlySet<string>;
  readonly #files = new Map<string, Promise<StaticFile>>();

  /** `except`: files of these names are not there. */
  constructor(folder: string, except: readonly string[] = []) {
    this.#folder = folder;
    this.#names = new Set(existsSync(folder) ? readdirSync(folder).filter((name) => !except.includes(name)) : []);
  }

  /** `undefined`: there is no file of that name. */
  find(name: string): Promise<StaticFile> | undefined {
    const contentType = TYPES[extname(name)];
    if (contentType === undefined || !this.#names.has(name)) return undefined;
    let file = this.#files.get(name);
    if (file === undefined) {
      file = this.#read(name, contentType).catch((error: unknown) => {
        // It may be there again at the next request.
        this.#files.delete(name);
        throw error;
      });
      this.#files.set(name, file);
    }
    return file;
  }

  async #read(name: string, contentType: string): Promise<StaticFile> {
    const plain = await readFile(join(this.#folder, name));
    const etag = `"${createHash('sha256').update(plain).digest('base64url').slice(0, 27)}"`;
    return { contentType, plain, gzipped: await compress(plain), etag };
  }
}
