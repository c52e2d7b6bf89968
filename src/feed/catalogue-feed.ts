import { WriterHubError } from '../errors';
import { renderStream, renderTopic } from '../events/stream-json';
import type { StreamInfo, TopicInfo } from '../store/contract/catalogue';
import type { CatalogueChanges, Store } from '../store/contract/store';
import type { Following } from './feed';
import type { State } from './latest-states';
import { Listing, type ListingItem, type ListingSource } from './listing';

/** The roles of the store that it needs. */
export type CatalogueFeedStore = Pick<Store, 'observe' | 'catalogue'>;

export interface CatalogueFeedOptions {
  /** Has a holder wait for its turn to read. */
  inTurn<T>(holder: string, read: () => Promise<T>): Promise<T>;
  /** Changed names of a listing of which the state is kept for readers that are slow. Default: 20,000. */
  readonly mostKept?: number;
}

const MOST_KEPT = 20_000;

/**
 * Follows the catalogue: the topics that there are, or the streams of a topic, and then those that come, change and go.
 * A reader takes one item after another; one that is slow is given the latest state of what has changed meanwhile.
 * Changes are gathered and looked up a few times a second, once for all readers: nothing is done for an event.
 */
export class CatalogueFeed {
  #topics: Listing<TopicInfo> | undefined;
  readonly #streams = new Map<string, Listing<StreamInfo>>();
  readonly #readers = new Set<AbortController>();
  #isStopped = false;
  #unobserve: (() => void) | undefined;
  readonly #store: CatalogueFeedStore;
  readonly #options: CatalogueFeedOptions;

  constructor(store: CatalogueFeedStore, options: CatalogueFeedOptions) {
    this.#store = store;
    this.#options = options;
  }

  get #mostKept(): number {
    return this.#options.mostKept ?? MOST_KEPT;
  }

  get readers(): number {
    return this.#readers.size;
  }

  /** Topics and data sources that a reader may read. Rejects when the store cannot read. */
  async *topics(mayRead: (topic: string) => boolean, following: Following): AsyncGenerator<ListingItem, void, void> {
    const open = (): Listing<TopicInfo> => (this.#topics ??= new Listing(topicSource(this.#store), this.#mostKept));
    const items = this.#follow(following, open, (listing) => {
      if (this.#topics === listing) this.#topics = undefined;
    });
    for await (const item of items) {
      if (item.kind !== 'states') yield item;
      else {
        const states = item.states.filter(({ name }) => mayRead(name));
        if (states.length > 0) yield { kind: 'states', states };
      }
    }
  }

  /**
   * Streams of a topic. Rejects as `Catalogue.streams`, with `unknown_topic` also when the topic is removed while they
   * are watched.
   */
  streams(topic: string, following: Following): AsyncGenerator<ListingItem, void, void> {
    const open = (): Listing<StreamInfo> => {
      const known = this.#streams.get(topic);
      if (known !== undefined) return known;
      const listing = new Listing(streamSource(this.#store, topic), this.#mostKept);
      this.#streams.set(topic, listing);
      return listing;
    };
    return this.#follow(following, open, (listing) => {
      if (this.#streams.get(topic) === listing) this.#streams.delete(topic);
    });
  }

  /** Ends all readers. */
  stop(): void {
    this.#isStopped = true;
    for (const ending of this.#readers) ending.abort();
  }

  /** A listing is there as long as somebody watches it. */
  async *#follow<T>(
    { signal, holder }: Following,
    open: () => Listing<T>,
    close: (listing: Listing<T>) => void,
  ): AsyncGenerator<ListingItem, void, void> {
    const ending = new AbortController();
    const end = (): void => {
      ending.abort();
    };
    if (signal.aborted || this.#isStopped) end();
    signal.addEventListener('abort', end);
    this.#readers.add(ending);
    this.#unobserve ??= this.#store.observe({
      onChange: (changes) => {
        this.#note(changes);
      },
    });
    const listing = open();
    try {
      yield* listing.follow({ signal: ending.signal, inTurn: (read) => this.#options.inTurn(holder, read) });
    } finally {
      this.#readers.delete(ending);
      signal.removeEventListener('abort', end);
      if (listing.readers === 0) {
        listing.stop();
        close(listing);
      }
      if (this.#readers.size === 0) {
        this.#unobserve();
        this.#unobserve = undefined;
      }
    }
  }

  #note({ writes, changes }: CatalogueChanges): void {
    for (const { topic, streamId } of writes) {
      this.#topics?.touch(topic, false);
      if (streamId !== undefined) this.#streams.get(topic)?.touch(streamId, false);
    }
    for (const { topic, streamId, kind } of changes) {
      this.#topics?.touch(topic, true);
      const listing = this.#streams.get(topic);
      if (streamId !== undefined) listing?.touch(streamId, true);
      else if (kind === 'removed' && listing !== undefined) {
        this.#streams.delete(topic);
        listing.break(() => new WriterHubError('unknown_topic', `the topic "${topic}" was removed`));
      }
    }
  }
}

function topicSource({ catalogue }: CatalogueFeedStore): ListingSource<TopicInfo> {
  return {
    page: (page) => catalogue.topics(page),
    named: (names) => catalogue.namedTopics(names),
    nameOf: ({ name }) => name,
    textOf: renderTopic,
    // When a topic was written to last is not told.
    mayHaveChangedSince: () => true,
  };
}

function streamSource({ catalogue }: CatalogueFeedStore, topic: string): ListingSource<StreamInfo> {
  return {
    page: (page) => catalogue.streams(topic, page),
    named: (names) => catalogue.namedStreams(topic, names),
    nameOf: ({ streamId }) => streamId,
    textOf: renderStream,
    mayHaveChangedSince: ({ updatedAt }, time) => updatedAt >= time,
  };
}

/** JSON text of what is told of a topic or a stream: all that is known of it, or that it was removed. */
export function renderState({ name, value }: State<string>, type: 'topic' | 'stream'): string {
  if (value !== undefined) return `{"type":"${type}",${value.slice(1)}`;
  return JSON.stringify(type === 'topic' ? { type: 'removed', name } : { type: 'removed', streamId: name });
}
