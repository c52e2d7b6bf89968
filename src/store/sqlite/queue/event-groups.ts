import type { Append, AppendReceipt, EventBatch } from '../../contract/event-log';
import type { StreamWrite } from '../../contract/store';
import type { EventGroupColumns, StreamOutcomes } from '../channel/messages';
import { GROUP_BYTES, type AppendGroups } from './append-groups';
import { writeArray } from './json-array';
import { StreamGroups, type StreamGroup, type TopicEnds } from './stream-groups';
import type { Waiting } from './waiting';

/** Consecutive appends to one stream that become one statement; its bytes are those with brackets and commas. */
interface EventGroup extends StreamGroup<EventBatch> {
  minTimestamp: bigint;
  maxTimestamp: bigint;
}

/** The appends of events of one batch. */
export class EventGroups implements AppendGroups<Append, AppendReceipt, EventGroupColumns, StreamOutcomes> {
  readonly #groups = new StreamGroups<EventBatch, EventGroup>(({ count }) => count);
  #textBytes = 0;
  #eventCount = 0;

  get count(): number {
    return this.#groups.all.length;
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
    return this.#groups.has(topic);
  }

  mayHave(topic: string, streamId: string): boolean {
    return this.#groups.mayHave(topic, streamId);
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
    this.#groups.endGroups();
  }

  writeTexts(target: Uint8Array, start: number): number {
    let end = start;
    for (const { appends } of this.#groups.all) end = writeArray(target, end, appends);
    return end;
  }

  columns(start: number): EventGroupColumns {
    const groups = this.#groups.all;
    let end = start;
    return {
      ...this.#groups.columns(start),
      textEnds: Float64Array.from(groups, ({ bytes }) => (end += bytes)),
      minTimestamps: BigInt64Array.from(groups, ({ minTimestamp }) => minTimestamp),
      maxTimestamps: BigInt64Array.from(groups, ({ maxTimestamp }) => maxTimestamp),
    };
  }

  settle(outcomes: StreamOutcomes): void {
    this.#groups.settle(outcomes);
  }

  stored(outcomes: StreamOutcomes): readonly StreamWrite[] {
    return this.#groups.stored(outcomes);
  }

  allStored(ends: TopicEnds): StreamOutcomes {
    return this.#groups.allStored(ends);
  }

  callers(): Iterable<Waiting> {
    return this.#groups.callers();
  }

  #groupFor(append: Append, record: number): EventGroup {
    const { topic, streamId, createTopic, creator, batch } = append;
    const known = record < 0 ? this.#groups.growing(append) : undefined;
    if (known !== undefined && known.bytes + batch.json.length < GROUP_BYTES) return known;
    const { minTimestamp, maxTimestamp } = batch;
    const target = { topic, streamId, createTopic, creator };
    const group: EventGroup = { ...target, record, appends: [], bytes: 1, minTimestamp, maxTimestamp };
    this.#textBytes += 1;
    this.#groups.add(group);
    return group;
  }
}
