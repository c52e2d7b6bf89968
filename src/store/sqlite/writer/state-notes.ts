import type { Database, Statement } from 'better-sqlite3';
import { WriterHubError } from '../../../errors';
import type { LogCut, StatePart } from '../channel/topic-state';

/** How far the clock of a hub that cuts a log may be from that of the log, milliseconds. */
const MOST_AHEAD = 5 * 60_000;

/** Notes which states of topics lie in their logs, and where logs were cut. Within a transaction. */
export class StateNotes {
  readonly #forgetOthers: Statement<[number, number]>;
  readonly #begin: Statement<[number, string, number, number, number, number, number, number]>;
  readonly #see: Statement<[number, string, number]>;
  readonly #complete: Statement<[{ topic: number; id: string; at: number }]>;
  readonly #forgetUntil: Statement<[number, number]>;
  readonly #cut: Statement<[LogCut & { topic: number }]>;

  constructor(database: Database) {
    // Nobody puts the rest of one there when another one has been begun so long ago.
    this.#forgetOthers = database.prepare(
      'DELETE FROM topic_states WHERE topic = ? AND completed_at IS NULL AND as_of < ?',
    );
    this.#begin = database.prepare(
      `INSERT OR REPLACE INTO topic_states
         (topic, id, as_of, count, seen, next_offset, next_quarantine_offset, text_bytes, stated_bytes)
       VALUES (?, ?, ?, ?, 0, ?, ?, ?, ?)`,
    );
    this.#see = database.prepare('UPDATE topic_states SET seen = seen + 1 WHERE topic = ? AND id = ? AND seen = ?');
    this.#complete = database.prepare(
      `UPDATE topic_states SET completed_at = @at,
         behind_bytes = (SELECT text_bytes FROM topics WHERE id = @topic) - text_bytes
       WHERE topic = @topic AND id = @id AND seen = count AND completed_at IS NULL`,
    );
    this.#forgetUntil = database.prepare('DELETE FROM topic_states WHERE topic = ? AND as_of <= ?');
    this.#cut = database.prepare(
      `UPDATE topics SET log_cut = @asOf, gone_offset = @nextOffset - 1, gone_bytes = @textBytes,
         gone_quarantine_offset = max(gone_quarantine_offset, @nextQuarantineOffset - 1),
         first_quarantine_offset = max(first_quarantine_offset, @nextQuarantineOffset)
       WHERE id = @topic AND log_cut < @asOf`,
    );
  }

  /** A part of a state is there; `at`: since then, milliseconds since the Unix epoch. */
  note(topic: number, part: StatePart, at: number): void {
    const { id, index, count, asOf, nextOffset, nextQuarantineOffset, textBytes, statedBytes } = part;
    if (index === 0) {
      this.#forgetOthers.run(topic, asOf);
      this.#begin.run(topic, id, asOf, count, nextOffset, nextQuarantineOffset, textBytes, statedBytes);
    }
    this.#see.run(topic, id, index);
    if (index === count - 1) this.#complete.run({ topic, id, at });
  }

  /**
   * A log was cut: what was stored before goes here as well. Throws `invalid_query` when the hub that has decided it
   * has a clock that is so many milliseconds ahead of the log's, or behind it, that nothing may be too old by it.
   */
  cut(topic: number, { asOf, nextOffset, nextQuarantineOffset, textBytes }: LogCut, ahead: number): void {
    if (Math.abs(ahead) > MOST_AHEAD) {
      const seconds = Math.round(ahead / 1000);
      throw new WriterHubError(
        'invalid_query',
        `the clock of the hub is ${seconds} s ahead of that of the Kafka cluster`,
      );
    }
    this.#cut.run({ topic, asOf, nextOffset, nextQuarantineOffset, textBytes });
    this.#forgetUntil.run(topic, asOf);
  }
}
