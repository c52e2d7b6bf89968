import { DataSourceRegistry } from '../../../src/datasources/registry';
import { parseDataSourceFile } from '../../../src/datasources/definition/datasource-file';
import type { MovedStore } from '../../../src/moving/moved-store';
import type { Store } from '../../../src/store/contract/store';
import { batchAt, batchOf, readAll, send } from '../../store/support/batches';
import { packageOf, readPackages, saidBy, sendPackage } from '../../store/support/packages';
import { failedRow, nothing, quarantineOf, rowTexts } from '../../store/support/rows';
import { TestSource } from '../../store/support/test-source';

const DEFINITION = `SCHEMA >
    count Int64 \`json:$.count\`,
    big UInt64 \`json:$.big\`,
    price Float64 \`json:$.price\`,
    name Nullable(String) \`json:$.name\`,
    tags Array(String) \`json:$.tags[:]\`
`;

const ODD_ID = 'wagen 7/ü😀"\\\u0001';

/** Fills a store with everything that can be in one. */
export async function fill(store: Store): Promise<void> {
  await fillEvents(store);
  await fillStreams(store);
  await fillRows(store);
  await store.tokens.revokeToken('for ever');
  await store.tokens.revokeToken('for long', Date.now() + 3_600_000_000);
}

async function fillEvents(store: Store): Promise<void> {
  const topic = 'cars';
  for (let n = 0; n < 5; n += 1) {
    const event = { timestamp: 1_700_000_000_123_456_789n + BigInt(n), id: ODD_ID };
    await send(store, 'a', batchOf([event, { ...event, value: '', tags: { '': 'x', [ODD_ID]: '\u2028' } }]), topic);
    await send(store, ODD_ID, batchOf([{ ...event, value: `${n}\0` }], escaped), topic);
    const numeric = new Map([
      ['Speed', [`${n}.50`, '-0', null]],
      ['10', ['1e300', null, null]],
    ]);
    const rest = {
      string: { S: [ODD_ID, null, ''] },
      binary: { B: ['AAE=', null, ''] },
      tags: { t: ['x', null, 'y'] },
    };
    const timestamps = [1_700_000_000_123_456_789n, 1n, 9_000_000_000_000_000_000n];
    await sendPackage(store, 'a', packageOf({ timestamps, numeric, ...rest }), { topic });
    await sendPackage(store, 'only packages', packageOf({ epoch: n, timestamps: [n], numeric: { S: [n] } }), { topic });
  }
  await send(store, 'a', batchAt(-5, 3), topic);
  // A name that others had before, whose positions look different.
  await send(store, 's', batchAt(1, 2, 3), 'again');
  await store.log.removeTopic('again');
  await send(store, 's', batchAt(4), 'again');
  await send(store, 'gone', batchAt(5), 'again');
  await store.log.removeStream('again', 'gone');
  await sendPackage(store, 's', packageOf({ timestamps: [1], numeric: { S: [1] } }), { topic: 'again' });
  await send(store, 's', batchAt(6), 'again');
  await store.log.setRetention({ topic: 'again', age: 3_600_000, bytes: 1_000_000, confirmed: true });
  await send(store, 'only', batchAt(1), 'empty');
  await store.log.removeStream('empty', 'only');
}

async function fillStreams(store: Store): Promise<void> {
  const target = { topic: 'cars', createTopic: true };
  const properties = {
    ...{ name: 'A', location: '/x/y', metadata: { b: '1', a: ODD_ID }, parents: ['p', 'q'] },
    timeOfRecording: '2024-01-01T00:00:00Z',
  };
  await store.log.putStream({ ...target, streamId: 'a', properties });
  await store.log.putStream({ ...target, streamId: 'nothing in it', properties: {} });
  const definitions = {
    parameters: [{ id: 'Speed', minimumValue: -0.5, maximumValue: 1e300, unit: 'km/h' }],
    events: [{ id: ODD_ID, level: 'Warning' as const }],
  };
  await store.log.putDefinitions({ ...target, streamId: 'a', definitions });
  await store.log.closeStream('cars', 'a');
  await store.log.closeStream('cars', 'nothing in it');
}

