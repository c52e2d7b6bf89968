import { randomInt } from 'node:crypto';
import { lacksScope } from '../errors';
import { checkStreamId, checkTopicName } from '../events/names';
import { type PostedText, StreamAppends } from '../events/stream-appends';
import type { Access, WhenFull, WriteGate } from '../events/write-gate';
import type {
  AggregateQuery,
  ParameterStore,
  SampleBuckets,
  SamplePage,
  SampleQuery,
} from '../store/contract/parameter-store';
import type { Store } from '../store/contract/store';
import type { PackageLimits } from './package-cursor';
import { scanPackage, type ScannedPackage } from './package-scanner';
import type { ParameterWork } from './parameter-work';

export interface ParameterServiceOptions extends Omit<PackageLimits, 'strict' | 'shapeSeed'> {
  /** Checks large packages; absent: the main thread does. */
  readonly work?: ParameterWork;
}

/**
 * The one way in and out for parameter data: every entry point calls it, so that names, scopes, packages and limits
 * are checked in one place. Methods throw or reject with a `WriterHubError`. What writes return has been committed and
 * synced.
 */
export class ParameterService {
  readonly #appends: StreamAppends<ScannedPackage>;
  readonly #store: ParameterStore;

  /** `gate`: the one that all services share which write to streams. */
  constructor(store: Pick<Store, 'parameters'>, gate: WriteGate, options: ParameterServiceOptions) {
    this.#store = store.parameters;
    const { work } = options;
    const shapeSeed = randomInt(2 ** 32);
    // Options may change.
    const limits = (strict: boolean): PackageLimits => {
      const { maxDepth, maxParameters, maxTags } = options;
      return { maxDepth, maxParameters, maxTags, shapeSeed, strict };
    };
    this.#appends = new StreamAppends(gate, {
      purpose: 'parameters',
      scan: (text, isStrict) => scanPackage(text, limits(isStrict)),
      scanElsewhere: work && (({ strict, ...of }) => work.scanPackage({ ...of, limits: limits(strict) })),
      store: (append) => store.parameters.appendPackage(append),
    });
  }

  /**
   * Throws what `append` would throw before it looks at the package: so that a caller need not take in a body in vain.
   */
  checkAppend(access: Access, posted: Pick<PostedText, 'topic' | 'streamId' | 'holder'>, whenFull: WhenFull): void {
    this.#appends.check(access, posted, whenFull);
  }

  /** Stores one package, the JSON text of an object, whole or not at all. One without timestamps stores nothing. */
  append(access: Access, posted: PostedText, whenFull: WhenFull): Promise<unknown> {
    return this.#appends.append(access, posted, whenFull);
  }

  /** A page of stored samples of a stream. */
  async samples(access: Pick<Access, 'mayRead'>, query: SampleQuery): Promise<SamplePage> {
    checkReader(access, query);
    return this.#store.readSamples(query);
  }

  /** Stored samples of a stream, summed up in buckets of time. */
  async aggregates(access: Pick<Access, 'mayRead'>, query: AggregateQuery): Promise<SampleBuckets> {
    checkReader(access, query);
    return this.#store.aggregateSamples(query);
  }
}

function checkReader(
  access: Pick<Access, 'mayRead'>,
  { topic, streamId }: Pick<SampleQuery, 'topic' | 'streamId'>,
): void {
  const name = checkTopicName(topic);
  checkStreamId(streamId);
  if (!access.mayRead(name)) throw lacksScope(`read:${name}`);
}
