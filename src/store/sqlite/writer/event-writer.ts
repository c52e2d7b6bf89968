import { recordAt } from '../channel/record-columns';
import type { CommitRequest, EventOutcomes } from '../channel/messages';
import type { EventTopics } from './event-topics';
import { GroupWriter } from './group-writer';
import type { RecordTable } from './record-table';

/** Writes a request's groups of events. */
export class EventWriter extends GroupWriter {
  protected readonly count: number;
  readonly #request: CommitRequest;
  readonly #topics: EventTopics;
  readonly #records: RecordTable;
  readonly #firstOffsets: Float64Array;

  constructor(request: CommitRequest, topics: EventTopics, records: RecordTable) {
    super();
    this.count = request.groups.events.topics.length;
    this.#request = request;
    this.#topics = topics;
    this.#records = records;
    this.#firstOffsets = new Float64Array(this.count);
  }

  get outcomes(): EventOutcomes {
    return { failed: this.failures, firstOffsets: this.#firstOffsets };
  }

  protected write(group: number): void {
    const { groups, records, text: texts } = this.#request;
    const columns = groups.events;
    const topic = this.#topics.topic(columns.topics[group]!, columns.createTopic[group] === 1);
    const streamId = columns.streamIds[group]!;
    const record = recordAt(records, columns.records[group]!);
    const target = { topic: topic.id, streamId };
    if (record !== undefined && this.#records.earlierAnswer(target, record) !== undefined) return;
    const stream = this.#topics.stream(topic, streamId, true);
    const start = group === 0 ? columns.start : columns.textEnds[group - 1]!;
    const first = topic.nextOffset;
    const { changes: count } = topic.insertEvents.run(first, stream.id, texts.subarray(start, columns.textEnds[group]));
    const [min, max] = [columns.minTimestamps[group]!, columns.maxTimestamps[group]!];
    this.#topics.added(topic, stream, { first, count, min, max });
    if (record !== undefined) this.#records.put(target, record);
    this.#firstOffsets[group] = first;
  }
}
