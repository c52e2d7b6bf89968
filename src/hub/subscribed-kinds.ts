import type { Feed, FollowQuery } from '../feed/feed';
import type { FeedEvent } from '../feed/feed-event';
import type { FeedPackage } from '../feed/feed-package';
import type { FeedRecord } from '../feed/feed-record';
import type { FeedQuery } from '../feed/feed-source';
import type { PackageFollowQuery } from '../feed/package-feed';
import type { RawJson } from '../signalr';
import type { StartPoint } from '../store/contract/position';
import { EVERY } from './read-arguments';
import type { ReaderItems } from './reader-items';

/** What a reader follows of a topic. */
export interface TopicQuery extends FeedQuery {
  readonly topic: string;
  readonly streamId?: string | undefined;
}

/** Of which ids of a stream a client is to be given what there is. */
export interface Wanted {
  /** Whether all of them are known to be wanted. */
  every(streamId: string): boolean;
  one(streamId: string, id: string): boolean;
}

/** What is followed from a place on; `*` is every stream and every id. */
export interface FollowedIds {
  readonly topic: string;
  readonly streamId: string;
  readonly id: string;
  readonly start: StartPoint;
}

/** A kind of records that clients subscribe to: how it is followed, and what is sent of it. */
export interface SubscribedKind<Query extends TopicQuery = TopicQuery, R extends FeedRecord = FeedRecord> {
  readonly feed: Pick<Feed<Query, R>, 'follow'>;
  /** The method of the client that is called with each record. */
  readonly callback: string;
  query(followed: FollowedIds): Query;
  /** What is sent of a record, if anything of it is wanted. */
  select(record: R, wanted: Wanted): RawJson | undefined;
  /** The arguments of `PackageReceived` for records that follow each other. */
  packages(records: readonly R[]): readonly RawJson[];
}

export type EventKind = SubscribedKind<FollowQuery, FeedEvent>;

export type ParameterKind = SubscribedKind<PackageFollowQuery, FeedPackage>;

/** Events, each sent by itself. */
export function eventKind(feed: EventKind['feed'], items: ReaderItems): EventKind {
  return {
    feed,
    callback: 'EventDataReceived',
    query: ({ id, ...followed }) => ({ ...where(followed), ...(id !== EVERY && { ids: new Set([id]) }) }),
    select: (record, wanted) =>
      wanted.one(record.event.streamId, record.event.id) ? record.framed(items.event) : undefined,
    packages: (records) => items.packages(records),
  };
}

/** Packages of parameter data, each sent once with all that is wanted of it. */
export function parameterKind(feed: ParameterKind['feed'], items: ReaderItems): ParameterKind {
  return {
    feed,
    callback: 'ParameterDataReceived',
    query: ({ id, ...followed }) => ({ ...where(followed), ...(id !== EVERY && { parameters: new Set([id]) }) }),
    select: (record, wanted) => {
      const { streamId } = record;
      const isWanted = wanted.every(streamId) ? () => true : (id: string) => wanted.one(streamId, id);
      return record.part(isWanted)?.framed(items.parameters);
    },
    packages: (records) => records.map((record) => record.framed(items.parameterPackage)),
  };
}

function where({ topic, streamId, start }: Omit<FollowedIds, 'id'>): TopicQuery & { readonly start: StartPoint } {
  return { topic, start, ...(streamId !== EVERY && { streamId }) };
}
