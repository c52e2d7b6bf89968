import type { IdempotencyRecord } from '../../contract/idempotency';
import { recordAt } from '../channel/record-columns';
import type { CommitRequest, EventOutcomes, PartPlace } from '../channel/messages';
import type { EventParts } from './event-parts';
import type { EventTopic, EventTopics } from './event-topics';
import { GroupWriter } from './group-writer';
import type { RecordTable } from './record-table';

/** Writes a request's groups of events. */
export class EventWriter extends GroupWriter {
  protected readonly count: number;
  readonly #request: CommitRequest;
  readonly #topics: EventTopics;
  readonly #records: RecordTable;
  readonly #parts: EventParts;
  readonly #firstOffsets: Float64Array;
  readonly #generations: Float64Array;

  constructor(request: CommitRequest, topics: EventTopics, records: RecordTable, parts: EventParts) {
    super();
    this.count = request.groups.events.topics.length;
    this.#request = request;
    this.#topics = topics;
    this.#records = records;
    this.#parts = parts;
    this.#firstOffsets = new Float64Array(this.count);
    this.#generations = new Float64Array(this.count);
  }

  get outcomes(): EventOutcomes {
    return { failed: this.failures, firstOffsets: this.#firstOffsets, generations: this.#generations };
  }

  protected write(group: number): void {
    if (this.#request.part !== undefined) {
      this.#writePart(this.#request.part, group);
      return;
    }
    const { groups, records, text: texts } = this.#request;
    const columns = groups.events;
    const creation = { create: columns.createTopic[group] === 1, creator: columns.creators[group] };
    const topic = this.#topics.topic(columns.topics[group]!, creation);
    const streamId = columns.streamIds[group]!;
    const record = recordAt(records, columns.records[group]!);
    if (record !== undefined && this.#isRepeated(topic, streamId, record)) return;
    const stream = this.#topics.stream(topic, streamId, true);
    const start = group === 0 ? columns.start : columns.textEnds[group - 1]!;
    const first = topic.nextOffset;
    const text = texts.subarray(start, columns.textEnds[group]);
    const insert = topic.isCluttered ? this.#topics.writeOver(topic) : topic.insertEvents;
    const { changes: count } = insert.run(first, stream.id, text);
    const [min, max] = [columns.minTimestamps[group]!, columns.maxTimestamps[group]!];
    this.#topics.added(topic, stream, { first, count, min, max, bytes: text.length });
    if (record !== undefined) this.#records.put({ topic: topic.id, streamId, stream: stream.id }, record);
    this.#firstOffsets[group] = first;
    this.#generations[group] = topic.generation;
  }

  #writePart(place: PartPlace, group: number): void {
    const { groups, records, text } = this.#request;
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
    this.#firstOffsets[group] = offset;
    this.#generations[group] = generation;
  }

  #isRepeated(topic: EventTopic, streamId: string, record: IdempotencyRecord): boolean {
    const stream = this.#topics.findStream(topic, streamId)?.id;
    return this.#records.earlierAnswer({ topic: topic.id, streamId, stream }, record) !== undefined;
  }
}
