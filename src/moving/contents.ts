import { createHash } from 'node:crypto';
import type { TopicInfo } from '../store/contract/catalogue';
import type { Entry } from './entry';
import type { EntryCounts, Move, MovePhase, ReadableStore } from './moved-store';
import { readEntries } from './read-entries';

/** What a lane holds up to a place: how much, and a digest of all of it in its order. */
export interface LaneContents {
  readonly count: number;
  readonly digest: string;
}

/** What a topic or data source holds, by lane. */
export type Contents = ReadonlyMap<string, LaneContents>;

export const NOTHING: LaneContents = { count: 0, digest: '' };

/** The contents of a lane with one entry more. */
export function withEntry({ count, digest }: LaneContents, { kind, content }: Entry): LaneContents {
  return { count: count + 1, digest: createHash('sha256').update(`${digest} ${kind} `).update(content).digest('hex') };
}

/** Reads a topic or data source through. */
export async function readContents(
  from: ReadableStore,
  topic: Pick<TopicInfo, 'name' | 'kind'>,
  { signal, onPage }: { readonly signal: AbortSignal; readonly onPage?: (page: readonly Entry[]) => void },
): Promise<Contents> {
  const contents = new Map<string, LaneContents>();
  for await (const page of readEntries(from, topic)) {
    signal.throwIfAborted();
    for (const entry of page) contents.set(entry.lane, withEntry(contents.get(entry.lane) ?? NOTHING, entry));
    onPage?.(page);
  }
  return contents;
}

/** Tells of the progress of a phase. */
export function tellOf({ onProgress }: Pick<Move, 'onProgress'>, phase: MovePhase): (page: readonly Entry[]) => void {
  return (page) => onProgress?.(phase, countsOf(page));
}

export function countsOf(entries: readonly Entry[]): EntryCounts {
  const counts = { events: 0, packages: 0, rows: 0, quarantinedRows: 0 };
  for (const { kind } of entries) counts[kind] += 1;
  return counts;
}
