import type { Append, AppendReceipt, EventBatch } from '../../contract/event-log';
import type { EventGroupColumns } from '../channel/messages';
import { writeArray } from './json-array';
import { StreamGroups, type StreamGroup } from './stream-groups';

/** Consecutive appends to one stream that become one statement; its bytes are those with brackets and commas. */
interface EventGroup extends StreamGroup<EventBatch> {
  minTimestamp: bigint;
  maxTimestamp: bigint;
}

/** The appends of events of one batch. */
export class EventGroups extends StreamGroups<Append, EventBatch, EventGroup, EventGroupColumns> {
  #eventCount = 0;

  get records(): number {
    return this.#eventCount;
  }

  append(append: Append, record: number): Promise<AppendReceipt> {
    return new Promise((resolve, reject) => {
      const { batch } = append;
      const group = this.#groupFor(append, record);
      group.appends.push({ batch, resolve, reject });
      group.bytes += batch.json.length + 1;
      if (batch.minTimestamp < group.minTimestamp) group.minTimestamp = batch.minTimestamp;
      if (batch.maxTimestamp > group.maxTimestamp) group.maxTimestamp = batch.maxTimestamp;
      this.textBytes += batch.json.length + 1;
      this.#eventCount += batch.count;
    });
  }

  writeTexts(target: Uint8Array, start: number): number {
    let end = start;
    for (const { appends } of this.all) end = writeArray(target, end, appends);
    return end;
  }

  columns(start: number): EventGroupColumns {
    let end = start;
    return {
      ...this.targetColumns(start),
      textEnds: Float64Array.from(this.all, ({ bytes }) => (end += bytes)),
      minTimestamps: BigInt64Array.from(this.all, ({ minTimestamp }) => minTimestamp),
      maxTimestamps: BigInt64Array.from(this.all, ({ maxTimestamp }) => maxTimestamp),
    };
  }

  protected offsetsOf({ count }: EventBatch): number {
    return count;
  }

  #groupFor(append: Append, record: number): EventGroup {
    const known = record < 0 ? this.growing(append) : undefined;
    if (known !== undefined) return known;
    const { topic, streamId, createTopic, creator, batch } = append;
    const { minTimestamp, maxTimestamp } = batch;
    const target = { topic, streamId, createTopic, creator };
    const group: EventGroup = { ...target, record, appends: [], bytes: 1, minTimestamp, maxTimestamp };
    this.textBytes += 1;
    this.add(group);
    return group;
  }
}
