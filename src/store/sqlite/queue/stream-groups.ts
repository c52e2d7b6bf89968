import type { AppendReceipt } from '../../contract/event-log';
import type { StreamWrite } from '../../contract/store';
import { toError } from '../channel/failure';
import type { AdvancedTopics, StreamGroupColumns, StreamOutcomes } from '../channel/messages';
import { toPosition } from '../channel/offsets';
import { callersOf, GROUP_BYTES, type AppendGroups, type WaitingAppend } from './append-groups';
import type { Waiting } from './waiting';

/** What decides which appends are joined, and where they go. */
export interface GroupTarget {
  readonly topic: string;
  readonly streamId: string;
  readonly createTopic: boolean;
  readonly creator?: string | undefined;
}

/** Consecutive appends to one stream that are written together. */
export interface StreamGroup<Batch> extends GroupTarget {
  readonly creator: string | undefined;
  /** Index of the idempotency record, -1 for none; an append with a record stays alone. */
  readonly record: number;
  readonly appends: WaitingAppend<Batch, AppendReceipt>[];
  /** Of the text as it is written. */
  bytes: number;
}

/** Where topics end, for those who go back from there. */
export class TopicEnds {
  readonly #ends: Map<string, number>;
  readonly #generations: ReadonlyMap<string, number>;

  constructor({ names, offsets, generations }: AdvancedTopics) {
    this.#ends = new Map(names.map((name, index) => [name, offsets[index]!]));
    this.#generations = new Map(names.map((name, index) => [name, generations[index]!]));
  }

  /** The first of so many offsets that end where the topic ends; then it ends before them. */
  takeLast(topic: string, count: number): number {
    const before = (this.#ends.get(topic) ?? 0) - count;
    this.#ends.set(topic, before);
    return before + 1;
  }

  generationOf(topic: string): number {
    return this.#generations.get(topic) ?? 0;
  }
}

/** The appends of one kind in a batch that go to streams; the groups of a stream grow as long as they may. */
export abstract class StreamGroups<
  Append extends GroupTarget & { readonly batch: Batch },
  Batch extends { readonly json: Uint8Array },
  Group extends StreamGroup<Batch>,
  Columns extends StreamGroupColumns,
> implements AppendGroups<Append, AppendReceipt, Columns, StreamOutcomes> {
  abstract readonly records: number;
  readonly weight: number = 0;
  protected readonly all: Group[] = [];
  protected textBytes = 0;
  /** The groups that still take appends, by topic and stream. */
  readonly #growing = new Map<string, Map<string, Group>>();

  /** How many offsets an append takes. */
  protected abstract offsetsOf(batch: Batch): number;

  abstract append(append: Append, record: number): Promise<AppendReceipt>;
  abstract writeTexts(target: Uint8Array, start: number): number;
  abstract columns(start: number): Columns;

  get count(): number {
    return this.all.length;
  }

  get bytes(): number {
    return this.textBytes;
  }

  has(topic: string): boolean {
    return this.all.some((group) => group.topic === topic);
  }

  endGroups(): void {
    this.#growing.clear();
  }

  /** Whether something for a stream was added since `endGroups` was called last; perhaps also before. */
  mayHave(topic: string, streamId: string): boolean {
    if (this.#growing.get(topic)?.has(streamId) === true) return true;
    // Groups that take no more appends are not found by their streams.
    return this.all.some((group) => group.record >= 0 && group.streamId === streamId && group.topic === topic);
  }

  settle({ failed, firstOffsets, generations }: StreamOutcomes): void {
    const errors = new Map(failed.map(({ index, failure }) => [index, toError(failure)]));
    for (const [index, { appends }] of this.all.entries()) {
      const error = errors.get(index);
      const first = firstOffsets[index]!;
      let next = first;
      for (const { batch, resolve, reject } of appends) {
        next += this.offsetsOf(batch);
        if (error !== undefined) reject(error);
        // The writer gives 0 for an append that was stored before; it is alone in its group.
        else resolve({ position: first === 0 ? undefined : toPosition(next - 1, generations[index]!) });
      }
    }
  }

  stored({ failed, firstOffsets }: StreamOutcomes): readonly StreamWrite[] {
    if (failed.length === 0 && !firstOffsets.includes(0)) return this.all;
    const failures = new Set(failed.map(({ index }) => index));
    return this.all.filter((_, index) => !failures.has(index) && firstOffsets[index] !== 0);
  }

  /** The outcomes, where every group was stored: each ends where the next one of its topic begins. */
  allStored(ends: TopicEnds): StreamOutcomes {
    const firstOffsets = new Float64Array(this.all.length);
    const generations = Float64Array.from(this.all, ({ topic }) => ends.generationOf(topic));
    for (let index = this.all.length - 1; index >= 0; index--) {
      const { topic, appends } = this.all[index]!;
      const count = appends.reduce((sum, { batch }) => sum + this.offsetsOf(batch), 0);
      firstOffsets[index] = ends.takeLast(topic, count);
    }
    return { failed: [], firstOffsets, generations };
  }

  callers(): Iterable<Waiting> {
    return callersOf(this.all);
  }

  /** The group of a stream that still takes an append of this target, if there is one. */
  protected growing({ topic, streamId, createTopic, creator, batch }: Append): Group | undefined {
    const known = this.#growing.get(topic)?.get(streamId);
    // A topic that is refused for one creator's sake must not be refused for another's.
    const isAlike = known?.createTopic === createTopic && known.creator === creator;
    return isAlike && known.bytes + batch.json.length < GROUP_BYTES ? known : undefined;
  }

  /** Adds a group, which takes further appends unless it has a record. */
  protected add(group: Group): void {
    const { topic, streamId, record } = group;
    let streams = this.#growing.get(topic);
    if (streams === undefined) {
      streams = new Map();
      this.#growing.set(topic, streams);
    }
    if (record < 0) streams.set(streamId, group);
    else streams.delete(streamId);
    this.all.push(group);
  }

  /** The columns that all kinds have. */
  protected targetColumns(start: number): StreamGroupColumns {
    return {
      topics: this.all.map(({ topic }) => topic),
      start,
      records: Int32Array.from(this.all, ({ record }) => record),
      streamIds: this.all.map(({ streamId }) => streamId),
      creators: this.all.map(({ creator }) => creator),
      createTopic: Uint8Array.from(this.all, ({ createTopic }) => Number(createTopic)),
    };
  }
}
