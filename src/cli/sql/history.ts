import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/** How many queries are remembered. */
const REMEMBERED = 1000;

/** The queries that were typed before, the newest first, in a file that its owner alone reads. */
export class SqlHistory {
  /** What `readline` shows; it is told of what is changed here. */
  readonly lines: string[];
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
    this.lines = readLines(path);
  }

  /** Adds a query. What cannot be one line is left out. */
  add(query: string): void {
    const line = onOneLine(query);
    if (line === undefined || line === this.lines[0]) return;
    this.lines.unshift(line);
    this.lines.splice(REMEMBERED);
  }

  /** Writes it to its file. Throws when that cannot be written. */
  save(): void {
    mkdirSync(dirname(this.#path), { recursive: true, mode: 0o700 });
    writeFileSync(this.#path, this.lines.map((line) => `${line}\n`).join(''), { mode: 0o600 });
    // It may have been there already, and open to others: values stand in queries.
    chmodSync(this.#path, 0o600);
  }
}

/** Where it lies: https://specifications.freedesktop.org/basedir-spec/latest/ */
export function historyFile(env: NodeJS.ProcessEnv): string {
  const given = env['XDG_STATE_HOME'] ?? '';
  // Relative paths are to be ignored.
  const state = given.startsWith('/') ? given : join(env['HOME'] ?? homedir(), '.local', 'state');
  return join(state, 'writer-hub', 'sql_history');
}

function readLines(path: string): string[] {
  try {
    return readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .slice(0, REMEMBERED);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

function onOneLine(query: string): string | undefined {
  const lines = query.trim().split('\n');
  // What follows a comment would be part of it; a break may be part of a text.
  if (lines.length > 1 && /--|'/.test(query)) return undefined;
  return lines.map((line) => line.trim()).join(' ');
}
