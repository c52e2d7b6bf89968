import type { WriterHubError } from '../../../errors';
import type { Append, AppendReceipt, EventBatch } from '../../contract/event-log';
import type { StreamWrite } from '../../contract/store';
import { toError } from '../channel/failure';
import type { AdvancedTopics, EventGroupColumns, EventOutcomes, Place } from '../channel/messages';
import { toPosition } from '../channel/offsets';
import { GROUP_BYTES, callersOf, type AppendGroups, type WaitingAppend } from './append-groups';
import { writeArray } from './json-array';
import type { Waiting } from './waiting';

/** Consecutive appends to one stream that become one statement. */
interface EventGroup {
  readonly topic: string;
  readonly streamId: string;
  readonly createTopic: boolean;
  readonly creator: string | undefined;
  /** Index of the idempotency record, -1 for none; an append with a record stays alone. */
  readonly record: number;
  readonly appends: WaitingAppend<EventBatch, AppendReceipt>[];
  /** Of the text with its brackets and commas. */
  bytes: number;
  minTimestamp: bigint;
  maxTimestamp: bigint;
}

/** The appends of events of one batch. */
export class EventGroups implements AppendGroups<Append, AppendReceipt, EventGroupColumns, EventOutcomes> {
  readonly #groups: EventGroup[] = [];
  /** The groups that still take appends, by topic and stream. */
  readonly #growing = new Map<string, Map<string, EventGroup>>();
  #textBytes = 0;
  #eventCount = 0;

  get count(): number {
    return this.#groups.length;
  }

  get records(): number {
    return this.#eventCount;
  }

  get bytes(): number {
    return this.#textBytes;
  }

  get weight(): number {
    return 0;
  }

  has(topic: string): boolean {
    return this.#groups.some((group) => group.topic === topic);
  }

  append(append: Append, record: number): Promise<AppendReceipt> {
    return new Promise((resolve, reject) => {
      const { batch } = append;
      const group = this.#groupFor(append, record);
      group.appends.push({ batch, resolve, reject });
      group.bytes += batch.json.length + 1;
      if (batch.minTimestamp < group.minTimestamp) group.minTimestamp = batch.minTimestamp;
      if (batch.maxTimestamp > group.maxTimestamp) group.maxTimestamp = batch.maxTimestamp;
      this.#textBytes += batch.json.length + 1;
      this.#eventCount += batch.count;
    });
  }

  endGroups(): void {
    this.#growing.clear();
  }

  writeTexts(target: Uint8Array, start: number): number {
    let end = start;
    for (const { appends } of this.#groups) end = writeArray(target, end, appends);
    return end;
  }

  columns(start: number): EventGroupColumns {
    const groups = this.#groups;
    let end = start;
    return {
      topics: groups.map(({ topic }) => topic),
      start,
      records: Int32Array.from(groups, ({ record }) => record),
      streamIds: groups.map(({ streamId }) => streamId),
      creators: groups.map(({ creator }) => creator),
      createTopic: Uint8Array.from(groups, ({ createTopic }) => Number(createTopic)),
      textEnds: Float64Array.from(groups, ({ bytes }) => (end += bytes)),
      minTimestamps: BigInt64Array.from(groups, ({ minTimestamp }) => minTimestamp),
      maxTimestamps: BigInt64Array.from(groups, ({ maxTimestamp }) => maxTimestamp),
    };
  }

  settle({ failed, firstOffsets, generations }: EventOutcomes): void {
    const errors = new Map(failed.map(({ index, failure }) => [index, toError(failure)]));
    for (const [index, group] of this.#groups.entries()) {
      const place = { offset: firstOffsets[index]!, generation: generations[index]! };
      settleGroup(group, place, errors.get(index));
    }
  }

  stored({ failed, firstOffsets }: EventOutcomes): readonly StreamWrite[] {
    if (failed.length === 0 && !firstOffsets.includes(0)) return this.#groups;
    const failures = new Set(failed.map(({ index }) => index));
    return this.#groups.filter((_, index) => !failures.has(index) && firstOffsets[index] !== 0);
  }

  /**
   * The outcomes, where every group was stored: each ends where the next one of its topic begins, and the last one at
   * the topic's end.
   */
  allStored({ names, offsets, generations: ofTopics }: AdvancedTopics): EventOutcomes {
    const next = new Map(names.map((name, index) => [name, offsets[index]!]));
    const generationOf = new Map(names.map((name, index) => [name, ofTopics[index]!]));
    const firstOffsets = new Float64Array(this.#groups.length);
    const generations = Float64Array.from(this.#groups, ({ topic }) => generationOf.get(topic) ?? 0);
    for (let index = this.#groups.length - 1; index >= 0; index--) {
      const { topic, appends } = this.#groups[index]!;
      const last = next.get(topic) ?? 0;
      const before = last - appends.reduce((sum, { batch }) => sum + batch.count, 0);
      firstOffsets[index] = before + 1;
      next.set(topic, before);
    }
    return { failed: [], firstOffsets, generations };
  }

  callers(): Iterable<Waiting> {
    return callersOf(this.#groups);
  }

  #groupFor({ topic, streamId, createTopic, creator, batch }: Append, record: number): EventGroup {
    let streams = this.#growing.get(topic);
    if (streams === undefined) {
      streams = new Map();
      this.#growing.set(topic, streams);
    }
    const known = streams.get(streamId);
    const joins = record < 0;
    // A topic that is refused for one creator's sake must not be refused for another's.
    const isAlike = known?.createTopic === createTopic && known.creator === creator;
    if (joins && isAlike && known.bytes + batch.json.length < GROUP_BYTES) return known;
    const { minTimestamp, maxTimestamp } = batch;
    const group: EventGroup = {
      topic,
      streamId,
      createTopic,
      creator,
      record,
      appends: [],
      bytes: 1,
      minTimestamp,
      maxTimestamp,
    };
    this.#textBytes += 1;
    if (joins) streams.set(streamId, group);
    else streams.delete(streamId);
    this.#groups.push(group);
    return group;
  }
}

function settleGroup({ appends }: EventGroup, { offset, generation }: Place, error: WriterHubError | undefined): void {
  let next = offset;
  for (const { batch, resolve, reject } of appends) {
    next += batch.count;
    if (error !== undefined) reject(error);
    // The writer gives 0 for an append that was stored before; it is alone in its group.
    else resolve({ position: offset === 0 ? undefined : toPosition(next - 1, generation) });
  }
}
