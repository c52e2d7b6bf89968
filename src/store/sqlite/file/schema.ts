import type { Database } from 'better-sqlite3';
import { WriterHubError } from '../../../errors';

/**
 * Steps that lead from an empty file to the present schema; `PRAGMA user_version` counts those done. A step that has
 * been released is never changed: a new one is added.
 *
 * `created_at`, `updated_at` and `expires_at` are milliseconds since the Unix epoch; timestamps of events are
 * nanoseconds.
 */
const MIGRATIONS: readonly string[] = [
  `CREATE TABLE topics (
     id INTEGER PRIMARY KEY,
     name TEXT NOT NULL UNIQUE,
     created_at INTEGER NOT NULL,
     next_offset INTEGER NOT NULL,
     stream_count INTEGER NOT NULL
   ) STRICT;
   CREATE TABLE streams (
     id INTEGER PRIMARY KEY,
     topic INTEGER NOT NULL,
     stream_id TEXT NOT NULL,
     status TEXT NOT NULL,
     properties TEXT NOT NULL,
     created_at INTEGER NOT NULL,
     updated_at INTEGER NOT NULL,
     event_count INTEGER NOT NULL,
     first_timestamp INTEGER,
     last_timestamp INTEGER,
     UNIQUE (topic, stream_id)
   ) STRICT;
   CREATE TABLE runs (
     series INTEGER NOT NULL,
     first INTEGER NOT NULL,
     last INTEGER NOT NULL,
     min_timestamp INTEGER NOT NULL,
     max_timestamp INTEGER NOT NULL,
     PRIMARY KEY (series, first)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE revoked_tokens (
     token_id TEXT PRIMARY KEY,
     expires_at INTEGER
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE probes (
     id INTEGER PRIMARY KEY,
     at INTEGER NOT NULL,
     filler BLOB NOT NULL
   ) STRICT;`,
  // A data source is a topic of kind 'rows': `definition` is the text of its file, `columns` a JSON array of what they
  // are called and how their values are kept. Of topics of events the columns from `definition` on say nothing.
  `ALTER TABLE topics ADD COLUMN kind TEXT NOT NULL DEFAULT 'events';
   ALTER TABLE topics ADD COLUMN definition TEXT;
   ALTER TABLE topics ADD COLUMN columns TEXT;
   ALTER TABLE topics ADD COLUMN row_count INTEGER NOT NULL DEFAULT 0;
   ALTER TABLE topics ADD COLUMN quarantine_count INTEGER NOT NULL DEFAULT 0;
   ALTER TABLE topics ADD COLUMN next_quarantine_offset INTEGER NOT NULL DEFAULT 1;
   ALTER TABLE topics ADD COLUMN updated_at INTEGER;
   CREATE TABLE topic_ids (last INTEGER NOT NULL) STRICT;
   INSERT INTO topic_ids SELECT coalesce(max(id), 0) FROM topics;
   CREATE TABLE discarded (id INTEGER PRIMARY KEY) STRICT;
   CREATE TABLE idempotency_keys (
     topic INTEGER NOT NULL,
     key TEXT NOT NULL,
     fingerprint BLOB NOT NULL,
     answer TEXT NOT NULL,
     expires_at INTEGER NOT NULL,
     UNIQUE (topic, key)
   ) STRICT;
   CREATE INDEX idempotency_keys_by_expiry ON idempotency_keys (expires_at);`,
  // A record is for one stream, or with '' for the rows of a data source, and for one subject of tokens. Those made
  // before that was so have NULL in both.
  `ALTER TABLE topics ADD COLUMN schema_changes INTEGER NOT NULL DEFAULT 0;
   CREATE TABLE idempotency_records (
     topic INTEGER NOT NULL,
     key TEXT NOT NULL,
     stream_id TEXT,
     subject TEXT,
     fingerprint BLOB NOT NULL,
     answer TEXT NOT NULL,
     expires_at INTEGER NOT NULL,
     UNIQUE (topic, key, stream_id, subject)
   ) STRICT;
   INSERT INTO idempotency_records (topic, key, fingerprint, answer, expires_at)
     SELECT topic, key, fingerprint, answer, expires_at FROM idempotency_keys;
   DROP TABLE idempotency_keys;
   CREATE INDEX idempotency_records_by_expiry ON idempotency_records (expires_at);`,
  // What became of the latest commits, for a server that has lost the writer: commit `number` of the opening `epoch` is
  // in the slot of its number modulo 2. 'outcome' is the JSON text of a CommitRecord.
  `CREATE TABLE commits (
     slot INTEGER PRIMARY KEY,
     epoch INTEGER NOT NULL,
     number INTEGER NOT NULL,
     outcome TEXT NOT NULL
   ) STRICT;
   INSERT INTO commits VALUES (0, 0, 0, ''), (1, 0, 0, '');`,
  // Topics and streams can be removed, and what is old in a topic. `generation` is 0 for the first topic of a name,
  // else the topic's id. `text_bytes` counts what was ever stored, `removed_bytes` what retention has taken away of it;
  // of what was stored before this step both are guesses, and it counts as stored now. A mark says when and at what
  // count of bytes the topic ended where. `removals` are what is to be deleted, a topic or one stream; a number of a
  // stream, like that of a topic, is never used twice. `stream` of a record is the number of its stream.
  `ALTER TABLE topics ADD COLUMN generation INTEGER NOT NULL DEFAULT 0;
   ALTER TABLE topics ADD COLUMN first_offset INTEGER NOT NULL DEFAULT 1;
   ALTER TABLE topics ADD COLUMN event_count INTEGER NOT NULL DEFAULT 0;
   ALTER TABLE topics ADD COLUMN text_bytes INTEGER NOT NULL DEFAULT 0;
   ALTER TABLE topics ADD COLUMN removed_bytes INTEGER NOT NULL DEFAULT 0;
   ALTER TABLE topics ADD COLUMN stored_at INTEGER NOT NULL DEFAULT 0;
   ALTER TABLE topics ADD COLUMN marked_at INTEGER NOT NULL DEFAULT 0;
   ALTER TABLE topics ADD COLUMN retention_age INTEGER;
   ALTER TABLE topics ADD COLUMN retention_bytes INTEGER;
   ALTER TABLE topics ADD COLUMN created_by TEXT;
   UPDATE topics SET first_offset = next_offset - row_count WHERE kind = 'rows';
   UPDATE topics SET
     event_count = (SELECT coalesce(sum(s.event_count), 0) FROM streams AS s WHERE s.topic = topics.id),
     text_bytes = 100 * (next_offset - first_offset),
     stored_at = unixepoch() * 1000,
     marked_at = unixepoch() * 1000;
   CREATE INDEX topics_by_creator ON topics (created_by) WHERE created_by IS NOT NULL;
   CREATE TABLE marks (
     topic INTEGER NOT NULL,
     offset INTEGER NOT NULL,
     stored_at INTEGER NOT NULL,
     bytes INTEGER NOT NULL,
     PRIMARY KEY (topic, offset)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE removals (
     id INTEGER PRIMARY KEY,
     topic INTEGER NOT NULL,
     kind TEXT NOT NULL,
     stream INTEGER
   ) STRICT;
   CREATE INDEX removals_by_topic ON removals (topic);
   CREATE TABLE removed_names (hash INTEGER PRIMARY KEY) STRICT;
   CREATE TABLE stream_ids (last INTEGER NOT NULL) STRICT;
   INSERT INTO stream_ids SELECT coalesce(max(id), 0) FROM streams;
   ALTER TABLE idempotency_records ADD COLUMN stream INTEGER;
   UPDATE idempotency_records SET stream = (
     SELECT s.id FROM streams AS s
     WHERE s.topic = idempotency_records.topic AND s.stream_id = idempotency_records.stream_id
   );`,
  // A long append is committed in parts, which lie behind the end of their topic until the last one moves it. What lies
  // there of a topic is noted here, up to which offsets; `began` is the number of the commit of the first part in the
  // opening `epoch`, or 0 when nobody goes on with it. The topic and the stream may be numbers that are not made yet.
  `CREATE TABLE unfinished_appends (
     topic INTEGER PRIMARY KEY,
     epoch INTEGER NOT NULL,
     began INTEGER NOT NULL,
     parts INTEGER NOT NULL,
     stream INTEGER,
     records INTEGER NOT NULL,
     quarantined INTEGER NOT NULL,
     bytes INTEGER NOT NULL,
     last_offset INTEGER NOT NULL,
     last_quarantine_offset INTEGER NOT NULL
   ) STRICT;`,
  // From where on the quarantine of a data source is kept: what readers stood before and is gone is told by it.
  `ALTER TABLE topics ADD COLUMN first_quarantine_offset INTEGER NOT NULL DEFAULT 1;`,
  // What is said of the parameters and events of a stream, a JSON array each. They are not columns of the stream: its
  // row is written with every commit, and they may be long.
  `CREATE TABLE definitions (
     stream INTEGER NOT NULL,
     kind TEXT NOT NULL,
     text TEXT NOT NULL,
     PRIMARY KEY (stream, kind)
   ) STRICT;`,
  // Packages of parameter data share the offsets of the events of their topic, in a table of their own; up to
  // `packed_offset` they are packed, and their samples are in blocks as well. A parameter is an id in a topic; a series
  // is what a stream has of one, of one kind of values. A block holds samples of a series (`store/samples`): `summary`
  // and `zones` sum them up, `last_offset` is that of the last package they came with, `level` says how often it was
  // put together of smaller ones.
  `ALTER TABLE topics ADD COLUMN packed_offset INTEGER NOT NULL DEFAULT 0;
   ALTER TABLE topics ADD COLUMN package_count INTEGER NOT NULL DEFAULT 0;
   ALTER TABLE streams ADD COLUMN package_count INTEGER NOT NULL DEFAULT 0;
   CREATE TABLE parameters (
     id INTEGER PRIMARY KEY,
     topic INTEGER NOT NULL,
     name TEXT NOT NULL,
     UNIQUE (topic, name)
   ) STRICT;
   CREATE TABLE series (
     id INTEGER PRIMARY KEY,
     stream INTEGER NOT NULL,
     parameter INTEGER NOT NULL,
     kind INTEGER NOT NULL,
     UNIQUE (stream, parameter, kind)
   ) STRICT;
   CREATE TABLE blocks (
     series INTEGER NOT NULL,
     min_timestamp INTEGER NOT NULL,
     id INTEGER NOT NULL,
     max_timestamp INTEGER NOT NULL,
     last_offset INTEGER NOT NULL,
     level INTEGER NOT NULL,
     summary BLOB NOT NULL,
     PRIMARY KEY (series, min_timestamp, id)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX small_blocks ON blocks (series, level) WHERE level < 4;
   CREATE TABLE block_data (
     id INTEGER PRIMARY KEY,
     zones BLOB NOT NULL,
     data BLOB NOT NULL
   ) STRICT;`,
  // A store that was restored from a backup: what was written after the backup was made is gone, and its positions are
  // given to something else. So all topics get another generation, `restores.generation`, and of the one before it is
  // kept up to which offsets it is still true.
  `CREATE TABLE restores (
     generation INTEGER PRIMARY KEY,
     backed_up_at INTEGER NOT NULL,
     restored_at INTEGER NOT NULL
   ) STRICT;
   CREATE TABLE past_generations (
     topic INTEGER NOT NULL,
     generation INTEGER NOT NULL,
     last_offset INTEGER NOT NULL,
     last_quarantine_offset INTEGER NOT NULL,
     PRIMARY KEY (topic, generation)
   ) STRICT, WITHOUT ROWID;`,
  // Logs of which this database is a view: which one it is, the offset that is carried out next, and what the last
  // writes came to, as JSON; and the number of the last write of each of those who write to it.
  `CREATE TABLE applied_logs (
     name TEXT PRIMARY KEY,
     identity TEXT NOT NULL,
     next_offset INTEGER NOT NULL,
     outcomes TEXT NOT NULL
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE log_writers (
     log TEXT NOT NULL,
     writer TEXT NOT NULL,
     number INTEGER NOT NULL,
     PRIMARY KEY (log, writer)
   ) STRICT, WITHOUT ROWID;`,
  // When those who write to logs wrote last, so that they need not be remembered for ever: each start of a hub is one.
  `ALTER TABLE log_writers ADD COLUMN wrote_at INTEGER NOT NULL DEFAULT 0;
   UPDATE log_writers SET wrote_at = unixepoch() * 1000;`,
  // Parts of writes of logs that are too large for one record, until the last part is carried out.
  `CREATE TABLE log_chunks (
     log TEXT NOT NULL,
     writer TEXT NOT NULL,
     place INTEGER NOT NULL,
     bytes BLOB NOT NULL,
     UNIQUE (log, writer, place)
   ) STRICT;`,
  // States of topics that lie in their logs (`channel/topic-state.ts`), of which `seen` parts have come; there were
  // `behind_bytes` of texts between the offset of the log that it is of and the last part. What lies before a log was
  // cut is kept by no view: up to which offsets, and how many bytes they were.
  `CREATE TABLE topic_states (
     topic INTEGER NOT NULL,
     id TEXT NOT NULL,
     as_of INTEGER NOT NULL,
     count INTEGER NOT NULL,
     seen INTEGER NOT NULL,
     next_offset INTEGER NOT NULL,
     next_quarantine_offset INTEGER NOT NULL,
     text_bytes INTEGER NOT NULL,
     stated_bytes INTEGER NOT NULL,
     behind_bytes INTEGER NOT NULL DEFAULT 0,
     completed_at INTEGER,
     PRIMARY KEY (topic, id)
   ) STRICT, WITHOUT ROWID;
   ALTER TABLE topics ADD COLUMN log_cut INTEGER NOT NULL DEFAULT 0;
   ALTER TABLE topics ADD COLUMN gone_offset INTEGER NOT NULL DEFAULT 0;
   ALTER TABLE topics ADD COLUMN gone_bytes INTEGER NOT NULL DEFAULT 0;
   ALTER TABLE topics ADD COLUMN gone_quarantine_offset INTEGER NOT NULL DEFAULT 0;`,
];

