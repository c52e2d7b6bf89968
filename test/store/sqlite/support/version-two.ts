import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SqliteStore } from '../../../../src/store/sqlite/sqlite-store';
import { openStore, temporaryDirectory } from './open-store';

/**
 * A database that the last version with schema 2 made through its event service and its store, closed cleanly:
 *
 * - topic `cars` (id 1): stream `car-1`, closed, with every property; `car-2`, with the ends of int64, NUL and
 *   characters beyond the basic plane; `car-3`. Offsets 1 and 2 are of `car-1`, 3 and 4 of `car-2`, 5 and 6 of `car-1`
 *   again, with earlier timestamps; 7 of `car-3`.
 * - data source `gone` (id 2): dropped.
 * - topic `plant` (id 3): stream `line 1`, whose one event came under the key `events key`; `empty`, without events.
 * - data source `readings` (id 4): two rows and three quarantined rows under the key `rows key`; then the second of
 *   those replaced by a row.
 * - data source `wide` (id 5): two rows of 30 columns.
 * - data source `grown` (id 6): two rows and a quarantined row, its quarantine truncated, a column added with a value,
 *   another row.
 * - revoked tokens `for ever` and `until 2100`. Both keys expire in the year 2100.
 */
const VERSION_TWO = join(__dirname, '../../../fixtures/schema-version-2.db');

/** 1 January 2100, milliseconds since the Unix epoch. */
export const YEAR_2100 = 4102444800000;

/** What is said since schema version 5; bytes are guessed. */
export function held(count: number): object {
  const found = { streamCount: expect.any(Number) as number, storedAt: expect.any(Number) as number };
  return { earliest: '0', recordCount: count, bytes: 100 * count, retention: {}, ...found };
}

export const TOPICS = [
  { name: 'cars', kind: 'events', createdAt: 1795660066424, ...held(7), position: '7' },
  {
    name: 'grown',
    kind: 'rows',
    createdAt: 1795660066569,
    ...held(3),
    position: '3',
    dataSource: {
      definition: 'second definition',
      schemaVersion: '6.0',
      rowCount: 3,
      quarantineCount: 0,
      updatedAt: 1795660066619,
    },
  },
  { name: 'plant', kind: 'events', createdAt: 1795660066519, ...held(1), position: '1' },
  {
    name: 'readings',
    kind: 'rows',
    createdAt: 1795660066532,
    ...held(3),
    position: '3',
    dataSource: {
      definition: 'definition of readings',
      schemaVersion: '4.0',
      rowCount: 3,
      quarantineCount: 2,
      updatedAt: 1795660066537,
    },
  },
  {
    name: 'wide',
    kind: 'rows',
    createdAt: 1795660066546,
    ...held(2),
    position: '2',
    dataSource: {
      definition: 'definition of wide',
      schemaVersion: '5.0',
      rowCount: 2,
      quarantineCount: 0,
      updatedAt: 1795660066566,
    },
  },
];

export const CARS = [
  {
    streamId: 'car-1',
    status: 'closed',
    properties: {
      name: 'Car 1 \u{1f3ce}',
      location: '/cars/trials',
      metadata: { driver: 'A\0B', é: '😀' },
      parents: ['car-0'],
      timeOfRecording: '2021-04-11T09:37:49Z',
    },
    createdAt: 1795660066425,
    updatedAt: 1795660066488,
    eventCount: 4,
    firstTimestamp: 1518133869000000002n,
    lastTimestamp: 1618133869000000002n,
  },
  {
    streamId: 'car-2',
    status: 'open',
    properties: {},
    createdAt: 1795660066475,
    updatedAt: 1795660066475,
    eventCount: 2,
    firstTimestamp: -(2n ** 63n),
    lastTimestamp: 2n ** 63n - 1n,
  },
  {
    streamId: 'car-3',
    status: 'open',
    properties: {},
    createdAt: 1795660066648,
    updatedAt: 1795660066648,
    eventCount: 1,
    firstTimestamp: 1n,
    lastTimestamp: 1n,
  },
];

export const PLANT = [
  {
    streamId: 'empty',
    status: 'open',
    properties: {},
    createdAt: 1795660066522,
    updatedAt: 1795660066522,
    eventCount: 0,
  },
  {
    streamId: 'line 1',
    status: 'open',
    properties: {},
    createdAt: 1795660066519,
    updatedAt: 1795660066520,
    eventCount: 1,
    firstTimestamp: 7n,
    lastTimestamp: 7n,
  },
];

export const EVENTS = [
  { streamId: 'car-1', timestamp: 1618133869000000001n, id: 'Alert', value: 'Help', tags: '{"capacity":"over"}' },
  { streamId: 'car-1', timestamp: 1618133869000000002n, id: 'speed', value: '120.5', tags: null },
  {
    streamId: 'car-2',
    timestamp: 9223372036854775807n,
    id: 'nul\0id',
    value: '\0',
    tags: String.raw`{"k\u0000":"\ud83d\ude00"}`,
  },
  {
    streamId: 'car-2',
    timestamp: -9223372036854775808n,
    id: '😀',
    value: '\u{10ffff}👩\u200d👧',
    tags: '{"😀":"\u{10ffff}"}',
  },
  { streamId: 'car-1', timestamp: 1518133869000000003n, id: 'late', value: null, tags: null },
  { streamId: 'car-1', timestamp: 1518133869000000002n, id: 'later', value: '', tags: '{}' },
  { streamId: 'car-3', timestamp: 1n, id: 'last', value: null, tags: null },
].map((event, index) => ({ position: String(index + 1), ...event }));

export const READINGS = {
  rows: [
    ['1', null, 9223372036854775807n, 'a\0😀', 0.30000000000000004, '18446744073709551616'],
    ['2', '{"more":[1,2.0]}', -9223372036854775808n, '', 5e-324, 9007199254740993n],
    ['3', null, 2, 'mended', null, null],
  ],
  quarantine: ['first', 'th😀rd'].map((raw) => ({
    raw: Buffer.from(raw),
    columns: ['count'],
    reasons: [`"${raw}" is not an integer`],
    originals: [raw, null, null, null],
  })),
};

/** The values of a row of `wide`: integers, texts and floats in turn. */
export function wideValues(number: number): unknown[] {
  return Array.from({ length: 30 }, (_, index) => {
    if (index % 3 === 1) return `${number} ${index}`;
    return number * 100 + index + (index % 3 === 2 ? 0.5 : 0);
  });
}

export const WIDE = [1, 2].map((number) => [String(number), null, ...wideValues(number)]);

export const GROWN = [
  ['1', null, 1, "it's 😀"],
  ['2', null, 2, "it's 😀"],
  ['3', null, 3, 'three'],
];

/** The same after this version had opened it with schema 3 and stored one more event of `car-1`, under the key `k3`. */
const VERSION_THREE = join(__dirname, '../../../fixtures/schema-version-3-topics.db');

export async function openVersionThree(): Promise<{ directory: string; store: SqliteStore }> {
  const directory = temporaryDirectory();
  copyFileSync(VERSION_THREE, join(directory, 'writer-hub.db'));
  return { directory, store: await openStore({ directory }) };
}

/** A store on a copy of the database. */
export async function openVersionTwo(): Promise<{ directory: string; store: SqliteStore }> {
  const directory = temporaryDirectory();
  copyFileSync(VERSION_TWO, join(directory, 'writer-hub.db'));
  return { directory, store: await openStore({ directory }) };
}
