import { createHash } from 'node:crypto';
import { WriterHubError } from '../errors';
import type { Catalogue, StreamInfo } from '../store/contract/catalogue';
import type { DefinitionKind, Definitions } from '../store/contract/definitions';
import type { CatalogueChange, Store } from '../store/contract/store';
import type { Following } from './feed';
import { SharedReads } from './shared-reads';
import { Wakes } from './wakes';

/** Streams of a page when all of a topic are looked through. */
const PAGE = 250;
/** Definitions of so many streams are read at once. */
const READ_AT_ONCE = 10;
/** When more streams than these have changed that were not looked at yet, all are looked through again. */
const MOST_CHANGED = 10_000;

/** Of which definitions a reader is told. */
export interface DefinitionQuery {
  readonly topic: string;
  /** Absent: of all streams, also of those that come. */
  readonly streamId?: string | undefined;
  readonly kind: DefinitionKind;
}

/** The definitions of one kind that a stream has now, all of them. */
export interface DefinitionUpdate<Kind extends DefinitionKind = DefinitionKind> {
  readonly streamId: string;
  readonly definitions: Definitions[Kind];
}

export interface DefinitionFollowing extends Following {
  /**
   * Told how many more streams (or fewer) are remembered of which the reader has been told; may throw, which ends the
   * reader.
   */
  readonly remember: (streams: number) => void;
}

export type DefinitionFeedStore = Pick<Store, 'observe'> & {
  readonly catalogue: Pick<Catalogue, 'streams' | 'definitions'>;
};

export interface DefinitionFeedOptions {
  /** Has a holder wait for its turn to read. */
  inTurn<T>(holder: string, read: () => Promise<T>): Promise<T>;
}

/**
 * Follows what is said of the parameters or the events of streams: what there is first, then each change. A reader that
 * is slow is told the latest of what has changed meanwhile, and nobody is told the same twice.
 */
export class DefinitionFeed {
  readonly #readers = new Map<string, Set<DefinitionReader>>();
  readonly #endings = new Set<AbortController>();
  readonly #reads = new SharedReads<ReadonlyMap<string, Definitions>>();
  /** Another number whenever something has changed: what was read before is not shared with who asks behind that. */
  #changes = 0;
  #isStopped = false;
  #unobserve: (() => void) | undefined;
  readonly #store: DefinitionFeedStore;
  readonly #options: DefinitionFeedOptions;

  constructor(store: DefinitionFeedStore, options: DefinitionFeedOptions) {
    this.#store = store;
    this.#options = options;
  }

  get readers(): number {
    return this.#endings.size;
  }

  /**
   * First of all gives what could be read at once, perhaps nothing; whatever changes from then on is told. A topic that
   * there is not is waited for. Rejects with `wrong_topic_kind`, and as the catalogue and `remember` do.
   */
  async *follow(
    query: DefinitionQuery,
    { signal, holder, remember }: DefinitionFollowing,
  ): AsyncGenerator<readonly DefinitionUpdate[], void, void> {
    const ending = new AbortController();
    const end = (): void => {
      ending.abort();
    };
    if (signal.aborted || this.#isStopped) end();
    signal.addEventListener('abort', end);
    const reader = new DefinitionReader(query, {
      remember,
      streams: (after) => this.#options.inTurn(holder, () => this.#streams(query.topic, after)),
      definitions: (streamIds) => this.#definitions(query.topic, streamIds, holder),
    });
    this.#add(query.topic, reader);
    this.#endings.add(ending);
    try {
      let updates = await reader.read();
      while (!ending.signal.aborted) {
        yield updates;
        updates = await reader.next(ending.signal);
      }
    } finally {
      this.#endings.delete(ending);
      signal.removeEventListener('abort', end);
      this.#remove(query.topic, reader);
      reader.forgetAll();
    }
  }

  /** Ends all readers. */
  stop(): void {
    this.#isStopped = true;
    for (const ending of this.#endings) ending.abort();
  }

  #add(topic: string, reader: DefinitionReader): void {
    const readers = this.#readers.get(topic) ?? new Set();
    this.#readers.set(topic, readers.add(reader));
    this.#unobserve ??= this.#store.observe({
      onChange: ({ changes }) => {
        this.#changes += 1;
        for (const change of changes) for (const each of this.#readers.get(change.topic) ?? []) each.onChange(change);
      },
    });
  }

  #remove(topic: string, reader: DefinitionReader): void {
    const readers = this.#readers.get(topic);
    readers?.delete(reader);
    if (readers?.size === 0) this.#readers.delete(topic);
    if (this.#readers.size > 0) return;
    this.#unobserve?.();
    this.#unobserve = undefined;
  }

  async #streams(topic: string, after: string | undefined): Promise<StreamPage> {
    const asked = { limit: PAGE, ...(after !== undefined && { after }) };
    const streams = await ofTopic(this.#store.catalogue.streams(topic, asked), []);
    return { streams, after: streams.length < PAGE ? undefined : streams.at(-1)!.streamId };
  }

