import type { Database, Statement } from 'better-sqlite3';
import { WriterHubError } from '../../../errors';
import { isShare } from '../../../limits/shares';
import { RemovedNames } from '../file/removed-names';
import type { CommitRules } from './commit-rules';
import { refuseOtherKind, type TopicKind } from '../../contract/topic-kind';

/** A topic as it is stored, for the writer. */
export interface TopicRecord {
  readonly id: number;
  readonly kind: TopicKind;
  /** 0 for the first topic of its name. */
  readonly generation: number;
  readonly nextOffset: number;
  /** Bytes of all texts that were ever stored in it. */
  readonly textBytes: number;
  readonly storedAt: number;
  readonly markedAt: number;
  readonly streamCount: number;
  /** Of a data source: JSON text of its columns. */
  readonly columns: string | null;
  /** Number of changes of its schema. */
  readonly schemaChanges: number;
  readonly rowCount: number;
  readonly quarantineCount: number;
  readonly nextQuarantineOffset: number;
}

/** A topic that is to be made. */
export interface NewTopic {
  readonly name: string;
  /** Who makes it; absent: somebody without a share. */
  readonly creator: string | undefined;
  /** Of a data source; `columns` is JSON text. */
  readonly dataSource?: { readonly definition: string; readonly columns: string };
}

/** What a topic that was just made is called and how its positions begin. */
export interface MadeTopic {
  readonly id: number;
  readonly generation: number;
}

/** The table of topics of both kinds, and how many it may hold. */
export class TopicTable {
  #count: number | undefined;
  #refused: string[] = [];
  readonly #countAll: Statement<[], { count: number }>;
  readonly #findByName: Statement<[string], TopicRecord>;
  readonly #nextId: Statement<[], { last: number }>;
  readonly #insertRow: Statement<
    [number, string, number, string, string | null, string | null, number | null, number, string | null]
  >;
  readonly #countMadeBy: Statement<[string], { count: number }>;
  readonly #removedNames: RemovedNames;
  readonly #deleteRow: Statement<[number]>;
  readonly #deleteGenerations: Statement<[number]>;
  readonly #deleteStates: Statement<[number]>;
  readonly #rules: CommitRules;

  constructor(database: Database, rules: CommitRules) {
    this.#rules = rules;

    this.#countAll = database.prepare('SELECT count(*) AS count FROM topics');
    this.#findByName = database.prepare(
      `SELECT id, kind, generation, next_offset AS nextOffset, text_bytes AS textBytes, stored_at AS storedAt,
         marked_at AS markedAt, stream_count AS streamCount, columns,
         schema_changes AS schemaChanges, row_count AS rowCount,
         quarantine_count AS quarantineCount, next_quarantine_offset AS nextQuarantineOffset
       FROM topics WHERE name = ?`,
    );
    // An id is never used twice: idempotency records and schema versions outlive the data source they were made for.
    this.#nextId = database.prepare('UPDATE topic_ids SET last = last + 1 RETURNING last');
    this.#insertRow = database.prepare(
      `INSERT INTO topics
         (id, name, created_at, next_offset, stream_count, kind, definition, columns, updated_at, generation, created_by)
       VALUES (?, ?, ?, 1, 0, ?, ?, ?, ?, ?, ?)`,
    );
    this.#countMadeBy = database.prepare('SELECT count(*) AS count FROM topics WHERE created_by = ?');
    this.#removedNames = new RemovedNames(database);
    this.#deleteRow = database.prepare('DELETE FROM topics WHERE id = ?');
    this.#deleteGenerations = database.prepare('DELETE FROM past_generations WHERE topic = ?');
    this.#deleteStates = database.prepare('DELETE FROM topic_states WHERE topic = ?');
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

  /** A number for a topic that is to be made later. Throws `topic_limit`, `over_share`. */
  reserve(creator: string | undefined): number {
    this.#checkRoom(creator);
    return this.#newId();
  }

  /** Adds a topic of events, or of rows, with a number that was reserved. Throws `topic_limit`, `over_share`. */
  insert({ name, creator, dataSource }: NewTopic, reserved?: number): MadeTopic {
    this.#checkRoom(creator);
    const id = reserved ?? this.#newId();
    const { now } = this.#rules.time;
    const generation = this.#removedNames.mayHave(name) ? id : 0;
    const { definition = null, columns = null } = dataSource ?? {};
    const [kind, updatedAt] = dataSource === undefined ? ['events', null] : ['rows', now];
    this.#insertRow.run(id, name, now, kind, definition, columns, updatedAt, generation, creator ?? null);
    if (this.#count !== undefined) this.#count += 1;
    return { id, generation };
  }

  /** Removes a topic; from now on its name is free for another one. */
  delete({ id, name }: { readonly id: number; readonly name: string }): void {
    this.#deleteRow.run(id);
    this.#deleteGenerations.run(id);
    this.#deleteStates.run(id);
    this.#removedNames.add(name);
    this.#count = undefined;
  }

  /** Drops what is held in memory, after something was undone. */
  forget(): void {
    this.#count = undefined;
  }

  /** The creators that were refused a topic, because they have their share, since this was called last. */
  takeRefused(): readonly string[] {
    const refused = this.#refused;
    if (refused.length > 0) this.#refused = [];
    return refused;
  }

  #newId(): number {
    const id = this.#nextId.get()?.last;
    if (id === undefined) throw new Error('the table of topic ids is empty');
    return id;
  }

  /** One creator may make so many times as many topics as are left then; so there is always a place for another. */
  #checkRoom(creator: string | undefined): void {
    this.#count ??= this.#countAll.get()?.count ?? 0;
    if (this.#count >= this.#rules.limits.current.maxTopics) {
      throw new WriterHubError('topic_limit', `the server holds ${this.#count} topics, as many as it may`);
    }
    if (creator === undefined) return;
    const made = this.#countMadeBy.get(creator)?.count ?? 0;
    const left = this.#rules.limits.current.maxTopics - this.#count - 1;
    if (made === 0 || isShare(made + 1, left)) return;
    this.#refused.push(creator);
    throw new WriterHubError(
      'over_share',
      `the token's subject has made ${made} topics, and only ${left + 1} are left for everybody: remove some`,
    );
  }
}
