import { isDeepStrictEqual } from 'node:util';
import type { StreamInfo, TopicInfo } from '../store/contract/catalogue';
import { NO_DEFINITIONS } from '../store/contract/definitions';
import type { Move, MovedStore } from './moved-store';
import { namedPages } from './pages';
import { PLACEHOLDER } from './placeholder';
import { SentBatches } from './sent-batches';

/** What a stream counts among what is on its way, about. */
const STREAM_BYTES = 16 * 1024;

/**
 * Gives the streams of a topic in the target the properties, definitions and status that they have in the source; makes
 * those that hold nothing, and the topic if it has none.
 */
export async function copyStreams(move: Move, { name: topic, streamCount }: TopicInfo): Promise<void> {
  const { source, target, signal } = move;
  if (streamCount === 0) await makeTopic(target.store, topic);
  const sent = new SentBatches();
  const pages = namedPages(
    (page) => source.store.catalogue.streams(topic, page),
    ({ streamId }) => streamId,
  );
  try {
    for await (const wanted of pages) {
      signal.throwIfAborted();
      const ids = wanted.map(({ streamId }) => streamId);
      const [definitions, there] = await Promise.all([
        source.store.catalogue.definitions(topic, ids),
        streamsOf(target.store, topic, ids),
      ]);
      for (const stream of wanted) {
        const put = { topic, streamId: stream.streamId, createTopic: true };
        const written = copyStream(target.store, put, {
          ...{ wanted: stream, there: there.streams.get(stream.streamId) },
          definitions: definitions.get(stream.streamId) ?? NO_DEFINITIONS,
          definitionsThere: there.definitions.get(stream.streamId) ?? NO_DEFINITIONS,
        });
        await sent.add(STREAM_BYTES, written);
      }
    }
  } finally {
    await sent.drain();
  }
}

interface StreamCopy {
  readonly wanted: StreamInfo;
  readonly there: StreamInfo | undefined;
  readonly definitions: typeof NO_DEFINITIONS;
  readonly definitionsThere: typeof NO_DEFINITIONS;
}

interface StreamTarget {
  readonly topic: string;
  readonly streamId: string;
  readonly createTopic: boolean;
}

/** Writes what differs. */
async function copyStream(store: MovedStore, target: StreamTarget, copy: StreamCopy): Promise<void> {
  const { wanted, there, definitions, definitionsThere } = copy;
  const { topic, streamId } = target;
  if (!isDeepStrictEqual(there?.properties, wanted.properties)) {
    await store.log.putStream({ ...target, properties: wanted.properties });
  }
  if (!isDeepStrictEqual(definitionsThere, definitions)) await store.log.putDefinitions({ ...target, definitions });
  if (wanted.status === 'closed' && there?.status !== 'closed') await store.log.closeStream(topic, streamId);
}

/** A topic without streams, which may be made for another one alone. */
async function makeTopic(store: MovedStore, topic: string): Promise<void> {
  if ((await store.catalogue.topic(topic)) === undefined) {
    await store.log.putStream({ topic, streamId: PLACEHOLDER, createTopic: true, properties: {} });
  }
  const [placeholder] = await store.catalogue.namedStreams(topic, [PLACEHOLDER]);
  if (placeholder !== undefined) await store.log.removeStream(topic, PLACEHOLDER);
}

async function streamsOf(store: MovedStore, topic: string, ids: readonly string[]) {
  const isThere = (await store.catalogue.topic(topic)) !== undefined;
  if (!isThere)
    return { streams: new Map<string, StreamInfo>(), definitions: new Map<string, typeof NO_DEFINITIONS>() };
  const [streams, definitions] = await Promise.all([
    store.catalogue.namedStreams(topic, ids),
    store.catalogue.definitions(topic, ids),
  ]);
  return { streams: new Map(streams.map((stream) => [stream.streamId, stream])), definitions };
}
