import type { AppendReceipt } from '../contract/event-log';
import type {
  AggregateQuery,
  PackageAppend,
  PackagePage,
  PackageQuery,
  ParameterStore,
  SampleBuckets,
  SamplePage,
  SampleQuery,
  SeenParameter,
} from '../contract/parameter-store';
import type { LogWrites } from './log-writes';
import type { ViewWaits } from './view-waits';

/** The parameter data of a Kafka cluster. */
export class KafkaParameterStore implements ParameterStore {
  readonly #writes: LogWrites;
  readonly #reads: Omit<ParameterStore, 'appendPackage'>;
  readonly #waits: ViewWaits;

  /** `reads` reads what the view has. */
  constructor(writes: LogWrites, reads: Omit<ParameterStore, 'appendPackage'>, waits: ViewWaits) {
    this.#writes = writes;
    this.#reads = reads;
    this.#waits = waits;
  }

  async appendPackage(append: PackageAppend): Promise<AppendReceipt> {
    const { topic, createTopic, creator, holder } = append;
    const target = { topic, kind: 'events', createTopic, creator } as const;
    return (await this.#writes.write(target, { kind: 'package', append }, holder)) as AppendReceipt;
  }

  async readPackages(query: PackageQuery): Promise<PackagePage> {
    await this.#waits.reached(query.topic, query.after);
    return this.#reads.readPackages(query);
  }

  readSamples(query: SampleQuery): Promise<SamplePage> {
    return this.#reads.readSamples(query);
  }

  aggregateSamples(query: AggregateQuery): Promise<SampleBuckets> {
    return this.#reads.aggregateSamples(query);
  }

  seenParameters(topic: string, streamIds: readonly string[]): Promise<ReadonlyMap<string, readonly SeenParameter[]>> {
    return this.#reads.seenParameters(topic, streamIds);
  }
}
