import type { Database, Statement } from 'better-sqlite3';
import { WriterHubError } from '../../../errors';
import type { RetentionChange } from '../../contract/retention';
import { KEPT_TOPIC, RetentionRules, type KeptTopic } from '../file/retention-rules';
import type { CommitRules } from './commit-rules';
import type { CommitTime } from './commit-time';

/** How long each topic keeps what it holds, as it was set. */
export class RetentionTable {
  readonly #find: Statement<[string], KeptTopic>;
  readonly #save: Statement<[number | null, number | null, number]>;
  readonly #rules: RetentionRules;
  readonly #time: CommitTime;

  constructor(database: Database, rules: CommitRules) {
    this.#time = rules.time;
    this.#rules = new RetentionRules(database, () => rules.limits.current.retention);
    this.#find = database.prepare(`${KEPT_TOPIC} WHERE name = ?`);
    this.#save = database.prepare('UPDATE topics SET retention_age = ?, retention_bytes = ? WHERE id = ?');
  }

  /** Throws `unknown_topic`, `confirmation_required`. */
  set({ topic: name, age, bytes, confirmed, isTrial = false }: RetentionChange & { readonly isTrial?: boolean }): void {
    const topic = this.#find.get(name);
    if (topic === undefined) throw new WriterHubError('unknown_topic', `there is no topic "${name}"`);
    const changed = {
      ...topic,
      age: age === undefined ? topic.age : age,
      bytes: bytes === undefined ? topic.bytes : bytes,
    };
    if (!confirmed && topic.recordCount > 0 && this.#rules.isEmptied(changed, this.#time.now)) throw unconfirmed(topic);
    if (!isTrial) this.#save.run(changed.age, changed.bytes, topic.id);
  }
}

function unconfirmed({ name, kind, recordCount, packageCount }: KeptTopic): WriterHubError {
  const noun = kind === 'rows' ? 'row' : 'event';
  const records = recordCount - packageCount;
  const counts = [
    ...(records > 0 ? [countOf(records, noun)] : []),
    ...(packageCount > 0 ? [countOf(packageCount, 'package')] : []),
  ];
  return new WriterHubError(
    'confirmation_required',
    `"${name}" would keep none of its ${counts.join(' and ')}; confirm that this is meant`,
  );
}

function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
