import { stat } from 'node:fs/promises';

/** How often files are looked at, in milliseconds. */
const INTERVAL = 1000;

/** How a file looks: `seen` when it was read, `last` at the last look. */
interface Watched {
  seen: string;
  last: string;
}

/**
 * Notices when files change. It looks at each of them now and then, since notices of the operating system say nothing
 * of network file systems, of a link in the path that is set anew (as Kubernetes does), nor of a file that an editor
 * has put in the place of the old one. A change counts once the file looks the same at two looks: it may be half
 * written.
 */
export class FileWatch {
  readonly #files = new Map<string, Watched>();
  readonly #paths: () => readonly string[];
  readonly #onChange: (path: string) => void;
  #timer: NodeJS.Timeout | undefined;

  /** `paths` is asked at each look; `onChange` is called once for each look at which files had changed. */
  constructor(paths: () => readonly string[], onChange: (path: string) => void) {
    this.#paths = paths;
    this.#onChange = onChange;
  }

  /** Looks at the files now, and from now on. Resolves when their first look is known. */
  async start(interval = INTERVAL): Promise<void> {
    await this.look();
    this.#timer = setInterval(() => {
      void this.look();
    }, interval).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Looks at every file once. */
  async look(): Promise<void> {
    const paths = this.#paths();
    const looks = await Promise.all(paths.map(async (path) => [path, await looksOf(path)] as const));
    let changed: string | undefined;
    for (const [path, look] of looks) {
      const watched = this.#files.get(path) ?? { seen: look, last: look };
      this.#files.set(path, watched);
      const isSettled = look === watched.last;
      watched.last = look;
      if (!isSettled || look === watched.seen) continue;
      watched.seen = look;
      changed ??= path;
    }
    for (const path of this.#files.keys()) if (!paths.includes(path)) this.#files.delete(path);
    if (changed !== undefined) this.#onChange(changed);
  }
}

/** What tells one state of a file from another; links are followed. */
async function looksOf(path: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
    return [dev, ino, size, mtimeNs, ctimeNs].join(' ');
  } catch (error) {
    // Why it cannot be read is told when it is read.
    return String((error as NodeJS.ErrnoException).code);
  }
}
