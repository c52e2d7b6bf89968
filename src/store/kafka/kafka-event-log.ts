import type {
  Append,
  AppendReceipt,
  DefinitionsPut,
  EventLog,
  EventPage,
  ReadQuery,
  StreamPut,
} from '../contract/event-log';
import type { Position, StartPoint } from '../contract/position';
import type { RetentionChange } from '../contract/retention';
import { putDefinitions, putStream } from '../sqlite/channel/changes';
import type { Change } from '../sqlite/channel/messages';
import type { SqliteView } from '../sqlite/sqlite-view';
import type { LogWrites, WriteTarget } from './log-writes';
import type { ViewWaits } from './view-waits';

export interface KafkaEventLogParts {
  readonly writes: LogWrites;
  /** Reads what the view has. */
  readonly reads: Pick<EventLog, 'read' | 'resolve'>;
  readonly view: Pick<SqliteView, 'tryRetention'>;
  readonly waits: ViewWaits;
  readonly kindOf: (topic: string) => 'events' | 'rows';
}

/** The event log of a Kafka cluster. */
export class KafkaEventLog implements EventLog {
  readonly #parts: KafkaEventLogParts;

  constructor(parts: KafkaEventLogParts) {
    this.#parts = parts;
  }

  async append(append: Append): Promise<AppendReceipt> {
    const { topic, createTopic, creator, holder } = append;
    const target = { topic, kind: 'events', createTopic, creator } as const;
    return (await this.#parts.writes.write(target, { kind: 'events', append }, holder)) as AppendReceipt;
  }

  putStream(put: StreamPut): Promise<void> {
    return this.#change(put, putStream(put));
  }

  putDefinitions(put: DefinitionsPut): Promise<void> {
    return this.#change(put, putDefinitions(put));
  }

  closeStream(topic: string, streamId: string, holder?: string): Promise<void> {
    return this.#change({ topic, holder }, { kind: 'close_stream', topic, streamId });
  }

  removeStream(topic: string, streamId: string, holder?: string): Promise<void> {
    return this.#change({ topic, holder }, { kind: 'remove_stream', topic, streamId });
  }

  removeTopic(topic: string, holder?: string): Promise<void> {
    return this.#parts.writes.changeCatalogue({ kind: 'remove_topic', topic }, holder);
  }

  /** Whether it would empty the topic is looked at here alone: elsewhere the old may have been removed by then. */
  async setRetention(change: RetentionChange, holder?: string): Promise<void> {
    const { writes, view, kindOf } = this.#parts;
    const { topic } = change;
    await writes.settled(topic);
    await view.tryRetention(change);
    const confirmed = { kind: 'set_retention', ...change, confirmed: true } as const;
    await writes.write({ topic, kind: kindOf(topic) }, { kind: 'change', change: confirmed }, holder);
  }

  async read(query: ReadQuery): Promise<EventPage> {
    await this.#parts.waits.reached(query.topic, query.after);
    return this.#parts.reads.read(query);
  }

  async resolve(topic: string, start: StartPoint): Promise<Position> {
    await this.#parts.waits.reached(
      topic,
      typeof start === 'object' && 'position' in start ? start.position : undefined,
    );
    return this.#parts.reads.resolve(topic, start);
  }

  /** A change of what belongs to a topic of events. */
  async #change(
    { holder, ...target }: Omit<WriteTarget, 'kind'> & { readonly holder?: string | undefined },
    change: Change,
  ): Promise<void> {
    const { topic, createTopic, creator } = target;
    await this.#parts.writes.write({ topic, kind: 'events', createTopic, creator }, { kind: 'change', change }, holder);
  }
}
