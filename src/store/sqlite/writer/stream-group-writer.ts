import type { IdempotencyRecord } from '../../contract/idempotency';
import type { CommitRequest, StreamGroupColumns, StreamOutcomes } from '../channel/messages';
import { recordAt } from '../channel/record-columns';
import type { EventTopic, EventTopics } from './event-topics';
import { GroupWriter } from './group-writer';
import type { RecordTable } from './record-table';
import type { Stream } from './streams';

/** Writes a request's groups of one kind that go to streams. */
export abstract class StreamGroupWriter extends GroupWriter {
  protected readonly count: number;
  protected readonly request: CommitRequest;
  protected readonly topics: EventTopics;
  protected readonly firstOffsets: Float64Array;
  protected readonly generations: Float64Array;
  readonly #columns: StreamGroupColumns;
  readonly #records: RecordTable;

  constructor(request: CommitRequest, columns: StreamGroupColumns, topics: EventTopics, records: RecordTable) {
    super();
    this.count = columns.topics.length;
    this.request = request;
    this.topics = topics;
    this.#columns = columns;
    this.#records = records;
    this.firstOffsets = new Float64Array(this.count);
    this.generations = new Float64Array(this.count);
  }

  get outcomes(): StreamOutcomes {
    return { failed: this.failures, firstOffsets: this.firstOffsets, generations: this.generations };
  }

  /** Throws what breaks a rule before anything is changed; `undefined`: the topic is to be made. */
  protected abstract check(group: number, topic: EventTopic | undefined, streamId: string): void;

  /** Writes a group to a stream, behind the end of its topic. */
  protected abstract writeTo(group: number, topic: EventTopic, stream: Stream): void;

  protected write(group: number): void {
    const columns = this.#columns;
    const creation = { create: columns.createTopic[group] === 1, creator: columns.creators[group] };
    const name = columns.topics[group]!;
    const found = this.topics.find(name);
    const streamId = columns.streamIds[group]!;
    const record = recordAt(this.request.records, columns.records[group]!);
    if (found !== undefined && record !== undefined && this.#isRepeated(found, streamId, record)) return;
    if (found !== undefined || creation.create) this.check(group, found, streamId);
    const topic = found ?? this.topics.topic(name, creation);
    const stream = this.topics.stream(topic, streamId, true);
    const first = topic.nextOffset;
    this.writeTo(group, topic, stream);
    if (record !== undefined) this.#records.put({ topic: topic.id, streamId, stream: stream.id }, record);
    this.firstOffsets[group] = first;
    this.generations[group] = topic.generation;
  }

  #isRepeated(topic: EventTopic, streamId: string, record: IdempotencyRecord): boolean {
    const stream = this.topics.findStream(topic, streamId)?.id;
    return this.#records.earlierAnswer({ topic: topic.id, streamId, stream }, record) !== undefined;
  }
}
