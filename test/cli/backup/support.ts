import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { findTarget } from '../../../src/cli/target';
import type { Outcome } from '../../support/command';
import { runHere } from '../../support/command-here';
import { TestHub, temporaryDirectory } from '../../support/test-hub';

/** A server whose secret is in its data directory, as that of a user is. */
export function startHub(dataDir: string): Promise<TestHub> {
  return TestHub.start({ dataDir, jwtSecret: undefined, shutdownTimeout: 200 });
}

/** The headers of a token made with the secret of a data directory. */
export function tokenOf(dataDir: string): { authorization: string } {
  return { authorization: `Bearer ${findTarget({ dataDir }, 'admin', {}).token}` };
}

/** A request to a server with such a token. */
export async function ask(hub: TestHub, path: string, body?: unknown): Promise<{ status: number; text: string }> {
  const headers = { ...tokenOf(hub.hub.dataDir), 'content-type': 'application/json' };
  const response = await hub.fetch(path, {
    headers,
    ...(body !== undefined && { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  return { status: response.status, text: await response.text() };
}

/** Stores events with these values in the stream `s` of a topic. */
export async function store(hub: TestHub, topic: string, ...values: string[]): Promise<void> {
  const events = values.map((value, index) => ({ id: 'n', timestamp: index, value }));
  const { status, text } = await ask(hub, `/topics/${topic}/streams/s/events/data`, events);
  if (status !== 200) throw new Error(text);
}

/** The values of the events of a topic, and the position of the last of them. */
export async function read(hub: TestHub, topic: string): Promise<{ values: string[]; last: string }> {
  const { text } = await ask(hub, `/topics/${topic}/streams/s/events/data?limit=10000`);
  const { events } = JSON.parse(text) as { events: { offset: string; value: string }[] };
  return { values: events.map(({ value }) => value), last: events.at(-1)?.offset ?? '' };
}

export const backup = (dataDir: string, target: string, ...flags: string[]): Promise<Outcome> =>
  runHere(['backup', target, '--data-dir', dataDir, ...flags]);

export const restore = (dataDir: string, source: string, ...flags: string[]): Promise<Outcome> =>
  runHere(['restore', source, '--data-dir', dataDir, ...flags]);

/** A data directory, on which no server runs any more, with these values in the topic `cars`, and a backup of it. */
export async function backedUp(...values: string[]): Promise<{ dataDir: string; source: string; folder: string }> {
  const [dataDir, folder] = [temporaryDirectory(), temporaryDirectory()];
  const hub = await startHub(dataDir);
  await store(hub, 'cars', ...values);
  await hub.close();
  const source = join(folder, 'backup');
  const { code, stderr } = await backup(dataDir, source);
  if (code !== 0) throw new Error(stderr);
  return { dataDir, source, folder };
}

/** The names of the files below a directory, and what they hold, but for the lock. */
export function filesIn(directory: string): Record<string, string> {
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((name) => name !== 'writer-hub.lock' && statSync(join(directory, name)).isFile())
    .map(
      (name) =>
        [
          name,
          createHash('sha256')
            .update(readFileSync(join(directory, name)))
            .digest('hex'),
        ] as const,
    );
  return Object.fromEntries(files);
}

/** Resolves when something holds. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await turn();
}
