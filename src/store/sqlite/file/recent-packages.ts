import type { Database, Statement } from 'better-sqlite3';
import type { TimeSpan } from '../../samples/bucket-sums';
import { packageTable, PackageTableNames } from './package-table';
import { seriesOfPackages } from './runs';

/** How many topics' statements are remembered. */
const REMEMBERED = 200;

/** A stream of a topic, and where its packages that are not packed begin. */
export interface RecentStream {
  readonly topic: number;
  readonly stream: number;
  /** Only offsets that are greater. */
  readonly after: number;
}

/** Packages of a stream that lie together, and the times they span. */
export interface RecentRun extends TimeSpan {
  readonly first: bigint;
  readonly last: bigint;
}

/** A package that is not packed. */
export interface RecentPackage {
  readonly offset: bigint;
  readonly minTimestamp: bigint;
  /** JSON text. */
  readonly data: string;
}

type InRun = Statement<[{ first: bigint; last: bigint; least: bigint; greatest: bigint }], RecentPackage>;

/** Reads packages that are not packed, by stream and time. */
export class RecentPackages {
  readonly #names: PackageTableNames;
  readonly #runs: Statement<[bigint, bigint, bigint, bigint], RecentRun>;
  readonly #inRun = new Map<number, InRun>();
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;

    this.#names = new PackageTableNames(database);
    this.#runs = database
      .prepare<[bigint, bigint, bigint, bigint], RecentRun>(
        `SELECT first, last, min_timestamp AS least, max_timestamp AS greatest FROM runs
         WHERE series = ? AND last > ? AND max_timestamp >= ? AND min_timestamp <= ? ORDER BY first`,
      )
      .safeIntegers();
  }

  /** Where packages lie that may have samples in a span of time, in order of their offsets. */
  runs({ topic, stream, after }: RecentStream, { least, greatest }: TimeSpan): RecentRun[] {
    if (!this.#names.has(topic)) return [];
    return this.#runs
      .all(BigInt(seriesOfPackages(stream)), BigInt(after), least, greatest)
      .map((run) => ({ ...run, first: run.first > BigInt(after) ? run.first : BigInt(after + 1) }));
  }

  /** Those of a run that may have samples in a span of time, in order of their offsets. */
  inRun(topic: number, { first, last }: RecentRun, { least, greatest }: TimeSpan): RecentPackage[] {
    let statement = this.#inRun.get(topic);
    if (statement === undefined) {
      if (this.#inRun.size >= REMEMBERED) this.#inRun.clear();
      statement = this.#database
        .prepare<[{ first: bigint; last: bigint; least: bigint; greatest: bigint }], RecentPackage>(
          `SELECT offset, min_timestamp AS minTimestamp, data FROM ${packageTable(topic)}
           WHERE offset BETWEEN @first AND @last AND min_timestamp <= @greatest AND max_timestamp >= @least
           ORDER BY offset`,
        )
        .safeIntegers();
      this.#inRun.set(topic, statement);
    }
    return statement.all({ first, last, least, greatest });
  }
}
