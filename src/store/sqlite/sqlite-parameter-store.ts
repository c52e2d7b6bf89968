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
import { AddedBuckets, noBuckets } from '../samples/added-buckets';
import { checkBuckets } from '../samples/bucket-sums';
import { toPlace, toPosition } from './channel/offsets';
import type { StoreThreads } from './queue/store-threads';

/** So many parameters are summed up at once, and about so many buckets come of them: others read in between. */
const PARAMETERS_AT_ONCE = 8;
const BUCKETS_AT_ONCE = 8000;

/** The parameter data of the embedded store. */
export class SqliteParameterStore implements ParameterStore {
  readonly #threads: StoreThreads;

  constructor(threads: StoreThreads) {
    this.#threads = threads;
  }

  appendPackage(append: PackageAppend): Promise<AppendReceipt> {
    return this.#threads.appendPackage(append);
  }

  async readPackages({ after, ...query }: PackageQuery): Promise<PackagePage> {
    const place = after === undefined ? undefined : toPlace(after);
    const page = await this.#threads.ask<'packages'>({ kind: 'packages', query: { ...query, after: place } });
    const { generation, offsets, streamIds, texts, more, head } = page;
    const packages = offsets.map((offset, index) => ({
      position: toPosition(offset, generation),
      streamId: streamIds[index]!,
      json: texts[index]!,
    }));
    const end = head === undefined ? {} : { end: toPosition(head, generation) };
    return { packages, position: toPosition(page.after, generation), more, ...end };
  }

  readSamples(query: SampleQuery): Promise<SamplePage> {
    return this.#threads.ask<'samples'>({ kind: 'samples', query });
  }

  async aggregateSamples({ parameters, ...query }: AggregateQuery): Promise<SampleBuckets> {
    const all = noBuckets();
    const added = new AddedBuckets();
    const names = [...new Set(parameters)];
    // How many buckets one has is known when it was summed up.
    let [next, atOnce] = [0, 1];
    do {
      const some = parameters && names.slice(next, next + atOnce);
      await this.#addSums(added, { ...query, parameters: some });
      next += atOnce;
      atOnce = Math.max(1, Math.min(PARAMETERS_AT_ONCE, Math.floor(BUCKETS_AT_ONCE / Math.max(1, added.most))));
      added.moveTo(all);
    } while (next < names.length);
    return all;
  }

  async seenParameters(
    topic: string,
    streamIds: readonly string[],
  ): Promise<ReadonlyMap<string, readonly SeenParameter[]>> {
    const seen = new Map<string, SeenParameter[]>();
    const rows = await this.#threads.ask<'seen_parameters'>({ kind: 'seen_parameters', topic, streamIds });
    for (const { streamId, id, kind } of rows) seen.set(streamId, [...(seen.get(streamId) ?? []), { id, kind }]);
    return seen;
  }

  /** Adds what samples come to, part by part. */
  async #addSums(added: AddedBuckets, query: AggregateQuery): Promise<void> {
    let after: number | undefined;
    do {
      const part = await this.#threads.ask<'aggregates'>({ kind: 'aggregates', query: { ...query, after } });
      for (const buckets of part.sums) added.add(buckets);
      // Parameters, some of which may be far from others, have no more buckets together than are allowed.
      if (added.extent !== undefined) checkBuckets(added.extent, query);
      after = part.next;
    } while (after !== undefined);
  }
}
