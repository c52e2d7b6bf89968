import type { Database, Statement } from 'better-sqlite3';
import { createPackageTable, packageTable, PackageTableNames } from '../file/package-table';
import { RecentMap } from '../file/recent-map';
import { RunTable, seriesOfPackages, type RunTail } from '../file/runs';

/** How many tables, and tails of streams, are remembered between commits, at least. */
const REMEMBERED_TABLES = 500;
const REMEMBERED_STREAMS = 20_000;

/** Is told how many packages, and bytes of them, a transaction has added to a topic. */
export type OnPackages = (topic: number, packages: number, bytes: number) => void;

/** A package as it is inserted. */
export interface NewPackage {
  readonly offset: number;
  readonly stream: number;
  readonly min: bigint;
  readonly max: bigint;
  /** JSON text. */
  readonly text: Uint8Array;
}

/** What is written into the packages of one topic. */
interface PackageTable {
  readonly insert: Statement<[number, number, bigint, bigint, Uint8Array]>;
  /** Deletes what an unfinished long append has left at an offset of the topic. */
  readonly clear: Statement<[number]>;
}

/** What a transaction has added of a stream. */
interface GrownStream {
  readonly tail: RunTail;
  added: number;
}

/**
 * The writer's view of packages: their tables, and which offsets of them are of which stream. What it holds is valid
 * only within the transaction; after a rollback it must `forget`.
 */
export class PackageTopics {
  readonly #tables = new RecentMap<number, PackageTable>(REMEMBERED_TABLES);
  readonly #tails = new RecentMap<number, RunTail>(REMEMBERED_STREAMS);
  readonly #grown = new Map<number, GrownStream>();
  readonly #grownTopics = new Map<number, { packages: number; bytes: number }>();
  #names: PackageTableNames;
  readonly #runs: RunTable;
  readonly #countOfStream: Statement<[number, number]>;
  readonly #countOfTopic: Statement<[number, number]>;
  readonly #database: Database;
  readonly #onGrown: OnPackages;

  /** `onGrown` is told of packages that were added to a topic. */
  constructor(database: Database, onGrown: OnPackages) {
    this.#database = database;
    this.#onGrown = onGrown;

    this.#names = new PackageTableNames(database);
    this.#runs = new RunTable(database);
    this.#countOfStream = database.prepare('UPDATE streams SET package_count = package_count + ? WHERE id = ?');
    this.#countOfTopic = database.prepare('UPDATE topics SET package_count = package_count + ? WHERE id = ?');
  }

  /** Inserts a package behind the end of its topic; `isCluttered`: something else may lie there. */
  insert(topic: number, { offset, stream, min, max, text }: NewPackage, isCluttered: boolean): void {
    const table = this.#table(topic);
    if (isCluttered) table.clear.run(offset);
    table.insert.run(offset, stream, min, max, text);
    const grownTopic = this.#grownTopics.get(topic) ?? { packages: 0, bytes: 0 };
    grownTopic.packages += 1;
    grownTopic.bytes += text.length;
    this.#grownTopics.set(topic, grownTopic);
    let grown = this.#grown.get(stream);
    if (grown === undefined) {
      grown = { tail: this.#tail(stream), added: 0 };
      this.#grown.set(stream, grown);
    }
    grown.tail.add(offset, offset, min, max);
    grown.added += 1;
  }

  /** Writes what changed since it was last called. */
  save(): void {
    if (this.#grown.size === 0) return;
    for (const [stream, { tail, added }] of this.#grown) {
      tail.write();
      this.#countOfStream.run(added, stream);
    }
    for (const [topic, { packages, bytes }] of this.#grownTopics) {
      this.#countOfTopic.run(packages, topic);
      this.#onGrown(topic, packages, bytes);
    }
    this.#grown.clear();
    this.#grownTopics.clear();
  }

  /** Drops what was not used recently; only between transactions. */
  trim(): void {
    this.#tables.trim();
    this.#tails.trim();
  }

  /** What is known of where streams lie is read again; only between transactions. */
  release(): void {
    this.#tails.clear();
  }

  /** Drops everything held in memory, after a rollback. */
  forget(): void {
    this.#tables.clear();
    this.#tails.clear();
    this.#grown.clear();
    this.#grownTopics.clear();
    this.#names = new PackageTableNames(this.#database);
  }

  #table(topic: number): PackageTable {
    let table = this.#tables.get(topic);
    if (table === undefined) {
      if (!this.#names.has(topic)) createPackageTable(this.#database, topic);
      table = {
        insert: this.#database.prepare(
          `INSERT INTO ${packageTable(topic)} (offset, stream, min_timestamp, max_timestamp, data)
           VALUES (?, ?, ?, ?, CAST(? AS TEXT))`,
        ),
        clear: this.#database.prepare(`DELETE FROM events_${topic} WHERE offset = ?`),
      };
      this.#tables.set(topic, table);
    }
    return table;
  }

  #tail(stream: number): RunTail {
    let tail = this.#tails.get(stream);
    if (tail === undefined) {
      tail = this.#runs.tail(seriesOfPackages(stream));
      this.#tails.set(stream, tail);
    }
    return tail;
  }
}
