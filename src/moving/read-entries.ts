import type { TopicInfo } from '../store/contract/catalogue';
import type { Position } from '../store/contract/position';
import type { RowPage } from '../store/contract/row-store';
import { eventEntry, misfitEntry, rowEntry, type Entry } from './entry';
import type { ReadableStore } from './moved-store';
import { packageEntry } from './package-entry';
import { pagesOf } from './pages';

/** So many packages that stand between two events are given at once, about. */
const PACKAGES_AT_ONCE = 100;

/** What a topic or data source holds, by pages; each lane in its order. */
export function readEntries(
  from: ReadableStore,
  { name, kind }: Pick<TopicInfo, 'name' | 'kind'>,
): AsyncGenerator<readonly Entry[]> {
  return kind === 'events' ? readTopic(from, name) : readDataSource(from, name);
}

/** Events and packages share one order. */
async function* readTopic({ store, isBefore }: ReadableStore, topic: string): AsyncGenerator<readonly Entry[]> {
  const events = pagesOf(async (query) => {
    const { events: items, ...page } = await store.log.read({ topic, ...query });
    return { ...page, items };
  });
  const packages = each(
    pagesOf(async (query) => {
      const { packages: items, ...page } = await store.parameters.readPackages({ topic, ...query });
      return { ...page, items };
    }),
  );
  const next = async () => (await packages.next()).value ?? undefined;
  let entries: Entry[] = [];
  let waiting = await next();
  for await (const page of events) {
    for (const event of page) {
      while (waiting !== undefined && isBefore(waiting.position, event.position)) {
        entries.push(packageEntry(waiting));
        if (entries.length >= PACKAGES_AT_ONCE) yield entries.splice(0);
        waiting = await next();
      }
      entries.push(eventEntry(event));
    }
    yield entries;
    entries = [];
  }
  for (; waiting !== undefined; waiting = await next()) yield [packageEntry(waiting)];
}

async function* readDataSource({ store }: ReadableStore, name: string): AsyncGenerator<readonly Entry[]> {
  for await (const rows of pagesOf(async (query) => itemsOf(await store.rows.readRows({ name, ...query })))) {
    yield rows.map(rowEntry);
  }
  for await (const rows of pagesOf(async (query) => itemsOf(await store.rows.readQuarantine({ name, ...query })))) {
    yield rows.map(misfitEntry);
  }
}

function itemsOf<Row>({ rows: items, position, more }: RowPage<Row>): {
  readonly items: readonly Row[];
  readonly position: Position;
  readonly more: boolean;
} {
  return { items, position, more };
}

async function* each<Item>(pages: AsyncIterable<readonly Item[]>): AsyncGenerator<Item, undefined> {
  for await (const page of pages) yield* page;
  return undefined;
}