  #definitions(topic: string, streamIds: readonly string[], holder: string): Promise<ReadonlyMap<string, Definitions>> {
    return this.#reads.run(JSON.stringify([this.#changes, topic, ...streamIds]), () =>
      this.#options.inTurn(holder, () => ofTopic(this.#store.catalogue.definitions(topic, streamIds), new Map())),
    );
  }
}

/** Some streams, and behind which one there may be more. */
interface StreamPage {
  readonly streams: readonly Pick<StreamInfo, 'streamId' | 'hasDefinitions'>[];
  readonly after: string | undefined;
}

interface ReaderParts extends Pick<DefinitionFollowing, 'remember'> {
  streams(after: string | undefined): Promise<StreamPage>;
  definitions(streamIds: readonly string[]): Promise<ReadonlyMap<string, Definitions>>;
}

/** Who is told of definitions, and what was told. */
class DefinitionReader {
  /** Streams that are to be looked at. */
  readonly #changed = new Set<string>();
  /** What was told of streams: digests of it. */
  readonly #told = new Map<string, string>();
  /** How far the streams have been looked through; `undefined`: to their end. */
  #walk: { readonly after: string | undefined } | undefined;
  /** Another number when the topic was removed: what is read of it is of no use. */
  #removals = 0;
  readonly #wakes = new Wakes();
  readonly #query: DefinitionQuery;
  readonly #parts: ReaderParts;

  constructor(query: DefinitionQuery, parts: ReaderParts) {
    this.#query = query;
    this.#parts = parts;
    if (query.streamId === undefined) this.#walk = { after: undefined };
    else this.#changed.add(query.streamId);
  }

  onChange({ streamId, kind }: CatalogueChange): void {
    if (streamId === undefined) {
      if (kind === 'removed') this.#topicRemoved();
      return;
    }
    if (this.#query.streamId !== undefined && this.#query.streamId !== streamId) return;
    if (kind !== 'closed') this.#touch(streamId);
  }

  /**
   * What has changed, as soon as something has; what was removed has no definitions any more. Empty when the
   * signal is aborted.
   */
  async next(signal: AbortSignal): Promise<readonly DefinitionUpdate[]> {
    while (!signal.aborted) {
      if (this.#walk === undefined && this.#changed.size === 0) await this.#wakes.wait(signal);
      else {
        const updates = await this.read();
        if (updates.length > 0) return updates;
      }
    }
    return [];
  }

  /** Looks at some of what is to be looked at. */
  async read(): Promise<readonly DefinitionUpdate[]> {
    const removals = this.#removals;
    if (this.#walk !== undefined && this.#changed.size === 0) {
      const { streams, after } = await this.#parts.streams(this.#walk.after);
      if (removals !== this.#removals) return [];
      for (const { streamId, hasDefinitions } of streams) {
        // It may have had some.
        if (hasDefinitions || this.#told.has(streamId)) this.#changed.add(streamId);
      }
      this.#walk = after === undefined ? undefined : { after };
    }
    const streamIds = [...this.#changed].slice(0, READ_AT_ONCE);
    for (const streamId of streamIds) this.#changed.delete(streamId);
    if (streamIds.length === 0) return [];
    const found = await this.#parts.definitions(streamIds);
    return removals === this.#removals ? this.#updates(streamIds, found) : [];
  }

  forgetAll(): void {
    this.#parts.remember(-this.#told.size);
    this.#told.clear();
  }

  #updates(streamIds: readonly string[], found: ReadonlyMap<string, Definitions>): DefinitionUpdate[] {
    const updates: DefinitionUpdate[] = [];
    for (const streamId of streamIds) {
      const definitions = found.get(streamId)?.[this.#query.kind] ?? [];
      const digest = definitions.length === 0 ? undefined : digestOf(definitions);
      if (digest === this.#told.get(streamId)) continue;
      if (digest === undefined) this.#forget(streamId);
      else this.#remember(streamId, digest);
      updates.push({ streamId, definitions });
    }
    return updates;
  }

  #remember(streamId: string, digest: string): void {
    if (!this.#told.has(streamId)) this.#parts.remember(1);
    this.#told.set(streamId, digest);
  }

  #forget(streamId: string): void {
    if (this.#told.delete(streamId)) this.#parts.remember(-1);
  }

  #touch(streamId: string): void {
    this.#changed.add(streamId);
    if (this.#changed.size > MOST_CHANGED) {
      this.#changed.clear();
      this.#walk = { after: undefined };
    }
    this.#wakes.wake();
  }

  #topicRemoved(): void {
    this.#removals += 1;
    this.#changed.clear();
    this.#walk = undefined;
    this.forgetAll();
  }
}

function digestOf(definitions: Definitions[DefinitionKind]): string {
  return createHash('sha256').update(JSON.stringify(definitions)).digest('base64');
}

/** What is read of a topic; of one that there is not there is nothing. */
async function ofTopic<T>(read: Promise<T>, nothing: T): Promise<T> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof WriterHubError && error.code === 'unknown_topic') return nothing;
    throw error;
  }
}
