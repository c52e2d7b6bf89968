import { gzipSync } from 'node:zlib';
import type { Database } from 'better-sqlite3';
import type { Retention } from '../../contract/retention';
import type {
  LogCut,
  LogPlan,
  PlanRules,
  StateLine,
  StatedSource,
  StatedStream,
  TopicState,
} from '../channel/topic-state';
import { quarantineTable, rowTable } from '../file/data-source-tables';
import { packageTable, PackageTableNames } from '../file/package-table';

/** A state is not put into a log before that has grown by so many times its bytes. */
const WORTH = 4;

/** Of a topic that keeps nothing, a log is shortened that has grown by such a part of what others grow by. */
const EMPTY_SHARE = 64;

/** What a stream and an idempotency record are in a state, and a record in a log, bytes, roughly. */
const [STREAM_BYTES, KEY_BYTES, LOGGED_BYTES] = [100, 100, 256];

/** So many bytes of texts lie behind the offset of a state and before its last part, at the most. */
const MOST_BEHIND = 256 * 1024 * 1024;

/** Quarantined rows of so many bytes are in a state; if there are more, it is good when they are gone. */
const QUARANTINE_BYTES = 4 * 1024 * 1024;

interface TopicRow {
  readonly id: number;
  readonly name: string;
  readonly kind: 'events' | 'rows';
  readonly firstOffset: number;
  readonly nextOffset: number;
  readonly kept: number;
  readonly packages: number;
  readonly quarantined: number;
  readonly streams: number;
  readonly textBytes: number;
  readonly removedBytes: number;
  readonly age: number | null;
  readonly bytes: number | null;
  readonly logCut: number;
  readonly goneBytes: number;
}

interface StateRow extends LogCut {
  readonly statedBytes: number;
  readonly behindBytes: number;
  readonly completedAt: number;
}

interface StreamRow extends Omit<StatedStream, 'kind' | 'definitions' | 'series'> {
  readonly number: number;
}

/** Finds which logs can be cut, and says what topics are apart from what they hold. */
export class TopicStates {
  readonly #statements: ReturnType<typeof prepareStatements>;
  readonly #packageTables: PackageTableNames;
  readonly #inOneState: (name: string, log: string) => TopicState | undefined;
  readonly #database: Database;
  readonly #defaults: Required<Retention>;

  /** `defaults`: how long topics keep what they hold that have no retention of their own. */
  constructor(database: Database, defaults: Required<Retention>) {
    this.#database = database;
    this.#defaults = defaults;

    this.#statements = prepareStatements(database);
    this.#packageTables = new PackageTableNames(database);
    this.#inOneState = database.transaction((name: string, log: string) => this.#state(name, log));
  }

  /** What can be done about the log of a topic; `undefined`: there is no such topic. */
  plan({ topic: name, log }: { readonly topic: string; readonly log: string }, rules: PlanRules): LogPlan | undefined {
    const topic = this.#statements.topic.get(name);
    if (topic === undefined) return undefined;
    const states = this.#statements.states.all(topic.id);
    const cut = states.find(
      (state) =>
        state.asOf > topic.logCut &&
        state.completedAt <= rules.until &&
        state.behindBytes <= MOST_BEHIND &&
        this.#isGone(topic, state),
    );
    return {
      topic: name,
      cutAt: topic.logCut,
      cutBytes: topic.goneBytes,
      state: rules.every > 0 ? this.#needs(topic, log, states[0], rules) : 'not_due',
      ...(cut && { cut: toCut(cut) }),
    };
  }

  /** What a topic is; `undefined`: there is no such topic, or nothing of its log was carried out. */
  state(name: string, log: string): TopicState | undefined {
    return this.#inOneState(name, log);
  }

