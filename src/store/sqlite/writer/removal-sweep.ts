import type { Database } from 'better-sqlite3';
import { EventDeletion } from '../file/event-deletion';
import { packageTable } from '../file/package-table';
import { seriesOfPackages, seriesOfStream, seriesOfTopic } from '../file/runs';
import { PackageDeletion } from './package-deletion';
import { SeriesDeletion } from './series-deletion';
import type { SweepTask } from './sweep-task';
import { TopicRemoval } from './topic-removal';

/** How many rows of the shared tables are deleted by one statement. */
const ROWS_AT_ONCE = 200;

interface RemovalRow {
  readonly id: number;
  readonly topic: number;
  readonly kind: 'events' | 'rows' | 'stream';
  readonly stream: number | null;
}

/** Deletes what removed topics and streams have left behind; it goes on where it was after a restart. */
export class RemovalSweep implements SweepTask {
  readonly #statements: ReturnType<typeof prepareStatements>;
  readonly #streams: TopicRemoval;
  readonly #series: SeriesDeletion;
  /** The events of the topic at hand. */
  #events: { readonly topic: number; readonly deletion: EventDeletion } | undefined;
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;

    this.#statements = prepareStatements(database);
    this.#streams = new TopicRemoval(database);
    this.#series = new SeriesDeletion(database);
  }

  deleteSome(): boolean {
    const removal = this.#statements.next.get();
    if (removal === undefined) return false;
    const { id, topic, kind, stream } = removal;
    const isMore = kind === 'stream' ? this.#deleteOfStream(topic, stream ?? 0) : this.#deleteOfTopic(topic, kind);
    if (!isMore) this.#statements.forget.run(id);
    return true;
  }

  /** Says whether there was something. */
  #deleteOfTopic(topic: number, kind: 'events' | 'rows'): boolean {
    if (kind === 'events' && (this.#deleteEvents(topic) || this.#deletePackages(topic))) return true;
    const { records, marks, runs } = this.#statements;
    if (records.run(topic, ROWS_AT_ONCE).changes > 0) return true;
    if (marks.run(topic, ROWS_AT_ONCE).changes > 0) return true;
    if (kind === 'rows') return false;
    if (runs.run(seriesOfTopic(topic), ROWS_AT_ONCE).changes > 0) return true;
    return this.#deleteStreamOf(topic) || this.#series.parametersOf(topic);
  }

  /** The table goes with the last of them. */
  #deleteEvents(topic: number): boolean {
    if (this.#statements.hasTable.get(`events_${topic}`) === undefined) return false;
    const events = this.#eventsOf(topic);
    const last = events.next(0, Number.MAX_SAFE_INTEGER);
    if (last === undefined) {
      this.#events = undefined;
      this.#database.exec(`DROP TABLE events_${topic}`);
    } else {
      events.run(0, last);
    }
    return true;
  }

  /** The table goes with the last of them. */
  #deletePackages(topic: number): boolean {
    const table = packageTable(topic);
    if (this.#statements.hasTable.get(table) === undefined) return false;
    const packages = new PackageDeletion(this.#database, topic);
    const last = packages.next(Number.MAX_SAFE_INTEGER);
    if (last === undefined) this.#database.exec(`DROP TABLE ${table}`);
    else packages.run(last);
    return true;
  }

  #deleteStreamOf(topic: number): boolean {
    const stream = this.#statements.streamOf.get(topic)?.id;
    if (stream === undefined) return false;
    if (!this.#deleteRunsOf(stream) && !this.#series.ofStream(stream)) this.#streams.deleteStream(stream);
    return true;
  }

  /** All offsets of a run are the stream's own. */
  #deleteOfStream(topic: number, stream: number): boolean {
    if (this.#series.ofStream(stream)) return true;
    // The events of a topic that was removed as well go with their table.
    if (this.#statements.hasTopic.get(topic) === undefined) return this.#deleteRunsOf(stream);
    if (this.#deletePackagesOf(topic, stream)) return true;
    const series = seriesOfStream(stream);
    const run = this.#statements.firstRun.get(series);
    if (run === undefined) return false;
    const events = this.#eventsOf(topic);
    const last = events.next(run.first, run.last);
    if (last !== undefined) events.run(run.first, last);
    if (last === undefined || last === run.last) this.#statements.deleteRun.run(series, run.first);
    return true;
  }

  #deleteRunsOf(stream: number): boolean {
    const { runs } = this.#statements;
    return [seriesOfStream(stream), seriesOfPackages(stream)].some(
      (series) => runs.run(series, ROWS_AT_ONCE).changes > 0,
    );
  }

  /** A row of packages may hold those of other streams as well. */
  #deletePackagesOf(topic: number, stream: number): boolean {
    const series = seriesOfPackages(stream);
    const run = this.#statements.firstRun.get(series);
    if (run === undefined) return false;
    const next = new PackageDeletion(this.#database, topic).deleteOfStream(stream, run.first) ?? run.last + 1;
    if (next > run.last) this.#statements.deleteRun.run(series, run.first);
    else this.#statements.shortenRun.run(next, series, run.first);
    return true;
  }

  #eventsOf(topic: number): EventDeletion {
    if (this.#events?.topic !== topic) {
      this.#events = { topic, deletion: new EventDeletion(this.#database, topic) };
    }
    return this.#events.deletion;
  }
}

function prepareStatements(database: Database) {
  return {
    next: database.prepare<[], RemovalRow>('SELECT id, topic, kind, stream FROM removals ORDER BY id LIMIT 1'),
    forget: database.prepare<[number]>('DELETE FROM removals WHERE id = ?'),
    hasTopic: database.prepare<[number]>('SELECT 1 FROM topics WHERE id = ?'),
    hasTable: database.prepare<[string]>(`SELECT 1 FROM pragma_table_info(?) LIMIT 1`),
    streamOf: database.prepare<[number], { id: number }>('SELECT id FROM streams WHERE topic = ? LIMIT 1'),
    firstRun: database.prepare<[number], { first: number; last: number }>(
      'SELECT first, last FROM runs WHERE series = ? ORDER BY first LIMIT 1',
    ),
    deleteRun: database.prepare<[number, number]>('DELETE FROM runs WHERE series = ? AND first = ?'),
    shortenRun: database.prepare<[number, number, number]>('UPDATE runs SET first = ? WHERE series = ? AND first = ?'),
    runs: database.prepare<[number, number]>(
      `DELETE FROM runs WHERE (series, first) IN (SELECT series, first FROM runs WHERE series = ? LIMIT ?)`,
    ),
    records: database.prepare<[number, number]>(
      `DELETE FROM idempotency_records WHERE rowid IN (SELECT rowid FROM idempotency_records WHERE topic = ? LIMIT ?)`,
    ),
    marks: database.prepare<[number, number]>(
      'DELETE FROM marks WHERE (topic, offset) IN (SELECT topic, offset FROM marks WHERE topic = ? LIMIT ?)',
    ),
  };
}
