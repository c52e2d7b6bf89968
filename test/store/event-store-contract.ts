import type { EventStore } from '../../src/store/event-store';
import { describeAppends } from './contract/appends';
import { describeClaims } from './contract/claims';
import { describeDataSources } from './contract/data-sources';
import { describeLifecycle } from './contract/lifecycle';
import { describeQuarantine } from './contract/quarantine';
import { describeReads } from './contract/reads';
import { describeRows } from './contract/rows';
import { describeStreams } from './contract/streams';
import { describeTokens } from './contract/tokens';
import type { Contents } from './support/rows';

/** How large the store may grow. */
export interface StoreLimits {
  readonly maxTopics: number;
  readonly maxStreamsPerTopic: number;
}

/** A place where a store can be opened, closed and opened again. */
export interface StorePlace {
  open(limits: StoreLimits): Promise<EventStore>;
  /** What a data source of the store that was opened last holds. */
  contents(name: string): Contents;
}

/** What a kind of store can do beyond the least. */
export interface StoreCapabilities {
  /** What was written is there after `close` and `open`. */
  readonly survivesReopening: boolean;
}

/** Gives each test a store of its own, and closes it. */
export interface StoreSupply {
  open(limits?: Partial<StoreLimits>): Promise<EventStore>;
  reopen(): Promise<EventStore>;
  /** What data source `d`, or another, holds. */
  contents(name?: string): Contents;
}

/** Holds a kind of store against every rule of the contract. */
export function describeEventStore(newPlace: () => StorePlace, capabilities: StoreCapabilities): void {
  const supply = supplyStores(newPlace);
  describeAppends(supply);
  describeStreams(supply);
  describeReads(supply);
  describeTokens(supply);
  describeDataSources(supply);
  describeRows(supply);
  describeQuarantine(supply);
  describeClaims(supply, capabilities);
  describeLifecycle(supply, capabilities);
}

function supplyStores(newPlace: () => StorePlace): StoreSupply {
  const opened: EventStore[] = [];
  let latest: { place: StorePlace; limits: StoreLimits } | undefined;

  afterEach(async () => {
    await Promise.all(opened.splice(0).map((store) => store.close()));
  });

  async function openAt(place: StorePlace, limits: StoreLimits): Promise<EventStore> {
    latest = { place, limits };
    const store = await place.open(limits);
    opened.push(store);
    return store;
  }

  function opening(): { place: StorePlace; limits: StoreLimits } {
    if (latest === undefined) throw new Error('Nothing was opened yet.');
    return latest;
  }

  return {
    open: (limits) => openAt(newPlace(), { maxTopics: 100, maxStreamsPerTopic: 100, ...limits }),
    reopen: () => openAt(opening().place, opening().limits),
    contents: (name = 'd') => opening().place.contents(name),
  };
}
