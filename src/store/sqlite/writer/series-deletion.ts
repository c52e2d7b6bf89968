import type { Database, Statement } from 'better-sqlite3';
import { BlockWriter } from './block-writer';

/** Rows of parameters that are deleted by one statement. */
const ROWS_AT_ONCE = 200;

/** Deletes what there is of the samples of streams and topics, a few blocks at a time. */
export class SeriesDeletion {
  readonly #blocks: BlockWriter;
  readonly #seriesOf: Statement<[number], { id: number }>;
  readonly #deleteSeries: Statement<[number]>;
  readonly #nextSeries: Statement<[number, number], { id: number }>;
  readonly #deleteParameters: Statement<[number]>;

  constructor(database: Database) {
    this.#blocks = new BlockWriter(database);
    this.#seriesOf = database.prepare('SELECT id FROM series WHERE stream = ? LIMIT 1');
    this.#deleteSeries = database.prepare('DELETE FROM series WHERE id = ?');
    this.#nextSeries = database.prepare(
      `SELECT s.id FROM series AS s JOIN streams AS t ON t.id = s.stream WHERE t.topic = ? AND s.id > ? ORDER BY s.id LIMIT 1`,
    );
    this.#deleteParameters = database.prepare(
      `DELETE FROM parameters WHERE id IN (SELECT id FROM parameters WHERE topic = ? LIMIT ${ROWS_AT_ONCE})`,
    );
  }

  /** Deletes some of what a stream has; says whether there was something. */
  ofStream(stream: number): boolean {
    const series = this.#seriesOf.get(stream)?.id;
    if (series === undefined) return false;
    if (!this.#blocks.deleteSome(series, Number.MAX_SAFE_INTEGER)) this.#deleteSeries.run(series);
    return true;
  }

  /** Deletes ids of parameters of a topic; says whether there were any. */
  parametersOf(topic: number): boolean {
    return this.#deleteParameters.run(topic).changes > 0;
  }

  /**
   * Deletes some blocks that hold nothing behind an offset, of the first series of a topic behind another one. Gives
   * the series at which to go on; `undefined`: that was the last.
   */
  ofTopic(topic: number, after: number, until: number): number | undefined {
    const series = this.#nextSeries.get(topic, after)?.id;
    if (series === undefined) return undefined;
    return this.#blocks.deleteSome(series, until) ? after : series;
  }
}
