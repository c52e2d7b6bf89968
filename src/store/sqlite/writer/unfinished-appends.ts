import type { Database, Statement } from 'better-sqlite3';
import { WriterHubError } from '../../../errors';
import type { PartPlace } from '../channel/messages';

/**
 * What lies in a topic behind its end, where nobody sees it: the parts of a long append that is not finished, or what
 * is left of one that never will be.
 */
export interface UnfinishedAppend {
  readonly topic: number;
  /** The commit of its first part; 0: nobody goes on with it. */
  readonly began: number;
  /** How many parts there are. */
  readonly parts: number;
  /** Of events: the number of their stream, which may not be made yet. */
  readonly stream: number | null;
  /** What they hold: events or rows, quarantined rows, and bytes of the text of the former. */
  readonly records: number;
  readonly quarantined: number;
  readonly bytes: number;
  /** Nothing lies behind these offsets. */
  readonly lastOffset: number;
  readonly lastQuarantineOffset: number;
}

/** Where the visible part of a topic ends. */
export interface TopicEnd {
  readonly nextOffset: number;
  readonly nextQuarantineOffset: number;
}

/** The unfinished long appends of all topics, one a topic at the most. */
export class UnfinishedAppends {
  readonly #find: Statement<[number], UnfinishedAppend>;
  readonly #findBegun: Statement<[number, number], UnfinishedAppend>;
  readonly #put: Statement<[UnfinishedAppend & { readonly epoch: number }]>;
  readonly #abandon: Statement<[number]>;
  readonly #delete: Statement<[number]>;
  readonly #epoch: number;

  /** `epoch`: of this opening of the store; what began in another one has no end. */
  constructor(database: Database, epoch: number) {
    this.#epoch = epoch;

    const columns = `topic, began, parts, stream, records, quarantined, bytes, last_offset AS lastOffset,
      last_quarantine_offset AS lastQuarantineOffset`;
    this.#find = database.prepare(`SELECT ${columns} FROM unfinished_appends WHERE topic = ?`);
    this.#findBegun = database.prepare(`SELECT ${columns} FROM unfinished_appends WHERE epoch = ? AND began = ?`);
    this.#put = database.prepare(
      `INSERT OR REPLACE INTO unfinished_appends VALUES
         (@topic, @epoch, @began, @parts, @stream, @records, @quarantined, @bytes, @lastOffset, @lastQuarantineOffset)`,
    );
    this.#abandon = database.prepare('UPDATE unfinished_appends SET began = 0 WHERE topic = ? AND began <> 0');
    this.#delete = database.prepare('DELETE FROM unfinished_appends WHERE topic = ?');
  }

  find(topic: number): UnfinishedAppend | undefined {
    return this.#find.get(topic);
  }

  /** The append that goes on with a part that is not its first. Throws when the part before is not there. */
  toContinue({ began, index }: PartPlace): UnfinishedAppend {
    const found = this.#findBegun.get(this.#epoch, began);
    if (found?.parts === index) return found;
    throw new WriterHubError('store_unavailable', 'the store cannot write: an earlier part of this was not stored');
  }

  /** An append of which nothing is stored yet; what is left of another one in its topic is noted with it. */
  begin(topic: number, { began }: PartPlace, stream: number | null): UnfinishedAppend {
    const { lastOffset = 0, lastQuarantineOffset = 0 } = this.find(topic) ?? {};
    const nothing = { parts: 0, records: 0, quarantined: 0, bytes: 0 };
    return { topic, began, stream, ...nothing, lastOffset, lastQuarantineOffset };
  }

  put(append: UnfinishedAppend): void {
    this.#put.run({ ...append, epoch: this.#epoch });
  }

  /** Nobody goes on with what is unfinished in a topic. */
  abandon(topic: number): void {
    this.#abandon.run(topic);
  }

  /** Notes what lies behind the end of a topic when nothing is unfinished; says whether there is something. */
  keepRest(append: UnfinishedAppend, { nextOffset, nextQuarantineOffset }: TopicEnd): boolean {
    const { topic, lastOffset, lastQuarantineOffset } = append;
    const isCluttered = lastOffset >= nextOffset || lastQuarantineOffset >= nextQuarantineOffset;
    if (isCluttered) this.put({ ...append, began: 0 });
    else this.#delete.run(topic);
    return isCluttered;
  }

  delete(topic: number): void {
    this.#delete.run(topic);
  }
}
