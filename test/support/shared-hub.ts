import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../../src/config';
import { TestHub } from './test-hub';

/** A server for all tests of a file that need none of their own. It starts with the first of them. */
export class SharedHub {
  readonly #settings: Partial<Config>;
  #started: Promise<TestHub> | undefined;

  constructor(settings: Partial<Config> = {}) {
    // The stock client leaves sockets behind that it never uses.
    this.#settings = { shutdownTimeout: 200, ...settings };
    afterAll(async () => {
      const hub = await this.#started;
      await hub?.close();
      if (hub !== undefined) rmSync(hub.hub.dataDir, { recursive: true });
    });
  }

  /** The server, with what tests before have left there. */
  hub(): Promise<TestHub> {
    this.#started ??= TestHub.open({ ...this.#settings, dataDir: mkdtempSync(join(tmpdir(), 'writer-hub-test-')) });
    return this.#started;
  }

  /**
   * The server without the topics and data sources of tests before. Positions in a topic whose name another had begin
   * with its generation: who compares them takes `freshName`.
   */
  async emptied(): Promise<TestHub> {
    const hub = await this.hub();
    const { topics } = JSON.parse(await hub.read('/topics')) as { topics: { name: string }[] };
    for (const { name } of topics) {
      const { status } = await hub.fetch(`/topics/${encodeURIComponent(name)}`, { method: 'DELETE' });
      if (status !== 204) throw new Error(`${name} was not removed: ${status}`);
    }
    return hub;
  }
}

let names = 0;

/** A name that no other test of the file has. */
export function freshName(prefix = 't'): string {
  names += 1;
  return `${prefix}${names}`;
}
