import type { TopicInfo } from '../store/contract/catalogue';
import { BatchedEntries, type Batch } from './batched-entries';
import { readContents, tellOf } from './contents';
import type { Entry } from './entry';
import type { EntryCounts, Move, MovedStore } from './moved-store';
import { packageBatch } from './package-entry';
import { readEntries } from './read-entries';
import { SentBatches } from './sent-batches';

const NO_ROWS = { json: new Uint8Array(), count: 0 };

/** Puts a batch into a store; resolves when it is stored. */
type Send = (batch: Batch) => Promise<unknown>;

/**
 * Copies what a topic or data source of the source holds, but for what the target has already: as many entries of each
 * lane, from the first on. Gives how many it copied.
 */
export async function copyEntries(move: Move, topic: TopicInfo, isBegun: boolean): Promise<EntryCounts> {
  const { source, target, signal } = move;
  const there = isBegun ? await readContents(target, topic, { signal }) : new Map<string, never>();
  const toSkip = new Map([...there].map(([lane, { count }]) => [lane, count] as const));
  const send = await senderTo(target.store, topic);
  const sent = new SentBatches();
  const batches = new BatchedEntries(move.batchCharacters);
  const copied = { events: 0, packages: 0, rows: 0, quarantinedRows: 0 };
  const tell = tellOf(move, 'copying');
  const put = async (batch: Batch): Promise<void> => {
    copied[batch.kind] += batch.entries.length;
    await sent.add(batch.characters, send(batch));
  };
  try {
    for await (const page of readEntries(source, topic)) {
      signal.throwIfAborted();
      for (const entry of page) {
        if (isThere(toSkip, entry)) continue;
        for (const batch of batches.add(entry)) await put(batch);
      }
      tell(page);
    }
    for (const batch of batches.rest()) await put(batch);
  } finally {
    await sent.drain();
  }
  return copied;
}

function isThere(toSkip: Map<string, number>, { lane }: Entry): boolean {
  const left = toSkip.get(lane) ?? 0;
  if (left > 0) toSkip.set(lane, left - 1);
  return left > 0;
}

async function senderTo(store: MovedStore, { name: topic, kind }: TopicInfo): Promise<Send> {
  if (kind === 'events') return (batch) => sendToTopic(store, topic, batch);
  // Of its own: the version of the source means nothing there.
  const { dataSource } = (await store.catalogue.topic(topic)) ?? {};
  const schemaVersion = dataSource?.schemaVersion ?? '';
  return ({ kind: what, entries }) => {
    const written = { json: joined(entries), count: entries.length };
    const [rows, quarantine] = what === 'rows' ? [written, NO_ROWS] : [NO_ROWS, written];
    return store.rows.appendRows({ topic, schemaVersion, rows, quarantine });
  };
}

function sendToTopic(store: MovedStore, topic: string, { lane, kind, entries }: Batch): Promise<unknown> {
  const target = { topic, streamId: lane, createTopic: true };
  if (kind === 'packages') {
    return store.parameters.appendPackage({ ...target, batch: packageBatch(entries[0]!.text) });
  }
  let [minTimestamp, maxTimestamp] = [entries[0]!.timestamp!, entries[0]!.timestamp!];
  for (const { timestamp = 0n } of entries) {
    if (timestamp < minTimestamp) minTimestamp = timestamp;
    if (timestamp > maxTimestamp) maxTimestamp = timestamp;
  }
  const batch = { json: joined(entries), count: entries.length, minTimestamp, maxTimestamp };
  return store.log.append({ ...target, batch });
}

function joined(entries: readonly Entry[]): Buffer {
  return Buffer.from(entries.map(({ text }) => text).join(','));
}
