import type { Store, StoreCapabilities } from '../../src/store/contract/store';
import { describeAggregates } from './contract/aggregates';
import { describeAppends } from './contract/appends';
import { describeChanges } from './contract/changes';
import { describeDataSources } from './contract/data-sources';
import { describeDefinitions } from './contract/definitions';
import { describeIdempotency } from './contract/idempotency';
import { describeLifecycle } from './contract/lifecycle';
import { describeObservers } from './contract/observers';
import { describePackageReads } from './contract/package-reads';
import { describePackages } from './contract/packages';
import { describeParameterStore } from './contract/any-packages';
import { describeParameterIds } from './contract/parameter-ids';
import { describePositions } from './contract/positions';
import { describeStarts } from './contract/starts';
import { describeQuarantine } from './contract/quarantine';
import { describeReads } from './contract/reads';
import { describeRemoval } from './contract/removal';
import { describeRetention } from './contract/retention';
import { describeRowReads } from './contract/row-reads';
import { describeRows } from './contract/rows';
import { describeSamples } from './contract/samples';
import { describeSchemaVersions } from './contract/schema-versions';
import { describeStreams } from './contract/streams';
import { describeTokens } from './contract/tokens';
import { describeTopics } from './contract/topics';
import type { Contents } from './support/rows';
import { roomIn } from './support/store-room';

/** How large the store may grow. */
export interface StoreLimits {
  readonly maxTopics: number;
  readonly maxStreamsPerTopic: number;
  readonly maxParametersPerTopic: number;
  /** Bytes that may wait for a commit before the store is full. */
  readonly maxQueueBytes: number;
}

/** A place where a store can be opened, closed and opened again. */
export interface StorePlace {
  /** What the engine is expected to declare. */
  readonly capabilities: StoreCapabilities;
  /** Which part of the runs of each property are made, where every call takes long; default: all, 1. */
  readonly runs?: number;
  open(limits: StoreLimits): Promise<Store>;
  /** What a data source of the store that was opened last holds. */
  contents(name: string): Contents;
  /**
   * Keeps the store that was opened last from writing, until the function it returns is called. Absent: nothing can.
   */
  obstruct?(): () => void;
}

/** Gives each test a store of its own or a part of one, and closes it. */
export interface StoreSupply {
  readonly capabilities: StoreCapabilities;
  open(limits?: Partial<StoreLimits>): Promise<Store>;
  /** A room in a store that other tests have rooms in too: for what is only about topics that the test names. */
  share(): Promise<Store>;
  /** Opens again what `open` gave last. */
  reopen(): Promise<Store>;
  /** What data source `d`, or another, holds in what was opened or shared last. */
  contents(name?: string): Contents;
  /**
   * The position of the n-th event or row of a topic, or the id of its n-th quarantined row, as a matcher: exactly `n`
   * in digits where the engine's positions are offsets, any well-formed text elsewhere.
   */
  readonly at: (offset: number) => unknown;
  readonly canObstruct: boolean;
  obstruct(): () => void;
  /** How many runs a property has here that has so many elsewhere. */
  runs(most: number): number;
}

/** The rules of the contract, in parts that take about the same time. */
export const CONTRACT = {
  log: [describeAppends, describeStreams, describeDefinitions, describeTopics, describeReads, describeTokens],
  positions: [describePositions, describeStarts, describeObservers, describeChanges, describeLifecycle],
  rows: [describeRows, describeQuarantine, describeRowReads],
  parameters: [
    describePackages,
    describeParameterIds,
    describePackageReads,
    describeSamples,
    describeAggregates,
    describeParameterStore,
  ],
  schemas: [describeDataSources, describeSchemaVersions],
  removal: [describeIdempotency, describeRemoval, describeRetention],
} as const;

export type ContractPart = keyof typeof CONTRACT;

/** Holds an engine against every rule of the contract, or of a part of it. What it does not declare is skipped. */
export function describeStore(newPlace: () => StorePlace, part?: ContractPart): void {
  const supply = supplyStores(newPlace);
  const rules = part === undefined ? Object.values(CONTRACT).flat() : CONTRACT[part];
  for (const describeRules of rules) describeRules(supply);
}

/** Roomy enough for every test that is not about a limit. */
const ROOMY: StoreLimits = {
  maxTopics: 10_000,
  maxStreamsPerTopic: 100,
  maxParametersPerTopic: 10_000,
  maxQueueBytes: 64 * 1024 * 1024,
};

const ANY_POSITION: unknown = expect.stringMatching(/^[!-~]{1,512}$/);

function supplyStores(newPlace: () => StorePlace): StoreSupply {
  const place = newPlace();
  const { capabilities } = place;
  const opened: Store[] = [];
  let latest: { place: StorePlace; limits: StoreLimits; prefix?: string } | undefined;
  let shared: { place: StorePlace; store: Promise<Store> } | undefined;
  let rooms = 0;

  afterAll(async () => {
    await (await shared?.store)?.close();
  });

  afterEach(async () => {
    await Promise.all(opened.splice(0).map((store) => store.close()));
  });

  async function openAt(place: StorePlace, limits: StoreLimits): Promise<Store> {
    latest = { place, limits };
    const store = await place.open(limits);
    opened.push(store);
    return store;
  }

  async function share(): Promise<Store> {
    if (shared === undefined) {
      const place = newPlace();
      shared = { place, store: place.open(ROOMY) };
    }
    const store = await shared.store;
    // Nobody in this room is told of what the test before did.
    await store.probe();
    const prefix = `${String((rooms += 1))}/`;
    latest = { place: shared.place, limits: ROOMY, prefix };
    return roomIn(store, prefix);
  }

  function opening(): NonNullable<typeof latest> {
    if (latest === undefined) throw new Error('nothing was opened yet');
    return latest;
  }

  return {
    capabilities,
    open: (limits) => openAt(newPlace(), { ...ROOMY, ...limits }),
    share,
    reopen: () => openAt(opening().place, opening().limits),
    contents: (name = 'd') => opening().place.contents(`${opening().prefix ?? ''}${name}`),
    at: (offset) => (capabilities.contiguousOffsets ? String(offset) : ANY_POSITION),
    canObstruct: place.obstruct !== undefined,
    obstruct: () => opening().place.obstruct!(),
    runs: (most) => Math.ceil(most * (place.runs ?? 1)),
  };
}
