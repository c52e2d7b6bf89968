import type { Database } from 'better-sqlite3';
import { quarantineTable, rowTable } from '../file/data-source-tables';
import { EventDeletion } from '../file/event-deletion';
import { RecentMap } from '../file/recent-map';
import { PackageTableNames } from '../file/package-table';
import { seriesOfPackages, seriesOfStream, seriesOfTopic } from '../file/runs';
import { bytesUpTo, type KeptTopic, type OldFront, type RetentionRules } from '../file/retention-rules';
import { PackageDeletion } from './package-deletion';
import { SeriesDeletion } from './series-deletion';
import type { SweepTask } from './sweep-task';

/** How long after the last time all topics are looked at again (milliseconds). */
const PASS_EVERY = 10_000;
/** Topics whose statements are remembered, at least. */
const REMEMBERED_TOPICS = 20;
/** How many rows are deleted by one statement. */
const ROWS_AT_ONCE = 100;
/** Of so many topics is remembered up to where their blocks were deleted. */
const REMEMBERED_FRONTS = 10_000;

/** Removes what topics no longer keep, topic by topic, each from its front. */
export class RetentionSweep implements SweepTask {
  readonly #deletions = new RecentMap<number, EventDeletion>(REMEMBERED_TOPICS);
  readonly #packages = new RecentMap<number, PackageDeletion>(REMEMBERED_TOPICS);
  readonly #packageTables: PackageTableNames;
  readonly #series: SeriesDeletion;
  /** Where the blocks of the topic at hand are looked through. */
  #atSeries = 0;
  /** Up to where blocks were deleted, by topic. */
  readonly #blocksUntil = new Map<number, number>();
  readonly #statements: ReturnType<typeof prepareStatements>;
  /** The topic that was done last in this pass; `undefined` between passes. */
  #after: number | undefined;
  #nextPass = -Infinity;
  readonly #database: Database;
  readonly #rules: RetentionRules;
  readonly #onRowsRemoved: (name: string) => void;

  /** `onRowsRemoved` is called with the name of a data source that has lost rows. */
  constructor(database: Database, rules: RetentionRules, onRowsRemoved: (name: string) => void) {
    this.#database = database;
    this.#rules = rules;
    this.#onRowsRemoved = onRowsRemoved;

    this.#statements = prepareStatements(database);
    this.#packageTables = new PackageTableNames(database);
    this.#series = new SeriesDeletion(database);
  }

  /** Has the next pass begin at once. */
  lookAgain(): void {
    this.#nextPass = -Infinity;
    this.#after = undefined;
  }

