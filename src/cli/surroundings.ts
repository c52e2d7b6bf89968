import type { Readable, Writable } from 'node:stream';

/** The signals that people and process managers end a command with. */
export type EndSignal = 'SIGINT' | 'SIGTERM';

/** Where a command runs: what it uses of its process, which has all of it. */
export interface Surroundings {
  readonly env: NodeJS.ProcessEnv;
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly fd?: number };
  readonly stderr: Writable & { readonly isTTY?: boolean };
  /** Has a signal end the command. */
  once(signal: EndSignal, listener: () => void): unknown;
}
