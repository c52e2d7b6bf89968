import { createHash } from 'node:crypto';
import type { IdempotencyRecord } from '../../../src/store/contract/idempotency';
import {
  VALUE_KINDS,
  type AggregateQuery,
  type PackageBatch,
  type PackageQuery,
  type SampleBuckets,
  type SampleQuery,
  type StoredPackage,
} from '../../../src/store/contract/parameter-store';
import type { Position } from '../../../src/store/contract/position';
import type { Store } from '../../../src/store/contract/store';
import { rowsOf, type SampleRow } from '../../support/sample-rows';
import { MEMBERS, readPackage, samplesOf, type SentPackage } from '../../support/sent-package';

/** What these helpers need of a store. */
type ParametersOf = Pick<Store, 'parameters'>;

/** Columns by id; a map where an object would not keep the ids or their order. */
type Columns = Readonly<Record<string, Column>> | ReadonlyMap<string, Column>;

type Column = readonly (number | string | null)[];

/** A package as a test writes it down; numbers as JSON texts where digits matter. */
export interface PackageInput {
  readonly epoch?: bigint | number;
  readonly timestamps: readonly (bigint | number)[];
  readonly numeric?: Columns;
  readonly string?: Columns;
  readonly binary?: Columns;
  readonly tags?: Columns;
}

/** The JSON text of a package. */
export function packageText({ epoch, timestamps, tags, ...values }: PackageInput): string {
  const members = epoch === undefined ? [] : [`"epoch":${epoch}`];
  members.push(`"timestamps":[${timestamps.join(',')}]`);
  for (const kind of VALUE_KINDS) {
    const columns = values[kind];
    if (columns !== undefined) members.push(columnsText(MEMBERS[kind], columns, kind === 'numeric' ? String : quoted));
  }
  if (tags !== undefined) members.push(columnsText('tagValues', tags, quoted));
  return `{${members.join(',')}}`;
}

/** A package as the package scanner would hand it over. */
export function packageOf(input: PackageInput): PackageBatch {
  return batchOfText(packageText(input));
}

/** The same of a text that is a package. */
export function batchOfText(json: string): PackageBatch {
  const sent = readPackage(json);
  const { timestamps, values } = sent;
  const ids = VALUE_KINDS.flatMap((kind) => Array.from(values[kind].keys(), (id) => [kind, id]));
  return {
    json: Buffer.from(json),
    count: timestamps.length,
    samples: [...samplesOf(sent)].length,
    minTimestamp: timestamps.reduce((least, each) => (each < least ? each : least)),
    maxTimestamp: timestamps.reduce((greatest, each) => (each > greatest ? each : greatest)),
    shape: createHash('sha256').update(JSON.stringify(ids)).digest().readUIntBE(0, 6),
  };
}

/** A package of numbers of the parameter `Speed`, which are its timestamps. */
export function speedAt(...timestamps: (bigint | number)[]): PackageBatch {
  return packageOf({ timestamps, numeric: { Speed: timestamps.map(String) } });
}

/** A package with a number for each of these parameters, at one timestamp. */
export function packageWith(...ids: string[]): PackageBatch {
  return packageOf({ timestamps: [1], numeric: new Map(ids.map((id) => [id, [1]])) });
}

/** Appends to topic `t`, which is created, or to another; gives the position of the package. */
export async function sendPackage(
  store: ParametersOf,
  streamId: string,
  batch: PackageBatch,
  { topic = 't', record }: { readonly topic?: string; readonly record?: IdempotencyRecord } = {},
): Promise<Position> {
  const append = { topic, streamId, batch, createTopic: true, ...(record && { record }) };
  const { position } = await store.parameters.appendPackage(append);
  if (position === undefined) throw new Error('a package that was not stored before has a position');
  return position;
}

/** Reads the packages of topic `t`, or another, to their end by pages of `limit`. */
export async function readPackages(store: ParametersOf, query: Partial<PackageQuery> = {}): Promise<StoredPackage[]> {
  const packages: StoredPackage[] = [];
  let from: Pick<PackageQuery, 'after'> = {};
  for (;;) {
    const page = await store.parameters.readPackages({ topic: 't', limit: 1000, ...query, ...from });
    packages.push(...page.packages);
    if (!page.more) return packages;
    from = { after: page.position };
  }
}

/** What packages say, whatever their white space, escapes and order of columns. */
export function saidBy(packages: readonly (StoredPackage | PackageBatch)[]): SentPackage[] {
  return packages.map(({ json }) => readPackage(typeof json === 'string' ? json : Buffer.from(json).toString()));
}

/** The first timestamp of each package, which says which one it is. */
export function timesOf(packages: readonly StoredPackage[]): number[] {
  return saidBy(packages).map(({ timestamps }) => Number(timestamps[0]));
}

/** Reads the samples of stream `s` of topic `t`, or of others, to their end by pages of `limit`. */
export async function readSamples(store: ParametersOf, query: Partial<SampleQuery> = {}): Promise<SampleRow[]> {
  const rows: SampleRow[] = [];
  let from: Pick<SampleQuery, 'after'> = {};
  for (;;) {
    const page = await store.parameters.readSamples({ topic: 't', streamId: 's', limit: 1000, ...query, ...from });
    rows.push(...rowsOf(page));
    if (!page.more) return rows;
    from = { after: page.after };
  }
}

/** The texts of one parameter in rows, of whatever kind. */
export function valuesOf(rows: readonly SampleRow[], id = 'Speed'): (string | undefined)[] {
  return rows.map(({ values }) => values.find((value) => value.id === id)?.text);
}

/** Sums up the samples of stream `s` of topic `t`, or of others. */
export function aggregate(
  store: ParametersOf,
  interval: bigint,
  query: Partial<AggregateQuery> = {},
): Promise<SampleBuckets> {
  const grid = { interval, origin: 0n, maxBuckets: 1000 };
  return store.parameters.aggregateSamples({ topic: 't', streamId: 's', ...grid, ...query });
}

function columnsText(member: string, columns: Columns, write: (value: number | string) => string): string {
  const pairs: Iterable<readonly [string, Column]> = isMap(columns) ? columns : Object.entries(columns);
  const texts = Array.from(pairs, ([id, column]) => {
    const values = column.map((value) => (value === null ? 'null' : write(value)));
    return `${JSON.stringify(id)}:[${values.join(',')}]`;
  });
  return `"${member}":{${texts.join(',')}}`;
}

function isMap(columns: Columns): columns is ReadonlyMap<string, Column> {
  return columns instanceof Map;
}

function quoted(text: number | string): string {
  return JSON.stringify(text);
}
