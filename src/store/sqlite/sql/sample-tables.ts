import type { Database } from 'better-sqlite3';
import { VALUE_KINDS, type ValueKind } from '../../contract/parameter-store';
import { BlockReader, type ZoneSamples } from '../../samples/block';
import { parsePackage } from '../../samples/package-columns';
import { samplesOfPackage } from '../../samples/package-samples';
import { toStoreError } from '../channel/failure';

/** The table of the samples of one block, and of those of one package that is in none. */
export const BLOCK_SAMPLES = 'block_samples';
export const PACKAGE_SAMPLES = 'package_samples';

/** What both tables say of a sample; numbers, strings and base64 of a kind are NULL in the columns of other kinds. */
export const SAMPLE_COLUMNS = [
  'offset',
  'timestamp',
  'numeric_value',
  'string_value',
  'binary_value',
  'value',
  'tags',
] as const;

type SampleRow = [bigint, bigint, number | null, string | null, string | null, string, string | null];

/**
 * Registers the tables of samples. They compute their rows from their arguments alone, which are columns of stored
 * tables, and read nothing themselves: so SQLite decides which blocks and packages a query needs.
 */
export function registerSampleTables(database: Database): void {
  database.table(BLOCK_SAMPLES, {
    columns: [...SAMPLE_COLUMNS],
    parameters: ['block_kind', 'min_timestamp', 'zones', 'data'],
    safeIntegers: true,
    rows: function* (...args) {
      const [kind, minTimestamp, zones, data] = args as [bigint, bigint, Buffer, Buffer];
      yield* readable(samplesOfBlock(VALUE_KINDS[Number(kind)]!, { minTimestamp, zones, data }));
    },
  });
  database.table(PACKAGE_SAMPLES, {
    columns: ['parameter', 'kind', ...SAMPLE_COLUMNS],
    parameters: ['package_offset', 'data'],
    safeIntegers: true,
    rows: function* (...args) {
      const [offset, json] = args as [bigint, string];
      yield* readable(samplesOfText(offset, json));
    },
  });
}

/** What cannot be read is the fault of the store, not of the query. */
function* readable<T>(rows: Iterable<T>): Generator<T, void, void> {
  try {
    yield* rows;
  } catch (error) {
    throw toStoreError('read samples', error);
  }
}

function* samplesOfBlock(
  kind: ValueKind,
  block: ConstructorParameters<typeof BlockReader>[1],
): Generator<SampleRow, void, void> {
  const objects = new TagObjects();
  const reader = new BlockReader(kind, block);
  for (const zone of reader.zones) yield* samplesOfZone(kind, reader.samples(zone), objects);
}

function* samplesOfZone(kind: ValueKind, samples: ZoneSamples, objects: TagObjects): Generator<SampleRow, void, void> {
  const { base, at, values, tags } = samples;
  const { offsets } = samples.origins;
  for (let i = 0; i < at.length; i++) {
    const text = samples.text(i);
    const columns = valueColumns(kind, text, values?.[i]);
    yield [BigInt(offsets[i]!), base + BigInt(at[i]!), ...columns, text, objects.of(tags[i]!)];
  }
}

function* samplesOfText(
  offset: bigint,
  json: string,
): Generator<[parameter: string, kind: ValueKind, ...SampleRow], void, void> {
  const objects = new TagObjects();
  for (const { id, kind, samples } of samplesOfPackage(Number(offset), parsePackage(json))) {
    for (const [i, text] of samples.values.entries()) {
      const columns = valueColumns(kind, text, kind === 'numeric' ? Number(text) : undefined);
      yield [id, kind, offset, samples.timestamps[i]!, ...columns, text, objects.of(samples.tags[i]!)];
    }
  }
}

function valueColumns(
  kind: ValueKind,
  text: string,
  number: number | undefined,
): [number | null, string | null, string | null] {
  return [number ?? null, kind === 'string' ? text : null, kind === 'binary' ? text : null];
}

/** Makes JSON objects of tags, which are stored as arrays of pairs. */
class TagObjects {
  #pairs = '';
  #object: string | null = null;

  /** Neighbours mostly have the same tags, which are the same text. */
  of(pairs: string): string | null {
    if (pairs === this.#pairs) return this.#object;
    this.#pairs = pairs;
    // Made by hand: an object would have `__proto__` and keys such as `10` otherwise than they were sent.
    this.#object = pairs === '' ? null : `{${(JSON.parse(pairs) as string[][]).map(toMember).join(',')}}`;
    return this.#object;
  }
}

function toMember(pair: readonly string[]): string {
  return pair.map((text) => JSON.stringify(text)).join(':');
}
