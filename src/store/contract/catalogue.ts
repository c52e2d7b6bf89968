import type { Definitions } from './definitions';
import type { Position } from './position';
import type { Retention } from './retention';
import type { SchemaVersion } from './row-store';

/**
 * What the store holds: topics, data sources among them, and streams. A call sees every write that this store has
 * acknowledged, and nothing that is not committed.
 */
export interface Catalogue {
  /** The topic or data source of exactly this name; `undefined` when there is none. */
  topic(name: string): Promise<TopicInfo | undefined>;

  /** Topics in order of name. */
  topics(page: NamePage): Promise<TopicInfo[]>;

  /** Those of these topics and data sources that there are, in any order. */
  namedTopics(names: readonly string[]): Promise<TopicInfo[]>;

  /** A stream of a topic. Rejects with `unknown_topic`, `unknown_stream`, `wrong_topic_kind`. */
  stream(topic: string, streamId: string): Promise<StreamInfo>;

  /** Streams of a topic in order of id. Rejects with `unknown_topic`, `wrong_topic_kind`. */
  streams(topic: string, page: NamePage): Promise<StreamInfo[]>;

  /** Those of these streams of a topic that there are, in any order. Rejects as `streams`. */
  namedStreams(topic: string, streamIds: readonly string[]): Promise<StreamInfo[]>;

  /**
   * The definitions of those of these streams of a topic that have any, by id. Rejects as `streams`.
   */
  definitions(topic: string, streamIds: readonly string[]): Promise<ReadonlyMap<string, Definitions>>;

  /**
   * The ids of open streams of a topic that were last written or changed at `since` (milliseconds since the Unix epoch)
   * or later, in order, from those behind `after` on. A store looks through no more than a part of the topic at a time.
   * Rejects as `streams`.
   */
  recentStreams(topic: string, query: RecentQuery): Promise<RecentStreams>;
}

/** Names after `after` in order of their UTF-8 bytes, at most `limit` of them. */
export interface NamePage {
  readonly after?: string;
  readonly limit: number;
}

export interface RecentQuery {
  readonly since: number;
  readonly after?: string | undefined;
}

export interface RecentStreams {
  readonly streams: readonly Pick<StreamInfo, 'streamId' | 'updatedAt'>[];
  /** Behind which to go on; absent: that was all. */
  readonly after?: string | undefined;
}

export interface TopicInfo {
  readonly name: string;
  /** `rows`: a data source. */
  readonly kind: 'events' | 'rows';
  /** Present for a data source. */
  readonly dataSource?: DataSourceInfo;
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number;
  /** The end of the topic: behind everything stored, before everything to come. */
  readonly position: Position;
  /** Before the first event or row that is kept: the least position to read after. */
  readonly earliest: Position;
  /** How many events it holds, packages not counted; of a data source, rows. */
  readonly recordCount: number;
  /** How many streams it has; 0 of a data source. */
  readonly streamCount: number;
  /** When something was last stored in it, in milliseconds since the Unix epoch; absent: nothing was yet. */
  readonly storedAt?: number;
  /** Bytes of their texts, about. What removed streams held counts until retention passes it. */
  readonly bytes: number;
  /** What was set for this topic. */
  readonly retention: Retention;
}

export interface DataSourceInfo {
  /** Text of its `.datasource` file. */
  readonly definition: string;
  readonly schemaVersion: SchemaVersion;
  readonly rowCount: number;
  readonly quarantineCount: number;
  /** Milliseconds since the Unix epoch: when its rows or its definition last changed. */
  readonly updatedAt: number;
}

export interface StreamInfo {
  readonly streamId: string;
  readonly status: 'open' | 'closed';
  readonly properties: StreamProperties;
  /** Whether `definitions` has something of it. */
  readonly hasDefinitions: boolean;
  /** Milliseconds since the Unix epoch: when the stream was first seen, and last written or changed. */
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Packages are not counted. */
  readonly eventCount: number;
  /**
   * Least and greatest timestamp among the events and packages that were ever stored in it, nanoseconds; absent while
   * there was none.
   */
  readonly firstTimestamp?: bigint;
  readonly lastTimestamp?: bigint;
}

/** What a sender may say of a stream. An absent key was not given. */
export interface StreamProperties {
  readonly name?: string;
  /** A folder path such as `/cars/trials`. */
  readonly location?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  /** Ids of the streams this one is derived from. */
  readonly parents?: readonly string[];
  /** ISO 8601 date and time, as it was sent. */
  readonly timeOfRecording?: string;
}
