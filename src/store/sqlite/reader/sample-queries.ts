import type { Database } from 'better-sqlite3';
import { WriterHubError } from '../../../errors';
import type { SamplePage, SampleQuery } from '../../contract/parameter-store';
import { compareRows, mergeRows, type RowPlace, type RowValue, type SampleUnit } from '../../samples/row-merge';
import type { AggregateRequest, SampleSums } from '../channel/reader-messages';
import { SeriesTable, type Series } from '../file/series';
import { SampleAggregates, type SampledStream } from './sample-aggregates';
import { SampleUnits } from './sample-units';
import { int64Window, isInt64 } from './time-window';

/** A page ends when its texts hold this many characters, however many rows were asked for. */
const PAGE_CHARACTERS = 1024 * 1024;

const CURSOR = /^(-?\d{1,19})\.(\d{1,16})\.(\d{1,10})$/;

/** Finds the stream that a query is about. Throws `unknown_topic`, `wrong_topic_kind`, `unknown_stream`. */
export type FindStream = (topic: string, streamId: string) => SampledStream;

/** Reads samples of streams, one by one or summed up; each answer is of one state of the store. */
export class SampleQueries {
  readonly #series: SeriesTable;
  readonly #units: SampleUnits;
  readonly #aggregates: SampleAggregates;
  readonly #find: FindStream;
  readonly #inOneState: <T>(read: () => T) => T;

  constructor(database: Database, find: FindStream) {
    this.#series = new SeriesTable(database);
    this.#units = new SampleUnits(database);
    this.#aggregates = new SampleAggregates(database);
    this.#find = find;
    this.#inOneState = (read) => database.transaction(read)();
  }

  samples(query: SampleQuery): SamplePage {
    return this.#inOneState(() => this.#page(query));
  }

  aggregates({ topic, streamId, parameters, ...request }: AggregateRequest): SampleSums {
    return this.#inOneState(() => {
      const stream = this.#find(topic, streamId);
      return this.#aggregates.sums(stream, this.#seriesOf(stream, parameters), request);
    });
  }

  #page({ topic, streamId, parameters, from, to, after: cursor, limit }: SampleQuery): SamplePage {
    const after = cursor === undefined ? undefined : parseCursor(cursor);
    const { firstOffset, packedOffset, ...stream } = this.#find(topic, streamId);
    const window = int64Window(from, to);
    const span = after !== undefined && after.timestamp > window.least ? { ...window, least: after.timestamp } : window;
    const isWanted = (value: RowValue): boolean =>
      value.offset >= firstOffset &&
      value.timestamp >= span.least &&
      value.timestamp <= span.greatest &&
      (after === undefined || compareRows(value, after) > 0);
    const units = this.#units.of({ ...stream, after: packedOffset }, this.#seriesOf(stream, parameters), span);
    const limits = { rows: limit, characters: PAGE_CHARACTERS };
    const { last, ...rows } = mergeRows(filtered(units, isWanted), limits);
    return { ...rows, after: last === undefined ? cursor : toCursor(last) };
  }

  #seriesOf(
    { topic, stream }: Pick<SampledStream, 'topic' | 'stream'>,
    parameters: readonly string[] | undefined,
  ): Series[] {
    return parameters === undefined ? this.#series.all(stream) : this.#series.named(topic, stream, parameters);
  }
}

/** The same units without what is not wanted. */
function* filtered(units: Iterable<SampleUnit>, isWanted: (value: RowValue) => boolean): Iterable<SampleUnit> {
  for (const { least, read, divide } of units) {
    yield {
      least,
      ...(read && { read: () => wantedOf(read(), isWanted) }),
      ...(divide && { divide: () => filtered(divide(), isWanted) }),
    };
  }
}

function* wantedOf(values: Iterable<RowValue>, isWanted: (value: RowValue) => boolean): Iterable<RowValue> {
  for (const value of values) if (isWanted(value)) yield value;
}

function parseCursor(text: string): RowPlace {
  const match = CURSOR.exec(text);
  const timestamp = BigInt(match?.[1] ?? 0);
  if (match !== null && isInt64(timestamp)) return { timestamp, offset: Number(match[2]), index: Number(match[3]) };
  const shown = JSON.stringify(text.slice(0, 100));
  throw new WriterHubError('invalid_query', `after is ${shown}, not a place between samples: take the next of a page`);
}

function toCursor({ timestamp, offset, index }: RowPlace): string {
  return `${timestamp}.${offset}.${index}`;
}