/** The schema that this version writes. */
export const SCHEMA_VERSION = MIGRATIONS.length;

/** Throws when the database was written by a newer version, whose schema this one does not know. */
export function refuseNewerSchema(database: Database): void {
  const version = schemaVersion(database);
  if (version <= MIGRATIONS.length) return;
  throw new WriterHubError(
    'store_unavailable',
    `the database was written by a newer version of writer-hub: its schema is ${version}, this version knows ${MIGRATIONS.length}`,
  );
}

/** Brings the schema up to date, all steps or none. */
export function migrate(database: Database): void {
  const version = schemaVersion(database);
  if (version === MIGRATIONS.length) return;
  database
    .transaction(() => {
      for (const step of MIGRATIONS.slice(version)) database.exec(step);
      database.pragma(`user_version = ${MIGRATIONS.length}`);
    })
    .immediate();
}

/** The schema of a database. */
export function schemaVersion(database: Database): number {
  return Number(database.pragma('user_version', { simple: true }));
}

/**
 * The table that holds a topic's events in order of offset. Creating a table takes the longer the more tables there
 * are, so a topic has this one alone, and all share the rest.
 */
export function createEventTable(database: Database, topic: number): void {
  database.exec(
    `CREATE TABLE events_${topic} (
       offset INTEGER PRIMARY KEY,
       stream INTEGER NOT NULL,
       timestamp INTEGER NOT NULL,
       id TEXT NOT NULL,
       value TEXT,
       tags TEXT
     ) STRICT`,
  );
}
