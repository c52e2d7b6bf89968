import type { TopicInfo } from '../store/contract/catalogue';
import { NOTHING, readContents, tellOf, withEntry, type Contents, type LaneContents } from './contents';
import { OtherContent, type Move } from './moved-store';
import { namedPages } from './pages';
import { PLACEHOLDER } from './placeholder';
import { readEntries } from './read-entries';

/** What the target has of a topic already: nothing, the beginning of its lanes, or all of it. */
export type TargetState = 'none' | 'part' | 'all';

/**
 * Compares what the target has with what the source begins with, lane by lane, and gives how far each topic of the
 * target is. Rejects with `OtherContent` when the target has anything that the source has not: nothing can be gone on
 * with then.
 */
export async function checkTarget(move: Move): Promise<ReadonlyMap<string, TargetState>> {
  const { source, target } = move;
  const states = new Map<string, TargetState>();
  const pages = namedPages(
    (page) => target.store.catalogue.topics(page),
    ({ name }) => name,
  );
  for await (const topics of pages) {
    for (const there of topics) {
      const wanted = await source.store.catalogue.topic(there.name);
      refuseOther(there, wanted);
      states.set(there.name, await stateOf(move, there));
    }
  }
  return states;
}

function refuseOther(there: TopicInfo, wanted: TopicInfo | undefined): void {
  const { name, kind, dataSource } = there;
  const noun = kind === 'rows' ? 'data source' : 'topic';
  if (wanted === undefined) throw new OtherContent(`the target has a ${noun} "${name}", and the source has not`);
  if (wanted.kind !== kind)
    throw new OtherContent(`"${name}" is a ${noun} in the target, and something else in the source`);
  if (wanted.dataSource?.definition !== dataSource?.definition)
    throw new OtherContent(`the data source "${name}" has another definition in the target`);
}

async function stateOf(move: Move, topic: TopicInfo): Promise<TargetState> {
  const { source, target, signal } = move;
  const there = await readContents(target, topic, { signal });
  await refuseOtherStreams(move, topic);
  const lanes = new Map<string, LaneContents>();
  let isMore = false;
  const tell = tellOf(move, 'checking');
  for await (const page of readEntries(source, topic)) {
    signal.throwIfAborted();
    for (const entry of page) {
      const before = lanes.get(entry.lane) ?? NOTHING;
      if (before.count === (there.get(entry.lane)?.count ?? 0)) isMore = true;
      else lanes.set(entry.lane, withEntry(before, entry));
    }
    tell(page);
    if (isMore && isBeginning(lanes, there)) return 'part';
  }
  refuseOtherLanes(topic.name, there, lanes);
  return 'all';
}

/** Whether lanes hold all that there is, and it is the same. */
function isBeginning(lanes: Contents, there: Contents): boolean {
  for (const [lane, { digest }] of there) if (lanes.get(lane)?.digest !== digest) return false;
  return true;
}

function refuseOtherLanes(topic: string, there: Contents, begins: Contents): void {
  for (const [lane, { digest }] of there) {
    if (begins.get(lane)?.digest === digest) continue;
    const what = `"${lane}" of "${topic}"`;
    throw new OtherContent(`what ${what} holds in the target is not what it begins with in the source`);
  }
}

/** Streams that hold nothing have no lanes. */
async function refuseOtherStreams({ source, target }: Move, { name, kind }: TopicInfo): Promise<void> {
  if (kind === 'rows') return;
  const pages = namedPages(
    (page) => target.store.catalogue.streams(name, page),
    ({ streamId }) => streamId,
  );
  for await (const streams of pages) {
    const ids = streams.map(({ streamId }) => streamId);
    const known = new Set((await source.store.catalogue.namedStreams(name, ids)).map(({ streamId }) => streamId));
    const other = ids.find((id) => !known.has(id) && id !== PLACEHOLDER);
    if (other !== undefined)
      throw new OtherContent(`the target has a stream "${other}" in "${name}", and the source has not`);
  }
}