async function fillRows(store: Store): Promise<void> {
  const registry = await DataSourceRegistry.load(store, {
    onUnread: (error) => {
      throw error;
    },
  });
  const { schema } = parseDataSourceFile(DEFINITION, { maxColumns: 100 });
  await registry.create('visits', { definition: DEFINITION, schema });
  const source = await TestSource.of(store, 'visits');
  for (let n = 0; n < 5; n += 1) {
    const rows = rowTexts(
      `[null,${n},18446744073709551615,1.5,${JSON.stringify(`\0${ODD_ID}`)},["x","y"]]`,
      `[{"more":[1, 2.50]},-9223372036854775808,1,-0.0,null,[]]`,
      `[null,9223372036854775807,${n},1e300,"[1]",["\\ud83d\\ude00"]]`,
    );
    const bad = quarantineOf({ ...failedRow(`{"n":${n}`), raw: Buffer.from([0, 255, n]), originals: [null, 'x'] });
    await source.send({ rows, quarantine: n % 2 === 0 ? bad : nothing });
  }
  await registry.create('empty source', { definition: DEFINITION, schema });
  await store.log.setRetention({ topic: 'visits', age: 86_400_000, confirmed: true });
}

/** With an escape for everything that is not a letter. */
function escaped(text: string): string {
  const escape = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return `"${text.replaceAll(/[^a-z]/g, escape)}"`;
}

/** All that a store tells of what is in it, but for times, positions and versions. */
export async function contentsOf(store: MovedStore & Pick<Store, 'catalogue'>): Promise<Record<string, unknown>> {
  const contents: Record<string, unknown> = { tokens: (await store.tokens.revokedTokens()).sort(byText) };
  for (const topic of await store.catalogue.topics({ limit: 1000 })) {
    const { name, kind, retention, recordCount, dataSource } = topic;
    const held = kind === 'rows' ? await rowsOf(store, name) : await streamsOf(store, name);
    contents[name] = { kind, retention, recordCount, definition: dataSource?.definition, held };
  }
  return contents;
}

async function streamsOf(store: MovedStore, topic: string): Promise<unknown> {
  const streams = await store.catalogue.streams(topic, { limit: 1000 });
  const ids = streams.map(({ streamId }) => streamId);
  const definitions = await store.catalogue.definitions(topic, ids);
  const seen = await store.parameters.seenParameters(topic, ids);
  return Promise.all(
    streams.map(async ({ streamId, status, properties, eventCount, firstTimestamp, lastTimestamp }) => ({
      ...{ streamId, status, properties, eventCount, firstTimestamp, lastTimestamp },
      definitions: definitions.get(streamId),
      seen: [...(seen.get(streamId) ?? [])].sort(byText),
      ...(await orderedOf(store, topic, streamId)),
    })),
  );
}

/** Events and packages, and how many events come before each package. */
async function orderedOf(store: MovedStore, topic: string, streamId: string): Promise<object> {
  const events = await readAll(store, { topic, streamId });
  const packages = await readPackages(store, { topic, streamId });
  const before = await Promise.all(
    packages.map(async ({ position }) => {
      const behind = await readAll(store, { topic, streamId, after: position });
      return events.length - behind.length;
    }),
  );
  return { events: events.map(({ position: _, ...event }) => event), packages: saidBy(packages), before };
}

async function rowsOf({ rows: store }: MovedStore, name: string): Promise<object> {
  const [rows, quarantine] = [
    await store.readRows({ name, limit: 1000 }),
    await store.readQuarantine({ name, limit: 1000 }),
  ];
  return {
    rows: rows.rows.map(({ position: _, ...row }) => row),
    quarantine: quarantine.rows.map(({ position: _, storedAt: __, raw, ...row }) => ({
      ...row,
      raw: Buffer.from(raw),
    })),
  };
}

function byText(one: unknown, other: unknown): number {
  return JSON.stringify(one) < JSON.stringify(other) ? -1 : 1;
}
