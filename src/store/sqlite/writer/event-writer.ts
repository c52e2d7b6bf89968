import { recordAt } from '../channel/record-columns';
import type { CommitRequest, PartPlace } from '../channel/messages';
import type { EventParts } from './event-parts';
import type { EventTopic, EventTopics } from './event-topics';
import type { RecordTable } from './record-table';
import { StreamGroupWriter } from './stream-group-writer';
import type { Stream } from './streams';

/** Writes a request's groups of events. */
export class EventWriter extends StreamGroupWriter {
  readonly #parts: EventParts;

  constructor(request: CommitRequest, topics: EventTopics, records: RecordTable, parts: EventParts) {
    super(request, request.groups.events, topics, records);
    this.#parts = parts;
  }

  protected override write(group: number): void {
    if (this.request.part === undefined) super.write(group);
    else this.#writePart(this.request.part, group);
  }

  protected check(): void {
    // Events that were scanned break no rule here.
  }

  protected writeTo(group: number, topic: EventTopic, stream: Stream): void {
    const columns = this.request.groups.events;
    const start = group === 0 ? columns.start : columns.textEnds[group - 1]!;
    const first = topic.nextOffset;
    const text = this.request.text.subarray(start, columns.textEnds[group]);
    const insert = topic.isCluttered ? this.topics.writeOver(topic) : topic.insertEvents;
    const { changes: count } = insert.run(first, stream.id, text);
    const [min, max] = [columns.minTimestamps[group]!, columns.maxTimestamps[group]!];
    this.topics.added(topic, stream, { first, count, min, max, bytes: text.length });
  }

  #writePart(place: PartPlace, group: number): void {
    const { groups, records, text } = this.request;
    const columns = groups.events;
    const { offset, generation } = this.#parts.write(place, {
      topic: columns.topics[group]!,
      streamId: columns.streamIds[group]!,
      creation: { create: columns.createTopic[group] === 1, creator: columns.creators[group] },
      record: recordAt(records, columns.records[group]!),
      text: text.subarray(columns.start, columns.textEnds[group]),
      min: columns.minTimestamps[group]!,
      max: columns.maxTimestamps[group]!,
    });
    this.firstOffsets[group] = offset;
    this.generations[group] = generation;
  }
}
