import type { Database, Statement } from 'better-sqlite3';
import { VALUE_KINDS, type ValueKind } from '../../contract/parameter-store';

/** What a stream has of one parameter, of one kind of values. */
export interface Series {
  readonly id: number;
  /** Of the parameter. */
  readonly name: string;
  readonly kind: ValueKind;
}

interface SeriesRow {
  readonly id: number;
  readonly name: string;
  readonly kind: number;
}

/** The series of streams. */
export class SeriesTable {
  readonly #all: Statement<[number], SeriesRow>;
  readonly #named: Statement<[number, number, string], SeriesRow>;

  constructor(database: Database) {
    const columns = `SELECT s.id, p.name, s.kind FROM series AS s JOIN parameters AS p ON p.id = s.parameter`;
    this.#all = database.prepare(`${columns} WHERE s.stream = ? ORDER BY s.id`);
    this.#named = database.prepare(`${columns} WHERE s.stream = ? AND p.topic = ? AND p.name = ?`);
  }

  /** All of a stream, in the order in which they were first seen. */
  all(stream: number): Series[] {
    return this.#all.all(stream).map(toSeries);
  }

  /** Those of some parameters, of all kinds. */
  named(topic: number, stream: number, names: readonly string[]): Series[] {
    return names.flatMap((name) => this.#named.all(stream, topic, name)).map(toSeries);
  }
}

function toSeries({ id, name, kind }: SeriesRow): Series {
  return { id, name, kind: VALUE_KINDS[kind]! };
}
