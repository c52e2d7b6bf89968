import { parseDataSourceFile } from '../../src/datasources/definition/datasource-file';
import { DataSourceRegistry, type KnownSchema } from '../../src/datasources/registry';
import type { Store } from '../../src/store/contract/store';
import { MemoryLogs } from '../store/kafka/support/memory-cluster';
import { openStore } from '../store/kafka/support/open-store';
import { type DividedHub, openDivided } from '../store/kafka/views/divided-hub';

function schemaOf(definition: string): KnownSchema {
  return { definition, schema: parseDataSourceFile(definition, { maxColumns: 10 }).schema };
}

const VISITS = schemaOf('SCHEMA >\n    `page` String `json:$.page`\n');

describe('DataSourceRegistry of one of several hubs', () => {
  const hubs: DividedHub[] = [];

  /** What one registry is told, and no other that still looks while its store is closed. */
  function collected(): { readonly unread: unknown[]; readonly onUnread: (error: unknown) => void } {
    const unread: unknown[] = [];
    return { unread, onUnread: (error) => unread.push(error) };
  }

  afterEach(async () => {
    await Promise.all(hubs.splice(0).map((hub) => hub.close()));
  });

  async function until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await new Promise(setImmediate);
  }

  function drop(store: Store, registry: DataSourceRegistry, name: string): Promise<void> {
    return registry.inTurn(name, () => registry.change(name, () => store.rows.dropDataSource(name)));
  }

  it('knows what another hub makes and drops', async () => {
    const logs = new MemoryLogs();
    const [one, two] = [await openStore(logs), await openStore(logs)];
    const told = collected();
    const [mine, other] = await Promise.all([one, two].map(({ store }) => DataSourceRegistry.load(store, told)));
    await mine!.create('visits', VISITS);
    await until(() => other!.get('visits') !== undefined);
    expect(other!.all().map(({ name }) => name)).toEqual(['visits']);
    await drop(one.store, mine!, 'visits');
    await until(() => other!.get('visits') === undefined);
    expect(told.unread).toEqual([]);
  });

  it('begins without what no hub can be asked about, and learns it when one can', async () => {
    const logs = new MemoryLogs();
    const owner = await openDivided(logs, 'all');
    await (await DataSourceRegistry.load(owner.store, collected())).create('visits', VISITS);
    await owner.close();
    const hub = await openDivided(logs, 'none', { patience: 20 });
    hubs.push(hub);
    const told = collected();
    const registry = await DataSourceRegistry.load(hub.store, { ...told, isLater: true });
    expect(registry.get('visits')).toBeUndefined();
    expect(told.unread).toMatchObject([{ code: 'store_unavailable' }]);
    await expect(DataSourceRegistry.load(hub.store, collected())).rejects.toMatchObject({ code: 'store_unavailable' });
    hubs.push(await openDivided(logs, 'all'));
    await until(() => registry.get('visits') !== undefined);
  });
});
