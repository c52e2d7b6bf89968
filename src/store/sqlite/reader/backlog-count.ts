import type { Database, Statement } from 'better-sqlite3';
import type { Retention } from '../../contract/retention';
import type { Backlog } from '../channel/reader-messages';
import { RetentionRules } from '../file/retention-rules';

/** Counts topics, and what the writer has still to delete, without a look at the events. */
export class BacklogCount {
  readonly #removals: Statement<[], { count: number }>;
  readonly #topics: Statement<[], { count: number }>;
  readonly #rules: RetentionRules;

  constructor(database: Database, defaults: Required<Retention>) {
    // Each table is emptied from its first id, so that what is left lies between the first and the last.
    this.#removals = database.prepare(
      `SELECT coalesce((SELECT max(id) - (SELECT min(id) FROM removals) + 1 FROM removals), 0) +
         coalesce((SELECT max(id) - (SELECT min(id) FROM discarded) + 1 FROM discarded), 0) AS count`,
    );
    this.#topics = database.prepare('SELECT count(*) AS count FROM topics');
    this.#rules = new RetentionRules(database, () => defaults);
  }

  measure(now: number): Backlog {
    let records = 0;
    for (let topic = this.#rules.nextTopic(0); topic !== undefined; topic = this.#rules.nextTopic(topic.id)) {
      records += this.#rules.countOld(topic, now);
    }
    return { topics: this.#topics.get()?.count ?? 0, removals: this.#removals.get()?.count ?? 0, records };
  }
}
