import type { PackagePage, ParameterStore } from '../store/contract/parameter-store';
import { Feed, type FeedOptions } from './feed';
import { FeedPackage } from './feed-package';
import type { FeedPage, FeedPageQuery, FeedQuery } from './feed-source';
import { TopicSource, type TopicSourceStore } from './topic-source';

/** Which packages a reader follows, and from where. */
export interface PackageFollowQuery extends FeedQuery {
  readonly topic: string;
  readonly streamId?: string | undefined;
  /** Ids of parameters, of whatever kind: packages that have one of them, without the others. Absent: all. */
  readonly parameters?: ReadonlySet<string> | undefined;
}

/** What a feed of packages needs of a store. */
export interface PackageFeedStore extends TopicSourceStore {
  readonly parameters: Pick<ParameterStore, 'readPackages'>;
}

/** Follows the parameter data of topics. Rejects as `EventLog.resolve` and `ParameterStore.readPackages`. */
export class PackageFeed extends Feed<PackageFollowQuery, FeedPackage> {
  constructor(store: PackageFeedStore, options: FeedOptions) {
    super(new PackageSource(store), options);
  }
}

class PackageSource extends TopicSource<PackageFollowQuery, FeedPackage, PackageFeedStore> {
  placeOf({ topic, streamId }: PackageFollowQuery): string {
    return JSON.stringify([topic, streamId]);
  }

  readAll({ topic }: PackageFollowQuery, page: FeedPageQuery): Promise<FeedPage<FeedPackage>> {
    return this.#page({ topic }, page);
  }

  read({ topic, streamId }: PackageFollowQuery, page: FeedPageQuery): Promise<FeedPage<FeedPackage>> {
    return this.#page({ topic, ...(streamId !== undefined && { streamId }) }, page);
  }

  select(records: readonly FeedPackage[], { streamId, parameters }: PackageFollowQuery): readonly FeedPackage[] {
    const ofStream = streamId === undefined ? records : records.filter((record) => record.streamId === streamId);
    if (parameters === undefined) return ofStream;
    return ofStream.map((record) => record.part((id) => parameters.has(id))).filter((part) => part !== undefined);
  }

  async #page(
    where: { readonly topic: string; readonly streamId?: string },
    { after, ...page }: FeedPageQuery,
  ): Promise<FeedPage<FeedPackage>> {
    const asked = { ...where, ...page, ...(after !== undefined && { after }) };
    return toFeedPage(where.topic, await this.store.parameters.readPackages(asked));
  }
}

function toFeedPage(topic: string, { packages, position, more }: PackagePage): FeedPage<FeedPackage> {
  return { records: packages.map((each) => FeedPackage.of(each, topic)), position, more };
}
