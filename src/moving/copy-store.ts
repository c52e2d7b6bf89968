import { isDeepStrictEqual } from 'node:util';
import { toStoredColumn } from '../datasources/data-source';
import { parseDataSourceFile } from '../datasources/definition/datasource-file';
import type { TopicInfo } from '../store/contract/catalogue';
import { checkTarget, type TargetState } from './check-target';
import { copyEntries } from './copy-entries';
import { copyStreams } from './copy-streams';
import type { EntryCounts, Move, MovedStore } from './moved-store';
import { namedPages } from './pages';

/** A schema that was stored is taken as it is, whatever the limit on new ones. */
const STORED = { maxColumns: Infinity };

/**
 * Copies everything of a store to another one, and goes on where it ended when it was interrupted: what the target has
 * is compared with what the source begins with, before anything is written. Nobody else may write to either meanwhile.
 * Retention is not copied: `copyRetention` does that when the two were compared. Gives how much was copied. Rejects
 * with `OtherContent`, and with the reason of the signal.
 */
export async function copyStore(move: Move): Promise<EntryCounts> {
  const states = await checkTarget(move);
  const copied = { events: 0, packages: 0, rows: 0, quarantinedRows: 0 };
  for await (const topic of topicsOf(move.source.store)) {
    const counts = await copyTopic(move, topic, states.get(topic.name) ?? 'none');
    for (const kind of ['events', 'packages', 'rows', 'quarantinedRows'] as const) copied[kind] += counts[kind];
  }
  await copyTokens(move);
  return copied;
}

/** Has the topics of the target keep what they hold for as long as those of the source. */
export async function copyRetention({ source, target, signal }: Move): Promise<void> {
  for await (const { name: topic, retention } of topicsOf(source.store)) {
    signal.throwIfAborted();
    const there = await target.store.catalogue.topic(topic);
    if (isDeepStrictEqual(there?.retention, retention)) continue;
    const { age = null, bytes = null } = retention;
    // All of it may be too old, as it is in the source.
    await target.store.log.setRetention({ topic, age, bytes, confirmed: true });
  }
}

/** All topics and data sources of a store, in order of name. */
export async function* topicsOf({ catalogue }: MovedStore): AsyncGenerator<TopicInfo> {
  const pages = namedPages(
    (page) => catalogue.topics(page),
    ({ name }) => name,
  );
  for await (const page of pages) yield* page;
}

async function copyTopic(move: Move, topic: TopicInfo, state: TargetState): Promise<EntryCounts> {
  const { name, kind, dataSource } = topic;
  if (dataSource !== undefined && state === 'none') {
    const { definition } = dataSource;
    const columns = parseDataSourceFile(definition, STORED).schema.columns.map(toStoredColumn);
    await move.target.store.rows.createDataSource({ name, definition, columns });
  }
  const copied = state === 'all' ? passed(move, topic) : await copyEntries(move, topic, state === 'part');
  if (kind === 'events') await copyStreams(move, topic);
  return copied;
}

/** The target has all that a topic holds. */
function passed({ onProgress }: Move, { kind, recordCount, dataSource }: TopicInfo): EntryCounts {
  const none = { events: 0, packages: 0, rows: 0, quarantinedRows: 0 };
  const quarantinedRows = dataSource?.quarantineCount ?? 0;
  onProgress?.('copying', { ...none, [kind]: recordCount, quarantinedRows });
  return none;
}

async function copyTokens({ source, target }: Move): Promise<void> {
  const there = new Map((await target.store.tokens.revokedTokens()).map((token) => [token.tokenId, token]));
  for (const token of await source.store.tokens.revokedTokens()) {
    const { tokenId, expiresAt } = token;
    if (!isDeepStrictEqual(there.get(tokenId), token)) await target.store.tokens.revokeToken(tokenId, expiresAt);
  }
}
