import type { Database } from 'better-sqlite3';
import {
  createQuarantineTable,
  createRowTable,
  quarantineTable,
  removeTable,
  rowTable,
} from '../file/data-source-tables';
import { createPackageTable, packageTable, PackageTableNames } from '../file/package-table';
import { seriesOfTopic } from '../file/runs';
import { createEventTable } from '../file/schema';
import type {
  StatedQuarantine,
  StatedRecord,
  StatedSource,
  StatedStream,
  StatedTopic,
  StateLine,
} from '../channel/topic-state';
import type { LogTable } from './log-table';
import { TopicRemoval } from './topic-removal';

/** A topic that a state is of. */
export interface RestoredTopic {
  readonly id: number;
  readonly kind: 'events' | 'rows';
}

interface Measures {
  readonly firstOffset: number;
  readonly nextOffset: number;
  readonly quarantineCount: number;
}

/** Makes a topic what a log says that it was, whatever it is. Within a transaction, and nothing of it in memory. */
export class TopicRestore {
  readonly #removal: TopicRemoval;
  readonly #statements: ReturnType<typeof prepareStatements>;
  readonly #database: Database;
  readonly #logs: LogTable;

  constructor(database: Database, logs: LogTable) {
    this.#database = database;
    this.#logs = logs;

    this.#removal = new TopicRemoval(database);
    this.#statements = prepareStatements(database);
  }

  /** `state`: lines. Gives the greatest offset that the topic has had. */
  restore(topic: RestoredTopic, log: string, state: Uint8Array): number {
    this.#empty(topic);
    this.#logs.forget(log);
    const streams = new Map<string, number>();
    let last = 0;
    for (const text of linesOf(state)) {
      const line = JSON.parse(text) as StateLine;
      if (line.kind === 'topic') {
        this.#topic(topic.id, line);
        last = line.nextOffset - 1;
      } else {
        this.#add(topic.id, log, line, streams);
      }
    }
    this.#statements.countStreams.run(streams.size, topic.id);
    return last;
  }

  /** Nobody sees what it was any more; most of it is deleted later. */
  #empty({ id, kind }: RestoredTopic): void {
    const { measure, marks, runs, records, states, streamsOf } = this.#statements;
    const { firstOffset, nextOffset, quarantineCount } = measure.get(id)!;
    const most = nextOffset - firstOffset;
    for (const statement of [marks, records, states]) statement.run(id);
    if (kind === 'rows') {
      removeTable(this.#database, rowTable(id), most);
      removeTable(this.#database, quarantineTable(id), quarantineCount);
      return;
    }
    runs.run(seriesOfTopic(id));
    removeTable(this.#database, `events_${id}`, most);
    createEventTable(this.#database, id);
    if (new PackageTableNames(this.#database).has(id)) {
      removeTable(this.#database, packageTable(id), most);
      createPackageTable(this.#database, id);
    }
    for (const stream of streamsOf.all(id)) {
      this.#removal.begin({ topic: id, kind: 'stream', stream });
      this.#removal.deleteStream(stream);
    }
  }

  #topic(id: number, { source, ...topic }: StatedTopic): void {
    this.#statements.setTopic.run({ ...topic, id });
    if (source !== undefined) this.#source(id, source);
  }

  #source(id: number, { columns, ...source }: StatedSource): void {
    this.#statements.setSource.run({ ...source, columns: JSON.stringify(columns), id });
    createRowTable(
      this.#database,
      id,
      columns.map(({ storage }, index) => ({ number: index + 1, storage })),
    );
    createQuarantineTable(this.#database, id);
  }

  #add(topic: number, log: string, line: Exclude<StateLine, StatedTopic>, streams: Map<string, number>): void {
    switch (line.kind) {
      case 'stream':
        streams.set(line.streamId, this.#stream(topic, line));
        return;
      case 'parameter':
        this.#statements.addParameter.run(topic, line.name);
        return;
      case 'record':
        this.#record(topic, line, streams);
        return;
      case 'quarantine':
        this.#quarantined(topic, line);
        return;
      case 'writer':
        this.#logs.restoreWriter(log, line);
        return;
      case 'chunk':
        this.#logs.keepChunk(log, {
          writer: line.writer,
          index: line.place,
          bytes: Buffer.from(line.base64, 'base64'),
        });
    }
  }

  /** Gives its number. */
  #stream(topic: number, { definitions = {}, series = [], ...stream }: StatedStream): number {
    const id = this.#removal.lastStream() + 1;
    const [first, last] = [stream.firstTimestamp, stream.lastTimestamp].map((digits) =>
      digits === null ? null : BigInt(digits),
    );
    this.#statements.addStream.run({
      ...stream,
      firstTimestamp: first ?? null,
      lastTimestamp: last ?? null,
      id,
      topic,
    });
    for (const [kind, text] of Object.entries(definitions)) this.#statements.addDefinitions.run(id, kind, text);
    for (const [name, kind] of series) {
      this.#statements.addParameter.run(topic, name);
      this.#statements.addSeries.run({ stream: id, topic, name, kind });
    }
    return id;
  }

