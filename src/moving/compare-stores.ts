import { isDeepStrictEqual } from 'node:util';
import type { TopicInfo } from '../store/contract/catalogue';
import { compareStreams } from './compare-streams';
import { NOTHING, readContents, tellOf, type Contents } from './contents';
import { topicsOf } from './copy-store';
import { Differences } from './differences';
import type { EntryCounts, Move } from './moved-store';

/** What a comparison of two stores has come to. */
export interface Comparison {
  readonly differences: Differences;
  /** What the source holds. */
  readonly topics: number;
  readonly dataSources: number;
  readonly streams: number;
  readonly entries: EntryCounts;
}

/**
 * Reads two stores through and compares them: what topics and data sources hold, lane by lane, by count and digest;
 * streams with their properties, definitions and status; definitions of data sources; revoked tokens; and, unless it is
 * still to be copied, retention.
 */
export async function compareStores(move: Move, { withRetention }: { withRetention: boolean }): Promise<Comparison> {
  const { source, target } = move;
  const differences = new Differences();
  const entries = { events: 0, packages: 0, rows: 0, quarantinedRows: 0 };
  const counted = { topics: 0, dataSources: 0, streams: 0 };
  const { onProgress } = move;
  const counting: Move = {
    ...move,
    onProgress: (phase, counts) => {
      for (const kind of ['events', 'packages', 'rows', 'quarantinedRows'] as const) entries[kind] += counts[kind];
      onProgress?.(phase, counts);
    },
  };
  for await (const topic of topicsOf(source.store)) {
    counted[topic.kind === 'rows' ? 'dataSources' : 'topics'] += 1;
    counted.streams += topic.streamCount;
    await compareTopic(counting, topic, differences);
  }
  for await (const { name } of topicsOf(target.store)) {
    if ((await source.store.catalogue.topic(name)) === undefined) differences.add(`"${name}" is in the target alone`);
  }
  await compareTokens(move, differences);
  if (withRetention) await compareRetention(move, differences);
  return { differences, ...counted, entries };
}

/** Compares how long topics and data sources keep what they hold. */
export async function compareRetention({ source, target }: Move, differences: Differences): Promise<void> {
  for await (const { name, retention } of topicsOf(source.store)) {
    const there = await target.store.catalogue.topic(name);
    if (there === undefined || isDeepStrictEqual(there.retention, retention)) continue;
    differences.add(`"${name}": another retention`);
  }
}

async function compareTopic(move: Move, topic: TopicInfo, differences: Differences): Promise<void> {
  const { source, target, signal } = move;
  const { name, kind } = topic;
  const there = await target.store.catalogue.topic(name);
  const [wanted, found] = await Promise.all([
    readContents(source, topic, { signal, onPage: tellOf(move, 'comparing') }),
    there?.kind === kind ? readContents(target, topic, { signal }) : undefined,
  ]);
  if (found === undefined) {
    differences.add(there === undefined ? `"${name}" is missing` : `"${name}" holds something else`);
    return;
  }
  compareContents(name, { wanted, found }, differences);
  if (there?.dataSource?.definition !== topic.dataSource?.definition) differences.add(`"${name}": another definition`);
  if (kind === 'events') await compareStreams(move, name, differences);
}

function compareContents(
  topic: string,
  { wanted, found }: { readonly wanted: Contents; readonly found: Contents },
  differences: Differences,
): void {
  for (const lane of new Set([...wanted.keys(), ...found.keys()])) {
    const [one, other] = [wanted.get(lane) ?? NOTHING, found.get(lane) ?? NOTHING];
    if (one.count !== other.count) {
      differences.add(`"${lane}" of "${topic}": ${one.count} in the source, ${other.count} in the target`);
    } else if (one.digest !== other.digest) {
      differences.add(`"${lane}" of "${topic}": ${one.count} in both, but not the same`);
    }
  }
}

/** A token may expire while the stores are compared. */
async function compareTokens({ source, target }: Move, differences: Differences): Promise<void> {
  const wanted = await source.store.tokens.revokedTokens();
  const there = new Map((await target.store.tokens.revokedTokens()).map((token) => [token.tokenId, token]));
  const now = Date.now();
  for (const token of wanted) {
    if (token.expiresAt !== undefined && token.expiresAt <= now) continue;
    if (!isDeepStrictEqual(there.get(token.tokenId), token))
      differences.add(`the revoked token ${token.tokenId} is not revoked in the target`);
  }
}
