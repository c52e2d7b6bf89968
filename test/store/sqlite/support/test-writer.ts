import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Append } from '../../../../src/store/contract/event-log';
import type { RowsAppend } from '../../../../src/store/contract/row-store';
import type { Retention } from '../../../../src/store/contract/retention';
import type { CommitRecord, CommitResult } from '../../../../src/store/sqlite/channel/messages';
import { openForWriting } from '../../../../src/store/sqlite/file/connection';
import { eventParts, LongAppend, rowParts } from '../../../../src/store/sqlite/queue/long-append';
import { Batch, type BatchPart } from '../../../../src/store/sqlite/queue/batch';
import { Committer } from '../../../../src/store/sqlite/writer/committer';
import { Sweeper } from '../../../../src/store/sqlite/writer/sweeper';
import { temporaryDirectory } from './open-store';

type CommitPart = () => Omit<CommitResult, 'logBytes'>;

/** A writing connection without its thread. */
export class TestWriter {
  database!: Database.Database;
  #committer!: Committer;
  readonly #data;
  #lastNumber = 0;

  constructor(retention: Required<Retention>) {
    const limits = { maxTopics: 10, maxStreamsPerTopic: 100, maxParametersPerTopic: 100, retention };
    const settings = {
      packAfter: 10_000,
      maxDatabaseBytes: 0,
      maxLogBytes: 1e9,
      epoch: 1,
    };
    const databaseFile = join(temporaryDirectory(), 'writer-hub.db');
    this.#data = { databaseFile, busyTimeout: 20, limits, ...settings };
    this.reopen();
  }

  /** As after a restart of the store, or of the thread that writes: nothing is held in memory. */
  reopen(restarted: 'store' | 'thread' = 'store'): void {
    if (restarted === 'store') this.#data.epoch += 1;
    (this.database as Database.Database | undefined)?.close();
    this.database = openForWriting(this.#data);
    this.#committer = new Committer(this.database, { epoch: this.#data.epoch, limits: { current: this.#data.limits } });
  }

  get sweeper(): Sweeper {
    return this.newSweeper();
  }

  newSweeper(): Sweeper {
    return new Sweeper(this.database, {
      retention: () => this.#data.limits.retention,
      epoch: this.#data.epoch,
      lastFailure: () => this.lastFailure,
      now: () => Date.now(),
      onRowsRemoved: (name) => {
        this.#committer.rowsRemoved(name);
      },
    });
  }

  /** Carries out what a batch is filled with; nothing of it may fail. */
  readonly commit = (fill: (batch: Batch) => void): void => {
    const { failedChanges, outcomes } = this.try(fill);
    expect([failedChanges, outcomes.events.failed, outcomes.rows.failed]).toEqual([[], [], []]);
  };

  /** Carries out what a batch is filled with. */
  try(fill: (batch: Batch) => void, part?: BatchPart): Omit<CommitResult, 'logBytes'> {
    const batch = new Batch(part);
    fill(batch);
    return this.#committer.commit(batch.encode({ number: ++this.#lastNumber, knownFailure: 0 }));
  }

  /** The parts of a long append, each as a function that commits it. */
  readonly partsOfEvents = (append: Append): CommitPart[] =>
    this.#parts(append.topic, eventParts(append), (batch, part) => void batch.appendEvents(part));

  readonly partsOfRows = (append: RowsAppend): CommitPart[] =>
    this.#parts(append.topic, rowParts(append), (batch, part) => void batch.appendRows(part));

  #parts<Part>(topic: string, parts: readonly Part[], put: (batch: Batch, part: Part) => void): CommitPart[] {
    const whole = new LongAppend(topic, { records: 0, bytes: 0 }, () => false);
    return parts.map((part, index) => () => {
      const isLast = index === parts.length - 1;
      return this.try(
        (batch) => {
          put(batch, part);
        },
        { whole, index, isLast },
      );
    });
  }

  /** The last commit that is known to have failed: long appends that had begun by then have no end. */
  lastFailure = 0;

  /** From now on, long appends that have begun are known to have failed. */
  failUnfinished(): void {
    this.lastFailure = this.#lastNumber;
  }

  /** What a commit has recorded: that of a number, or the last one. */
  recall(number = this.#lastNumber): CommitRecord | undefined {
    return this.#committer.recall(number);
  }

  /** Makes data source `d` with one column. */
  createSource(): void {
    this.commit((batch) => {
      const columns = [{ name: 'a', storage: 'any' }] as const;
      void batch.change({ kind: 'create_data_source', name: 'd', definition: '', columns });
    });
  }

  readonly count = (table: string): unknown => this.database.prepare(`SELECT count(*) FROM ${table}`).pluck().get();

  /** A column of topic `t`, or another. */
  ofTopic(column: string, name = 't'): unknown {
    return this.database.prepare(`SELECT ${column} FROM topics WHERE name = ?`).pluck().get(name);
  }
}

const WRITERS: TestWriter[] = [];

export function openWriter(retention: Retention = {}): TestWriter {
  const writer = new TestWriter({ age: 0, bytes: 0, ...retention });
  WRITERS.push(writer);
  return writer;
}

export function closeWriters(): void {
  for (const { database } of WRITERS.splice(0)) database.close();
}

/** Sweeps until nothing is left; gives the number of steps. */
export function sweepAll(sweeper: Sweeper): number {
  let steps = 1;
  while (sweeper.step()) steps += 1;
  return steps;
}