  #record(topic: number, { fingerprint, ...record }: StatedRecord, streams: Map<string, number>): void {
    const stream = streams.get(record.streamId ?? '') ?? null;
    this.#statements.addRecord.run({ ...record, fingerprint: Buffer.from(fingerprint, 'base64'), stream, topic });
  }

  #quarantined(topic: number, { raw, ...row }: StatedQuarantine): void {
    this.#database
      .prepare(
        `INSERT INTO ${quarantineTable(topic)} (offset, raw, columns, reasons, originals, inserted_at)
         VALUES (@offset, @raw, @columns, @reasons, @originals, @insertedAt)`,
      )
      .run({ ...row, raw: Buffer.from(raw, 'base64') });
    this.#statements.countQuarantined.run(topic);
  }
}

/** The lines of a text that is too long to be one string, perhaps. */
function* linesOf(bytes: Uint8Array): Iterable<string> {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let start = 0; start < text.length;) {
    const found = text.indexOf(NEWLINE, start);
    const end = found === -1 ? text.length : found;
    if (end > start) yield text.toString('utf8', start, end);
    start = end + 1;
  }
}

const NEWLINE = 10;

function prepareStatements(database: Database) {
  return {
    measure: database.prepare<[number], Measures>(
      `SELECT first_offset AS firstOffset, next_offset AS nextOffset, quarantine_count AS quarantineCount
       FROM topics WHERE id = ?`,
    ),
    marks: database.prepare<[number]>('DELETE FROM marks WHERE topic = ?'),
    runs: database.prepare<[number]>('DELETE FROM runs WHERE series = ?'),
    records: database.prepare<[number]>('DELETE FROM idempotency_records WHERE topic = ?'),
    states: database.prepare<[number]>('DELETE FROM topic_states WHERE topic = ?'),
    streamsOf: database.prepare<[number], number>('SELECT id FROM streams WHERE topic = ?').pluck(),
    // Nothing of it is kept: the next one is the first.
    setTopic: database.prepare(
      `UPDATE topics SET next_offset = @nextOffset, first_offset = @nextOffset, text_bytes = @textBytes,
         removed_bytes = @textBytes, stored_at = @storedAt, marked_at = @markedAt, retention_age = @retentionAge,
         retention_bytes = @retentionBytes, event_count = 0, package_count = 0, row_count = 0, stream_count = 0,
         packed_offset = @nextOffset - 1, quarantine_count = 0, gone_offset = 0, gone_bytes = @textBytes,
         gone_quarantine_offset = 0, log_cut = @asOf
       WHERE id = @id`,
    ),
    setSource: database.prepare(
      `UPDATE topics SET definition = @definition, columns = @columns, schema_changes = @schemaChanges,
         updated_at = @updatedAt, first_quarantine_offset = @firstQuarantineOffset,
         next_quarantine_offset = @nextQuarantineOffset
       WHERE id = @id`,
    ),
    countStreams: database.prepare<[number, number]>('UPDATE topics SET stream_count = ? WHERE id = ?'),
    countQuarantined: database.prepare<[number]>(
      'UPDATE topics SET quarantine_count = quarantine_count + 1 WHERE id = ?',
    ),
    addStream: database.prepare(
      `INSERT INTO streams (id, topic, stream_id, status, properties, created_at, updated_at, event_count,
         first_timestamp, last_timestamp)
       VALUES (@id, @topic, @streamId, @status, @properties, @createdAt, @updatedAt, 0, @firstTimestamp, @lastTimestamp)`,
    ),
    addDefinitions: database.prepare<[number, string, string]>('INSERT INTO definitions VALUES (?, ?, ?)'),
    addParameter: database.prepare<[number, string]>('INSERT OR IGNORE INTO parameters (topic, name) VALUES (?, ?)'),
    addSeries: database.prepare(
      `INSERT INTO series (stream, parameter, kind)
       SELECT @stream, id, @kind FROM parameters WHERE topic = @topic AND name = @name`,
    ),
    addRecord: database.prepare(
      `INSERT INTO idempotency_records
         (topic, key, stream_id, subject, fingerprint, answer, expires_at, stream)
       VALUES (@topic, @key, @streamId, @subject, @fingerprint, @answer, @expiresAt, @stream)`,
    ),
  };
}
