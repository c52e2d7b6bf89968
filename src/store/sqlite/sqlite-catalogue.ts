import type {
  Catalogue,
  NamePage,
  RecentQuery,
  RecentStreams,
  StreamInfo,
  StreamProperties,
  TopicInfo,
} from '../contract/catalogue';
import { type Definitions, NO_DEFINITIONS } from '../contract/definitions';
import type { StreamRow, TopicRow } from './channel/reader-messages';
import { toPosition } from './channel/offsets';
import type { StoreThreads } from './queue/store-threads';

/** The catalogue of the embedded store. */
export class SqliteCatalogue implements Catalogue {
  readonly #threads: StoreThreads;

  constructor(threads: StoreThreads) {
    this.#threads = threads;
  }

  async topic(name: string): Promise<TopicInfo | undefined> {
    const row = await this.#threads.ask<'topic'>({ kind: 'topic', name });
    return row && toTopicInfo(row);
  }

  async topics(page: NamePage): Promise<TopicInfo[]> {
    return (await this.#threads.ask<'topics'>({ kind: 'topics', page })).map(toTopicInfo);
  }

  async namedTopics(names: readonly string[]): Promise<TopicInfo[]> {
    return (await this.#threads.ask<'named_topics'>({ kind: 'named_topics', names })).map(toTopicInfo);
  }

  async stream(topic: string, streamId: string): Promise<StreamInfo> {
    return toStreamInfo(await this.#threads.ask<'stream'>({ kind: 'stream', topic, streamId }));
  }

  async streams(topic: string, page: NamePage): Promise<StreamInfo[]> {
    return (await this.#threads.ask<'streams'>({ kind: 'streams', topic, page })).map(toStreamInfo);
  }

  async namedStreams(topic: string, streamIds: readonly string[]): Promise<StreamInfo[]> {
    return (await this.#threads.ask<'named_streams'>({ kind: 'named_streams', topic, streamIds })).map(toStreamInfo);
  }

  async definitions(topic: string, streamIds: readonly string[]): Promise<ReadonlyMap<string, Definitions>> {
    const found = new Map<string, Definitions>();
    for (const { streamId, kind, text } of await this.#threads.ask<'definitions'>({
      kind: 'definitions',
      topic,
      streamIds,
    })) {
      found.set(streamId, { ...(found.get(streamId) ?? NO_DEFINITIONS), [kind]: JSON.parse(text) as unknown });
    }
    return found;
  }

  recentStreams(topic: string, query: RecentQuery): Promise<RecentStreams> {
    return this.#threads.ask<'recent_streams'>({ kind: 'recent_streams', topic, query });
  }
}

/** A topic as it is told. */
export function toTopicInfo(row: TopicRow): TopicInfo {
  const { name, kind, createdAt, generation, recordCount, streamCount, storedAt, bytes } = row;
  const { retentionAge, retentionBytes } = row;
  const retention = {
    ...(retentionAge !== null && { age: retentionAge }),
    ...(retentionBytes !== null && { bytes: retentionBytes }),
  };
  const position = toPosition(row.nextOffset - 1, generation);
  const earliest = toPosition(row.firstOffset - 1, generation);
  const topic = {
    ...{ name, kind, createdAt, position, earliest, recordCount, streamCount, bytes, retention },
    ...(storedAt > 0 && { storedAt }),
  };
  const { definition, updatedAt, schemaVersion, rowCount, quarantineCount } = row;
  if (definition === null || updatedAt === null) return topic;
  return { ...topic, dataSource: { definition, updatedAt, schemaVersion, rowCount, quarantineCount } };
}

function toStreamInfo({ properties, firstTimestamp, lastTimestamp, ...stream }: StreamRow): StreamInfo {
  return {
    ...stream,
    properties: JSON.parse(properties) as StreamProperties,
    ...(firstTimestamp !== null && { firstTimestamp }),
    ...(lastTimestamp !== null && { lastTimestamp }),
  };
}
