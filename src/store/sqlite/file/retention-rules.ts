import type { Database, Statement } from 'better-sqlite3';
import type { Retention } from '../../contract/retention';
import { MarkTable, type Mark } from './marks';

/** A topic as retention sees it. */
export interface KeptTopic {
  readonly id: number;
  readonly name: string;
  readonly kind: 'events' | 'rows';
  readonly firstOffset: number;
  readonly nextOffset: number;
  /** How many events, with packages, or rows there are. */
  readonly recordCount: number;
  /** How many of them are packages. */
  readonly packageCount: number;
  readonly textBytes: number;
  readonly removedBytes: number;
  readonly storedAt: number;
  /** `null`: as the default has it. */
  readonly age: number | null;
  readonly bytes: number | null;
  /** How many quarantined rows there are. */
  readonly quarantineCount: number;
  /** What is not in the log of a view any more: up to these offsets, 0 for nothing, and so many bytes of it. */
  readonly goneOffset: number;
  readonly goneBytes: number;
  readonly goneQuarantineOffset: number;
}

/** A part at the front of a topic that may go, up to `last`; `upTo` is the mark it lies before. */
export interface OldFront {
  readonly last: number;
  readonly upTo: Mark;
}

export const KEPT_TOPIC = `SELECT id, name, kind, first_offset AS firstOffset, next_offset AS nextOffset,
  CASE kind WHEN 'rows' THEN row_count ELSE event_count + package_count END AS recordCount,
  package_count AS packageCount, text_bytes AS textBytes,
  removed_bytes AS removedBytes, stored_at AS storedAt, retention_age AS age, retention_bytes AS bytes,
  quarantine_count AS quarantineCount, gone_offset AS goneOffset, gone_bytes AS goneBytes,
  gone_quarantine_offset AS goneQuarantineOffset FROM topics`;

/** Finds what topics no longer keep: by the marks that they left when they grew. */
export class RetentionRules {
  readonly marks: MarkTable;
  readonly #next: Statement<[{ after: number; age: number; bytes: number }], KeptTopic>;
  readonly #defaults: () => Required<Retention>;

  /** `defaults`: how long topics keep what they hold that have no retention of their own; asked each time. */
  constructor(database: Database, defaults: () => Required<Retention>) {
    this.#defaults = defaults;

    this.marks = new MarkTable(database);
    this.#next = database.prepare(
      `${KEPT_TOPIC} WHERE id > @after AND (next_offset > first_offset OR quarantine_count > 0)
         AND (coalesce(retention_age, @age) > 0 OR coalesce(retention_bytes, @bytes) > 0 OR gone_offset >= first_offset
           OR gone_quarantine_offset > 0 AND quarantine_count > 0)
       ORDER BY id LIMIT 1`,
    );
  }

  /** The next topic that holds something and does not keep it for ever. */
  nextTopic(after: number): KeptTopic | undefined {
    return this.#next.get({ after, ...this.#defaults() });
  }

  /** Whether a topic keeps nothing of what it holds: all of it is too old, or one event is too much. */
  isEmptied(topic: KeptTopic, now: number): boolean {
    const { age, bytes } = this.#retentionOf(topic);
    const kept = topic.textBytes - topic.removedBytes;
    return (age > 0 && topic.storedAt <= now - age) || (bytes > 0 && bytes * topic.recordCount < kept);
  }

  /** What can go of a topic before its first mark, if anything. */
  oldFront(topic: KeptTopic, now: number): OldFront | undefined {
    const { age, bytes } = this.#retentionOf(topic);
    const { textBytes, removedBytes, firstOffset, nextOffset, storedAt, goneOffset, goneBytes } = topic;
    if (nextOffset <= firstOffset) return undefined;
    if (goneOffset >= firstOffset)
      return { last: goneOffset, upTo: { offset: goneOffset, storedAt: 0, bytes: goneBytes } };
    const upTo = this.marks.first(topic.id) ?? { offset: nextOffset - 1, storedAt, bytes: textBytes };
    if (age > 0 && upTo.storedAt <= now - age) return { last: upTo.offset, upTo };
    const excess = bytes > 0 ? textBytes - removedBytes - bytes : 0;
    if (excess <= 0) return undefined;
    const share = Math.min(1, excess / Math.max(1, upTo.bytes - removedBytes));
    return { last: firstOffset - 1 + Math.ceil(share * (upTo.offset - firstOffset + 1)), upTo };
  }

  /** The time up to which quarantined rows can go, if they are not kept for ever. */
  quarantinedUntil(topic: KeptTopic, now: number): number | undefined {
    if (topic.quarantineCount === 0) return undefined;
    const { age } = this.#retentionOf(topic);
    if (age > 0) return now - age;
    return topic.goneQuarantineOffset > 0 ? 0 : undefined;
  }

  /** How many events or rows of a topic can go. */
  countOld(topic: KeptTopic, now: number): number {
    const { age, bytes } = this.#retentionOf(topic);
    const { textBytes, firstOffset, nextOffset, storedAt } = topic;
    const end: Mark = { offset: nextOffset - 1, storedAt, bytes: textBytes };
    let before: Mark = { offset: firstOffset - 1, storedAt: 0, bytes: topic.removedBytes };
    for (const mark of this.marks.from(topic.id, end)) {
      const isOld = age > 0 && mark.storedAt <= now - age;
      const excess = bytes > 0 ? textBytes - bytes - before.bytes : 0;
      const share = isOld ? 1 : Math.max(0, Math.min(1, excess / Math.max(1, mark.bytes - before.bytes)));
      if (share < 1) return Math.ceil(before.offset + share * (mark.offset - before.offset)) - firstOffset + 1;
      before = mark;
    }
    return Math.max(0, nextOffset - firstOffset);
  }

  #retentionOf({ age, bytes }: KeptTopic): Required<Retention> {
    const defaults = this.#defaults();
    return { age: age ?? defaults.age, bytes: bytes ?? defaults.bytes };
  }
}

/** The bytes that are gone when a part of what lies before a mark is: in proportion to its offsets. */
export function bytesUpTo(last: number, { firstOffset, removedBytes }: KeptTopic, { offset, bytes }: Mark): number {
  if (last >= offset) return bytes;
  const share = (last - firstOffset + 1) / (offset - firstOffset + 1);
  return removedBytes + Math.floor(share * (bytes - removedBytes));
}
