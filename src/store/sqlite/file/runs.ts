import type { Database, Statement } from 'better-sqlite3';

/** Consecutive offsets of one series and the timestamps they span. */
interface Run {
  readonly first: number;
  last: number;
  min: bigint;
  max: bigint;
}

/** The series of a stream: streams are numbered from 1 across all topics. */
export function seriesOfStream(stream: number): number {
  return stream;
}

/** The series of a topic as a whole; topics are numbered from 1. */
export function seriesOfTopic(topic: number): number {
  return -topic;
}

/** The series of the packages of a stream, far behind all numbers of streams. */
export function seriesOfPackages(stream: number): number {
  return FIRST_OF_PACKAGES + stream;
}

const FIRST_OF_PACKAGES = 2 ** 48;

/**
 * A run grows from commit to commit until it holds this many events; so a stream alone in its topic is indexed
 * sparsely.
 */
const FULL_RUN = 4096;

/**
 * The sparse index over events. A row says that the offsets `first` to `last` of a topic all belong to one series, and
 * which timestamps they span. A series is a stream, a topic as a whole, or the packages of a stream.
 */
export class RunTable {
  readonly #newest: Statement<[number], { first: bigint; last: bigint; min: bigint; max: bigint }>;
  readonly #put: Statement<[number, number, number, bigint, bigint]>;

  constructor(database: Database) {
    this.#newest = database
      .prepare<[number], { first: bigint; last: bigint; min: bigint; max: bigint }>(
        `SELECT first, last, min_timestamp AS min, max_timestamp AS max FROM runs
         WHERE series = ? ORDER BY first DESC LIMIT 1`,
      )
      .safeIntegers();
    this.#put = database.prepare(
      `INSERT INTO runs (series, first, last, min_timestamp, max_timestamp) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET last = excluded.last, min_timestamp = excluded.min_timestamp, max_timestamp = excluded.max_timestamp`,
    );
  }

  /** The newest run of a series, to be continued. */
  tail(series: number): RunTail {
    const row = this.#newest.get(series);
    const run = row && { first: Number(row.first), last: Number(row.last), min: row.min, max: row.max };
    return new RunTail(this, series, run);
  }

  /** Writes a run, in place of its shorter self if that is there. */
  write(series: number, run: Run): void {
    this.#put.run(series, run.first, run.last, run.min, run.max);
  }
}

/** The newest run of a series, which grows in memory and is written once per commit. */
export class RunTail {
  #changed = false;
  readonly #table: RunTable;
  readonly #series: number;
  #run: Run | undefined;

  constructor(table: RunTable, series: number, run: Run | undefined) {
    this.#table = table;
    this.#series = series;
    this.#run = run;
  }

  /** Adds the offsets `first` to `last`, which have just been assigned. */
  add(first: number, last: number, min: bigint, max: bigint): void {
    const run = this.#run;
    if (run?.last === first - 1 && run.last - run.first + 1 < FULL_RUN) {
      run.last = last;
      if (min < run.min) run.min = min;
      if (max > run.max) run.max = max;
    } else {
      this.write();
      this.#run = { first, last, min, max };
    }
    this.#changed = true;
  }

  write(): void {
    if (this.#changed && this.#run !== undefined) this.#table.write(this.#series, this.#run);
    this.#changed = false;
  }
}
