import type { Catalogue } from '../../../src/store/contract/catalogue';
import type { EventLog } from '../../../src/store/contract/event-log';
import type { ParameterStore } from '../../../src/store/contract/parameter-store';
import type { Position } from '../../../src/store/contract/position';
import type { RowStore } from '../../../src/store/contract/row-store';
import type { CatalogueChanges, Store, StoreObserver } from '../../../src/store/contract/store';

/**
 * A part of a store for one test: topics and data sources whose names begin with a prefix, named without it. What is of
 * the whole store is not to be had from a room, such as its list of topics: that takes a store of its own.
 */
export function roomIn(store: Store, prefix: string): Store {
  const room: Omit<Store, 'queue' | 'full' | 'writable' | 'tokens'> = {
    log: logOf(store.log, prefix),
    catalogue: catalogueOf(store.catalogue, prefix),
    parameters: parametersOf(store.parameters, prefix),
    rows: rowsOf(store.rows, prefix),
    capabilities: store.capabilities,
    isFullFor: (holder) => store.isFullFor(holder),
    probe: () => store.probe(),
    observe: (observer) => store.observe(observerOf(observer, prefix)),
    close: () => Promise.reject(ofAll('close')),
  };
  return Object.defineProperties(room, {
    ...Object.fromEntries(
      ['queue', 'full', 'writable', 'tokens'].map((name) => [
        name,
        {
          get: () => {
            throw ofAll(name);
          },
        },
      ]),
    ),
  }) as Store;
}

/** Gives another room each time, all in one store: opened for the first of them, closed after the tests. */
export function roomsIn(open: () => Promise<Store>): () => Promise<Store> {
  let store: Promise<Store> | undefined;
  let rooms = 0;

  afterAll(async () => {
    await (await store)?.close();
  });

  return async () => roomIn(await (store ??= open()), `${String((rooms += 1))}/`);
}

function ofAll(name: string): Error {
  return new Error(`${name} is of the whole store, which is shared: open one`);
}

function logOf(log: EventLog, prefix: string): EventLog {
  return {
    append: (append) => log.append({ ...append, topic: prefix + append.topic }),
    putStream: (put) => log.putStream({ ...put, topic: prefix + put.topic }),
    putDefinitions: (put) => log.putDefinitions({ ...put, topic: prefix + put.topic }),
    closeStream: (topic, ...rest) => log.closeStream(prefix + topic, ...rest),
    removeTopic: (name, ...rest) => log.removeTopic(prefix + name, ...rest),
    removeStream: (topic, ...rest) => log.removeStream(prefix + topic, ...rest),
    setRetention: (change, ...rest) => log.setRetention({ ...change, topic: prefix + change.topic }, ...rest),
    read: (query) => log.read({ ...query, topic: prefix + query.topic }),
    resolve: (topic, start) => log.resolve(prefix + topic, start),
  };
}

function catalogueOf(catalogue: Catalogue, prefix: string): Catalogue {
  const inRoom = <Named extends { readonly name: string }>(info: Named): Named => ({
    ...info,
    name: info.name.slice(prefix.length),
  });
  return {
    topic: async (name) => {
      const info = await catalogue.topic(prefix + name);
      return info && inRoom(info);
    },
    topics: () => Promise.reject(ofAll('topics')),
    namedTopics: async (names) => (await catalogue.namedTopics(names.map((name) => prefix + name))).map(inRoom),
    stream: (topic, streamId) => catalogue.stream(prefix + topic, streamId),
    streams: (topic, page) => catalogue.streams(prefix + topic, page),
    namedStreams: (topic, streamIds) => catalogue.namedStreams(prefix + topic, streamIds),
    definitions: (topic, streamIds) => catalogue.definitions(prefix + topic, streamIds),
    recentStreams: (topic, query) => catalogue.recentStreams(prefix + topic, query),
  };
}

function parametersOf(parameters: ParameterStore, prefix: string): ParameterStore {
  const inStore = <Named extends { readonly topic: string }>(query: Named): Named => ({
    ...query,
    topic: prefix + query.topic,
  });
  return {
    appendPackage: (append) => parameters.appendPackage(inStore(append)),
    readPackages: (query) => parameters.readPackages(inStore(query)),
    readSamples: (query) => parameters.readSamples(inStore(query)),
    aggregateSamples: (query) => parameters.aggregateSamples(inStore(query)),
    seenParameters: (topic, streamIds) => parameters.seenParameters(prefix + topic, streamIds),
  };
}

function rowsOf(rows: RowStore, prefix: string): RowStore {
  return {
    createDataSource: (source, ...rest) => rows.createDataSource({ ...source, name: prefix + source.name }, ...rest),
    changeDataSource: (change, ...rest) => rows.changeDataSource({ ...change, name: prefix + change.name }, ...rest),
    truncateDataSource: (name, ...rest) => rows.truncateDataSource(prefix + name, ...rest),
    dropDataSource: (name, ...rest) => rows.dropDataSource(prefix + name, ...rest),
    appendRows: (append) => rows.appendRows({ ...append, topic: prefix + append.topic }),
    quarantinedRows: (name, page) => rows.quarantinedRows(prefix + name, page),
    quarantinedRowAt: (name, position) => rows.quarantinedRowAt(prefix + name, position),
    readRows: (query) => rows.readRows({ ...query, name: prefix + query.name }),
    readQuarantine: (query) => rows.readQuarantine({ ...query, name: prefix + query.name }),
    resolveRows: (name, part, start) => rows.resolveRows(prefix + name, part, start),
  };
}

/** Told of what is in the room alone: a notice of nothing but other rooms does not come. */
function observerOf(observer: StoreObserver, prefix: string): StoreObserver {
  const endsTo =
    (tell: ((ends: ReadonlyMap<string, Position>) => void) | undefined) => (ends: ReadonlyMap<string, Position>) => {
      const own = [...ends].filter(([name]) => name.startsWith(prefix));
      if (own.length > 0 || ends.size === 0)
        tell?.(new Map(own.map(([name, end]) => [name.slice(prefix.length), end])));
    };
  return {
    onAdvance: endsTo(observer.onAdvance?.bind(observer)),
    onQuarantine: endsTo(observer.onQuarantine?.bind(observer)),
    onChange: (told) => {
      const own = ownOf(told, prefix);
      const isOfOthers = told.writes.length + told.changes.length > 0 && own.writes.length + own.changes.length === 0;
      if (!isOfOthers) observer.onChange?.(own);
    },
    onRemove: (topic) => {
      if (topic.startsWith(prefix)) observer.onRemove?.(topic.slice(prefix.length));
    },
    onCommit: (commit) => observer.onCommit?.(commit),
  };
}

function ownOf({ writes, changes }: CatalogueChanges, prefix: string): CatalogueChanges {
  const own = <Named extends { readonly topic: string }>(list: readonly Named[]): Named[] =>
    list
      .filter(({ topic }) => topic.startsWith(prefix))
      .map((one) => ({ ...one, topic: one.topic.slice(prefix.length) }));
  return { writes: own(writes), changes: own(changes) };
}
