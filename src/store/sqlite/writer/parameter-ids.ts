import type { Database, Statement } from 'better-sqlite3';
import type { LimitsInForce } from '../channel/messages';
import { WriterHubError } from '../../../errors';
import { COLUMN_MEMBERS, VALUE_KINDS, type ValueKind } from '../../contract/parameter-store';
import { RecentMap } from '../file/recent-map';

/** How many streams are remembered with the shapes of their packages, and how many shapes of each. */
const REMEMBERED_STREAMS = 20_000;
const REMEMBERED_SHAPES = 1000;

/** Which parameters there are: their ids by topic, and of each stream the kinds of values that it has of them. */
export class ParameterIds {
  /** Shapes of packages whose ids are noted, by the number of the stream. */
  readonly #known = new RecentMap<number, Set<number>>(REMEMBERED_STREAMS);
  readonly #count: Statement<[number], { count: number }>;
  readonly #find: Statement<[number, string], { id: number }>;
  readonly #insert: Statement<[number, string], { id: number }>;
  readonly #insertSeries: Statement<[number, number, number]>;
  readonly #limits: LimitsInForce;

  constructor(database: Database, limits: LimitsInForce) {
    this.#limits = limits;

    this.#count = database.prepare('SELECT count(*) AS count FROM parameters WHERE topic = ?');
    this.#find = database.prepare('SELECT id FROM parameters WHERE topic = ? AND name = ?');
    this.#insert = database.prepare('INSERT INTO parameters (topic, name) VALUES (?, ?) RETURNING id');
    this.#insertSeries = database.prepare('INSERT OR IGNORE INTO series (stream, parameter, kind) VALUES (?, ?, ?)');
  }

  /** Whether the ids of packages of this shape are noted for a stream. */
  knows(stream: number | undefined, shape: number): boolean {
    return stream !== undefined && this.#known.get(stream)?.has(shape) === true;
  }

  /** Throws `invalid_parameters` when a topic, which may be one that is to be made, may not have a package's ids. */
  check(topic: number | undefined, json: string): void {
    const names = new Set(idsOf(json).map(({ id }) => id));
    const isNew = (name: string): boolean => topic === undefined || this.#find.get(topic, name) === undefined;
    const added = [...names].filter(isNew).length;
    if (added === 0) return;
    const count = (topic === undefined ? undefined : this.#count.get(topic)?.count) ?? 0;
    if (count + added <= this.#limits.current.maxParametersPerTopic) return;
    throw new WriterHubError(
      'invalid_parameters',
      `the topic has ${count} parameters, and the package brings ${added} more: it may have ${this.#limits.current.maxParametersPerTopic}`,
    );
  }

  /** Notes the ids of a package of this shape, which `check` has let pass. */
  note(topic: number, stream: number, shape: number, json: string): void {
    for (const { id, kind } of idsOf(json)) {
      const parameter = (this.#find.get(topic, id) ?? this.#insert.get(topic, id))!.id;
      this.#insertSeries.run(stream, parameter, VALUE_KINDS.indexOf(kind));
    }
    const shapes = this.#known.get(stream) ?? new Set();
    if (shapes.size >= REMEMBERED_SHAPES) shapes.clear();
    this.#known.set(stream, shapes.add(shape));
  }

  /** Drops what was not used recently. */
  trim(): void {
    this.#known.trim();
  }

  /** Drops everything held in memory, after a rollback. */
  forget(): void {
    this.#known.clear();
  }
}

function idsOf(json: string): { readonly id: string; readonly kind: ValueKind }[] {
  const members = JSON.parse(json) as Readonly<Record<string, object | undefined>>;
  return VALUE_KINDS.flatMap((kind) => Object.keys(members[COLUMN_MEMBERS[kind]] ?? {}).map((id) => ({ id, kind })));
}