  #needs(topic: TopicRow, log: string, last: StateRow | undefined, { every, most }: PlanRules): LogPlan['state'] {
    const { textBytes, removedBytes, kept, quarantined, streams } = topic;
    const isEmpty = kept === 0 && quarantined === 0;
    const { age, bytes } = { age: topic.age ?? this.#defaults.age, bytes: topic.bytes ?? this.#defaults.bytes };
    if (!isEmpty && age === 0 && bytes === 0 && removedBytes === 0) return 'not_due';
    const [asOf, before] = last === undefined ? [topic.logCut, topic.goneBytes] : [last.asOf, last.textBytes];
    const records = (this.#statements.log.get(log) ?? 0) - asOf;
    const grown = textBytes - before + LOGGED_BYTES * records;
    if (grown < (isEmpty ? every / EMPTY_SHARE : every)) return 'not_due';
    const keys = this.#statements.countRecords.get(topic.id) ?? 0;
    const estimate = Math.max(last?.statedBytes ?? 0, STREAM_BYTES * streams + KEY_BYTES * keys);
    if (estimate > most) return 'too_large';
    return grown >= WORTH * estimate ? 'due' : 'not_due';
  }

  /** Whether nothing is kept that was stored before a state. */
  #isGone(topic: TopicRow, { nextOffset, nextQuarantineOffset }: LogCut): boolean {
    const { id, kind, firstOffset, packages } = topic;
    if (kind === 'rows') {
      const isQuarantineGone = nextQuarantineOffset === 0 || !this.#has(quarantineTable(id), nextQuarantineOffset);
      return isQuarantineGone && !this.#has(rowTable(id), nextOffset);
    }
    if (firstOffset >= nextOffset) return true;
    // Packages that lie together are told apart by their offsets only when they are unpacked.
    if (packages > 0 || (this.#packageTables.has(id) && this.#has(packageTable(id), nextOffset))) return false;
    return !this.#has(`events_${id}`, nextOffset);
  }

  #has(table: string, before: number): boolean {
    return this.#database.prepare(`SELECT 1 FROM ${table} WHERE offset < ? LIMIT 1`).get(before) !== undefined;
  }

  #state(name: string, log: string): TopicState | undefined {
    const topic = this.#statements.topic.get(name);
    const asOf = this.#statements.log.get(log);
    if (topic === undefined || asOf === undefined) return undefined;
    const { id, nextOffset, textBytes } = topic;
    const source = topic.kind === 'rows' ? this.#source(id) : undefined;
    const quarantine = source === undefined ? [] : this.#quarantine(id);
    const sizes = this.#statements.sizes.get(id)!;
    const lines: StateLine[] = [{ kind: 'topic', asOf, ...sizes, ...(source && { source }) }];
    for (const parameter of this.#statements.parameters.all(id)) lines.push({ kind: 'parameter', name: parameter });
    const [definitions, series] = [this.#definitions(id), this.#series(id)];
    for (const { number, ...stream } of this.#statements.streams.iterate(id)) {
      const [described, seen] = [definitions.get(number), series.get(number)];
      lines.push({
        kind: 'stream',
        ...stream,
        ...(described && { definitions: described }),
        ...(seen && { series: seen }),
      });
    }
    lines.push(...this.#records(id), ...(quarantine ?? []), ...this.#ofLog(log));
    const bytes = gzipSync(lines.map((line) => `${JSON.stringify(line)}\n`).join(''), { level: 1 });
    const nextQuarantineOffset = quarantine === undefined ? source!.nextQuarantineOffset : 0;
    return { asOf, nextOffset, textBytes, nextQuarantineOffset, bytes };
  }

  /** By the numbers of streams. */
  #definitions(topic: number): ReadonlyMap<number, Record<string, string>> {
    const byStream = new Map<number, Record<string, string>>();
    for (const [stream, kind, text] of this.#statements.definitions.iterate(topic))
      byStream.set(stream, { ...byStream.get(stream), [kind]: text });
    return byStream;
  }

  /** By the numbers of streams. */
  #series(topic: number): ReadonlyMap<number, (readonly [name: string, kind: number])[]> {
    const byStream = new Map<number, (readonly [name: string, kind: number])[]>();
    for (const [stream, name, kind] of this.#statements.series.iterate(topic)) {
      const ofStream = byStream.get(stream);
      if (ofStream === undefined) byStream.set(stream, [[name, kind]]);
      else ofStream.push([name, kind]);
    }
    return byStream;
  }

  #records(topic: number): StateLine[] {
    return this.#statements.records
      .all(topic)
      .map(({ fingerprint, ...record }) => ({ kind: 'record', ...record, fingerprint: toBase64(fingerprint) }));
  }

  #source(id: number): StatedSource {
    const { columns, ...source } = this.#statements.source.get(id)!;
    const named = JSON.parse(columns) as StatedSource['columns'];
    // Where each is in the table is a view's own business.
    return { ...source, columns: named.map(({ name, storage }) => ({ name, storage })) };
  }

  /** Quarantined rows; `undefined`: they are too much. */
  #quarantine(id: number): StateLine[] | undefined {
    const table = quarantineTable(id);
    const lengths = ['raw', 'columns', 'reasons', 'originals'].map((column) => `octet_length(${column})`).join(' + ');
    const rows = this.#database
      .prepare<[], { offset: number; bytes: number }>(`SELECT offset, ${lengths} AS bytes FROM ${table}`)
      .iterate();
    let bytes = 0;
    for (const row of rows) {
      bytes += row.bytes;
      if (bytes > QUARANTINE_BYTES) return undefined;
    }
    return this.#database
      .prepare<
        [],
        { offset: number; raw: Buffer; columns: string; reasons: string; originals: string; insertedAt: number }
      >(`SELECT offset, raw, columns, reasons, originals, inserted_at AS insertedAt FROM ${table} ORDER BY offset`)
      .all()
      .map(({ raw, ...row }) => ({ kind: 'quarantine', ...row, raw: toBase64(raw) }));
  }

  /** Who has written into a log, and what of it waits for the rest. */
  #ofLog(log: string): StateLine[] {
    const { writers, chunks } = this.#statements;
    return [
      ...writers.all(log).map((writer) => ({ kind: 'writer' as const, ...writer })),
      ...chunks.all(log).map(({ bytes, ...chunk }) => ({ kind: 'chunk' as const, ...chunk, base64: toBase64(bytes) })),
    ];
  }
}

