import { isDeepStrictEqual } from 'node:util';
import type { StreamInfo } from '../store/contract/catalogue';
import { NO_DEFINITIONS } from '../store/contract/definitions';
import type { Differences } from './differences';
import type { Move, MovedStore } from './moved-store';
import { namedPages } from './pages';

/** Compares what is said of the streams of a topic, which both stores have. */
export async function compareStreams(move: Move, topic: string, differences: Differences): Promise<void> {
  const { source, target, signal } = move;
  for await (const wanted of streamPages(source.store, topic)) {
    signal.throwIfAborted();
    const ids = wanted.map(({ streamId }) => streamId);
    const there = new Map(
      (await target.store.catalogue.namedStreams(topic, ids)).map((stream) => [stream.streamId, stream]),
    );
    const [definitions, definitionsThere] = await Promise.all(
      [source, target].map(({ store }) => store.catalogue.definitions(topic, ids)),
    );
    for (const stream of wanted) {
      const { streamId } = stream;
      const tell = (what: string): void => {
        differences.add(`"${streamId}" of "${topic}": ${what}`);
      };
      compareStream(stream, there.get(streamId), tell);
      const [one, other] = [definitions, definitionsThere].map((of) => of?.get(streamId) ?? NO_DEFINITIONS);
      if (!isDeepStrictEqual(one, other)) tell('other definitions');
    }
  }
  await findOthers(move, topic, differences);
}

function compareStream(wanted: StreamInfo, there: StreamInfo | undefined, tell: (what: string) => void): void {
  if (there === undefined) {
    tell('missing');
    return;
  }
  if (wanted.status !== there.status) tell(`${wanted.status} in the source, ${there.status} in the target`);
  if (!isDeepStrictEqual(wanted.properties, there.properties)) tell('other properties');
}

async function findOthers({ source, target }: Move, topic: string, differences: Differences): Promise<void> {
  for await (const streams of streamPages(target.store, topic)) {
    const ids = streams.map(({ streamId }) => streamId);
    const known = new Set((await source.store.catalogue.namedStreams(topic, ids)).map(({ streamId }) => streamId));
    for (const id of ids) if (!known.has(id)) differences.add(`"${id}" of "${topic}" is in the target alone`);
  }
}

function streamPages(store: MovedStore, topic: string): AsyncGenerator<readonly StreamInfo[]> {
  return namedPages(
    (page) => store.catalogue.streams(topic, page),
    ({ streamId }) => streamId,
  );
}
