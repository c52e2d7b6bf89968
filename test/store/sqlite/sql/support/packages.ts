import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { scan } from '../../../../parameters/support/scanning';
import type { SqlStore } from './sql-store';

/** Packages stay as they were sent, or are packed at once. */
export const UNPACKED = { packAfter: 3_600_000 };
export const PACKED = { packAfter: 1 };

/** Appends a package, JSON text, to a stream of the topic `cars`, which is created, or of another. */
export async function sendPackage({ store }: SqlStore, streamId: string, text: string, topic = 'cars'): Promise<void> {
  await store.parameters.appendPackage({ topic, streamId, batch: scan(text), createTopic: true });
}

/** Resolves when all that was appended to a topic is in blocks. */
export async function packed({ directory }: SqlStore, topic = 'cars'): Promise<void> {
  const database = new Database(join(directory, 'writer-hub.db'), { readonly: true });
  try {
    const rest = database.prepare('SELECT next_offset - 1 - packed_offset FROM topics WHERE name = ?').pluck();
    while (rest.get(topic) !== 0) await setImmediate();
  } finally {
    database.close();
  }
}