function toCut({ asOf, nextOffset, nextQuarantineOffset, textBytes }: StateRow): LogCut {
  return { asOf, nextOffset, nextQuarantineOffset, textBytes };
}

function toBase64(bytes: Buffer): string {
  return bytes.toString('base64');
}

function prepareStatements(database: Database) {
  return {
    topic: database.prepare<[string], TopicRow>(
      `SELECT id, name, kind, first_offset AS firstOffset, next_offset AS nextOffset,
         event_count + package_count + row_count AS kept, package_count AS packages, quarantine_count AS quarantined,
         stream_count AS streams, text_bytes AS textBytes, removed_bytes AS removedBytes, retention_age AS age,
         retention_bytes AS bytes, log_cut AS logCut, gone_bytes AS goneBytes
       FROM topics WHERE name = ?`,
    ),
    states: database.prepare<[number], StateRow>(
      `SELECT as_of AS asOf, next_offset AS nextOffset, next_quarantine_offset AS nextQuarantineOffset,
         text_bytes AS textBytes, stated_bytes AS statedBytes, behind_bytes AS behindBytes, completed_at AS completedAt
       FROM topic_states WHERE topic = ? AND completed_at IS NOT NULL ORDER BY as_of DESC`,
    ),
    log: database.prepare<[string], number>('SELECT next_offset FROM applied_logs WHERE name = ?').pluck(),
    countRecords: database
      .prepare<[number], number>('SELECT count(*) FROM idempotency_records WHERE topic = ?')
      .pluck(),
    sizes: database.prepare<
      [number],
      {
        nextOffset: number;
        textBytes: number;
        storedAt: number;
        markedAt: number;
        retentionAge: number | null;
        retentionBytes: number | null;
      }
    >(
      `SELECT next_offset AS nextOffset, text_bytes AS textBytes, stored_at AS storedAt, marked_at AS markedAt,
         retention_age AS retentionAge, retention_bytes AS retentionBytes
       FROM topics WHERE id = ?`,
    ),
    source: database.prepare<[number], Omit<StatedSource, 'columns'> & { readonly columns: string }>(
      `SELECT definition, columns, schema_changes AS schemaChanges, updated_at AS updatedAt,
         first_quarantine_offset AS firstQuarantineOffset, next_quarantine_offset AS nextQuarantineOffset
       FROM topics WHERE id = ?`,
    ),
    parameters: database.prepare<[number], string>('SELECT name FROM parameters WHERE topic = ? ORDER BY id').pluck(),
    streams: database.prepare<[number], StreamRow>(
      `SELECT id AS number, stream_id AS streamId, status, properties, created_at AS createdAt, updated_at AS updatedAt,
         CAST(first_timestamp AS TEXT) AS firstTimestamp, CAST(last_timestamp AS TEXT) AS lastTimestamp
       FROM streams WHERE topic = ? ORDER BY id`,
    ),
    definitions: database
      .prepare<[number], [stream: number, kind: string, text: string]>(
        `SELECT d.stream, d.kind, d.text FROM definitions AS d JOIN streams AS s ON s.id = d.stream WHERE s.topic = ?`,
      )
      .raw(),
    series: database
      .prepare<[number], [stream: number, name: string, kind: number]>(
        `SELECT r.stream, p.name, r.kind FROM streams AS s JOIN series AS r ON r.stream = s.id
           JOIN parameters AS p ON p.id = r.parameter
         WHERE s.topic = ? ORDER BY r.id`,
      )
      .raw(),
    // Those of a stream that was removed count no more.
    records: database.prepare<
      [number],
      {
        key: string;
        streamId: string | null;
        subject: string | null;
        fingerprint: Buffer;
        answer: string;
        expiresAt: number;
      }
    >(
      `SELECT key, stream_id AS streamId, subject, fingerprint, answer, expires_at AS expiresAt
       FROM idempotency_records AS r
       WHERE topic = ? AND (stream IS NULL OR EXISTS (SELECT 1 FROM streams WHERE id = r.stream))`,
    ),
    writers: database.prepare<[string], { writer: string; number: number; wroteAt: number }>(
      'SELECT writer, number, wrote_at AS wroteAt FROM log_writers WHERE log = ?',
    ),
    chunks: database.prepare<[string], { writer: string; place: number; bytes: Buffer }>(
      'SELECT writer, place, bytes FROM log_chunks WHERE log = ? ORDER BY writer, place',
    ),
  };
}