  deleteSome(): boolean {
    if (this.#after === undefined) {
      if (performance.now() < this.#nextPass) return false;
      this.#nextPass = performance.now() + PASS_EVERY;
      this.#after = 0;
    }
    const topic = this.#rules.nextTopic(this.#after);
    if (topic === undefined) {
      this.#after = undefined;
      return false;
    }
    const now = Date.now();
    const front = this.#rules.oldFront(topic, now);
    if (front !== undefined) this.#removeSome(topic, front);
    else if (!this.#removeQuarantined(topic, now) && !this.#removeBlocks(topic)) this.#after = topic.id;
    return true;
  }

  /** Removes the first few of what is old, and everything that points to it. */
  #removeSome(topic: KeptTopic, front: OldFront): void {
    const { id, firstOffset } = topic;
    const isRows = topic.kind === 'rows';
    const last = isRows
      ? this.#removeRows(topic, front.last)
      : this.#removeEvents(topic, this.#removePackages(topic, front.last));
    this.#rules.marks.deleteUntil(id, last);
    this.#statements.setFront.run(last + 1, bytesUpTo(last, topic, front.upTo), id);
    if (!isRows) this.#statements.deleteRuns.run(seriesOfTopic(id), last, last);
    else if (last >= firstOffset) this.#onRowsRemoved(topic.name);
  }

  /** Removes the first few packages; gives the offset up to which they are gone. */
  #removePackages({ id }: KeptTopic, until: number): number {
    if (!this.#packageTables.has(id)) return until;
    const packages = this.#packagesOf(id);
    const last = packages.next(until);
    if (last === undefined) return until;
    let removed = 0;
    for (const [stream, count] of packages.run(last)) {
      // Packages of a stream that was removed are not counted any more.
      if (this.#statements.countPackagesOfStream.run(count, stream).changes > 0) removed += count;
      this.#statements.deleteRuns.run(seriesOfPackages(stream), last, last);
    }
    this.#statements.countPackages.run(removed, id);
    return last;
  }

  /** Deletes some blocks that hold nothing that is kept; says whether there is more to look through. */
  #removeBlocks({ id, firstOffset }: KeptTopic): boolean {
    if (this.#blocksUntil.get(id) === firstOffset || !this.#packageTables.has(id)) return false;
    const next = this.#series.ofTopic(id, this.#atSeries, firstOffset - 1);
    this.#atSeries = next ?? 0;
    if (next !== undefined) return true;
    if (this.#blocksUntil.size > REMEMBERED_FRONTS) this.#blocksUntil.clear();
    this.#blocksUntil.set(id, firstOffset);
    return false;
  }

  /** Gives the offset up to which they are gone. */
  #removeEvents({ id, firstOffset }: KeptTopic, until: number): number {
    const events = this.#deletionOf(id);
    const last = events.next(firstOffset, until);
    if (last === undefined) return until;
    let removed = 0;
    const counts = this.#database.prepare<[number, number], { stream: number; count: number }>(
      `SELECT stream, count(*) AS count FROM events_${id} WHERE offset BETWEEN ? AND ? GROUP BY stream`,
    );
    for (const { stream, count } of counts.all(firstOffset, last)) {
      // Events of a stream that was removed are not counted any more.
      if (this.#statements.countStream.run(count, stream).changes > 0) removed += count;
      this.#statements.deleteRuns.run(seriesOfStream(stream), last, last);
    }
    this.#statements.countTopic.run(removed, id);
    events.run(firstOffset, last);
    return last;
  }

  #removeRows({ id }: KeptTopic, until: number): number {
    const table = rowTable(id);
    const rows = `SELECT offset FROM ${table} WHERE offset <= ? ORDER BY offset LIMIT ${ROWS_AT_ONCE}`;
    const deleted = this.#database
      .prepare<[number], { offset: number }>(`DELETE FROM ${table} WHERE offset IN (${rows}) RETURNING offset`)
      .all(until);
    this.#statements.countRows.run(deleted.length, id);
    if (deleted.length < ROWS_AT_ONCE) return until;
    return deleted.reduce((last, { offset }) => Math.max(last, offset), 0);
  }

  /** Removes some of the quarantined rows that are too old; says whether there were any. */
  #removeQuarantined(topic: KeptTopic, now: number): boolean {
    const until = this.#rules.quarantinedUntil(topic, now);
    if (until === undefined) return false;
    const table = quarantineTable(topic.id);
    const first = `SELECT offset FROM ${table} ORDER BY offset LIMIT ${ROWS_AT_ONCE}`;
    const deleted = this.#database
      .prepare<[number, number], { offset: number }>(
        `DELETE FROM ${table} WHERE offset IN (${first}) AND (inserted_at <= ? OR offset <= ?) RETURNING offset`,
      )
      .all(until, topic.goneQuarantineOffset);
    if (deleted.length === 0) return false;
    const last = deleted.reduce((greatest, { offset }) => Math.max(greatest, offset), 0);
    this.#statements.countQuarantined.run(deleted.length, last + 1, topic.id);
    this.#onRowsRemoved(topic.name);
    return true;
  }

  #packagesOf(topic: number): PackageDeletion {
    let deletion = this.#packages.get(topic);
    if (deletion === undefined) {
      this.#packages.trim();
      deletion = new PackageDeletion(this.#database, topic);
      this.#packages.set(topic, deletion);
    }
    return deletion;
  }

  #deletionOf(topic: number): EventDeletion {
    let deletion = this.#deletions.get(topic);
    if (deletion === undefined) {
      this.#deletions.trim();
      deletion = new EventDeletion(this.#database, topic);
      this.#deletions.set(topic, deletion);
    }
    return deletion;
  }
}

function prepareStatements(database: Database) {
  return {
    setFront: database.prepare<[number, number, number]>(
      'UPDATE topics SET first_offset = ?, removed_bytes = ? WHERE id = ?',
    ),
    countTopic: database.prepare<[number, number]>('UPDATE topics SET event_count = event_count - ? WHERE id = ?'),
    countRows: database.prepare<[number, number]>('UPDATE topics SET row_count = row_count - ? WHERE id = ?'),
    countQuarantined: database.prepare<[number, number, number]>(
      `UPDATE topics SET quarantine_count = quarantine_count - ?,
         first_quarantine_offset = max(first_quarantine_offset, ?)
       WHERE id = ?`,
    ),
    countPackages: database.prepare<[number, number]>(
      'UPDATE topics SET package_count = package_count - ? WHERE id = ?',
    ),
    countPackagesOfStream: database.prepare<[number, number]>(
      'UPDATE streams SET package_count = package_count - ? WHERE id = ?',
    ),
    countStream: database.prepare<[number, number]>('UPDATE streams SET event_count = event_count - ? WHERE id = ?'),
    deleteRuns: database.prepare<[number, number, number]>(
      'DELETE FROM runs WHERE series = ? AND first <= ? AND last <= ?',
    ),
  };
}
