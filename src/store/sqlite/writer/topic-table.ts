import type { Database, Statement } from 'better-sqlite3';
import { WriterHubError } from '../../../errors';
import { refuseOtherKind, type TopicKind } from '../../contract/topic-kind';

/** A topic as it is stored, for the writer. */
export interface TopicRecord {
  readonly id: number;
  readonly kind: TopicKind;
  readonly nextOffset: number;
  readonly streamCount: number;
  /** Of a data source: JSON text of its columns. */
  readonly columns: string | null;
  /** Number of changes of its schema. */
  readonly schemaChanges: number;
  readonly rowCount: number;
  readonly quarantineCount: number;
  readonly nextQuarantineOffset: number;
}

/** What is new in a topic of rows. */
export interface NewDataSource {
  readonly definition: string;
  /** JSON text. */
  readonly columns: string;
}

/** The table of topics of both kinds, and how many it may hold. */
export class TopicTable {
  #count: number | undefined;
  readonly #countAll: Statement<[], { count: number }>;
  readonly #findByName: Statement<[string], TopicRecord>;
  readonly #nextId: Statement<[], { last: number }>;
  readonly #insertRow: Statement<[number, string, number, string, string | null, string | null, number | null]>;
  readonly #deleteRow: Statement<[number]>;
  readonly #maxTopics: number;

  constructor(database: Database, maxTopics: number) {
    this.#maxTopics = maxTopics;

    this.#countAll = database.prepare('SELECT count(*) AS count FROM topics');
    this.#findByName = database.prepare(
      `SELECT id, kind, next_offset AS nextOffset, stream_count AS streamCount, columns,
         schema_changes AS schemaChanges, row_count AS rowCount,
         quarantine_count AS quarantineCount, next_quarantine_offset AS nextQuarantineOffset
       FROM topics WHERE name = ?`,
    );
    // An id is never used twice: idempotency records and schema versions outlive the data source they were made for.
    this.#nextId = database.prepare('UPDATE topic_ids SET last = last + 1 RETURNING last');
    this.#insertRow = database.prepare(
      `INSERT INTO topics (id, name, created_at, next_offset, stream_count, kind, definition, columns, updated_at)
       VALUES (?, ?, ?, 1, 0, ?, ?, ?, ?)`,
    );
    this.#deleteRow = database.prepare('DELETE FROM topics WHERE id = ?');
  }

  find(name: string): TopicRecord | undefined {
    return this.#findByName.get(name);
  }

  /** The topic of this name, if there is one. Throws `wrong_topic_kind` when it is of the other kind. */
  findOfKind(name: string, kind: TopicKind): TopicRecord | undefined {
    const row = this.find(name);
    if (row !== undefined) refuseOtherKind(name, row.kind, kind);
    return row;
  }

  /** Adds a topic of events, or of rows, and gives its id. Throws `topic_limit`. */
  insert(name: string, dataSource?: NewDataSource): number {
    this.#count ??= this.#countAll.get()?.count ?? 0;
    if (this.#count >= this.#maxTopics) {
      throw new WriterHubError('topic_limit', `the server holds ${this.#count} topics, as many as it may`);
    }
    const id = this.#nextId.get()?.last;
    if (id === undefined) throw new Error('the table of topic ids is empty');
    const now = Date.now();
    if (dataSource === undefined) this.#insertRow.run(id, name, now, 'events', null, null, null);
    else this.#insertRow.run(id, name, now, 'rows', dataSource.definition, dataSource.columns, now);
    this.#count += 1;
    return id;
  }

  delete(id: number): void {
    this.#deleteRow.run(id);
    this.#count = undefined;
  }

  /** Drops what is held in memory, after something was undone. */
  forget(): void {
    this.#count = undefined;
  }
}
