import type { Database, Statement } from 'better-sqlite3';
import { lacksScope, WriterHubError } from '../../../errors';
import { PARAMETERS } from './dialect/parameter-tables';
import { PackageTableNames } from '../file/package-table';
import type { NameAccess, NameQuestion } from './query-messages';
import type { Source } from './readable-source';

interface CatalogueRow {
  readonly id: number;
  readonly kind: 'events' | 'rows';
  readonly definition: string | null;
  /** JSON text: a column that was rewritten has the `number` of the one that holds it now. */
  readonly columns: string | null;
  /** 1 while events of streams that were removed may still be there. */
  readonly hasRemovals: 0 | 1;
  /** Where it ends, while a long append to it is not finished: what lies behind that is not readable. */
  readonly rowsEnd: number | null;
  readonly quarantineEnd: number | null;
  /** Up to here packages of parameter data are in blocks. */
  readonly packedOffset: number;
}

/** What a data source's name and this suffix name is its quarantine. */
const QUARANTINE = '_quarantine';

/**
 * Looks up what the names in queries stand for: a topic, its parameter data, a data source or its quarantine, if the
 * caller may read it.
 */
export class CatalogueReader {
  readonly #findTopic: Statement<[string], CatalogueRow>;
  readonly #packages: PackageTableNames;
  readonly #ask: (question: NameQuestion) => Promise<NameAccess>;

  constructor(database: Database, ask: (question: NameQuestion) => Promise<NameAccess>) {
    this.#ask = ask;
    this.#packages = new PackageTableNames(database);
    // `main.`: a data source may be called `topics` too, and its view would be read instead.
    this.#findTopic = database.prepare(
      `SELECT id, kind, definition, columns, EXISTS (SELECT 1 FROM main.removals AS r WHERE r.topic = t.id) AS hasRemovals,
         iif(u.topic IS NULL, NULL, next_offset) AS rowsEnd,
         iif(u.topic IS NULL, NULL, next_quarantine_offset) AS quarantineEnd,
         packed_offset AS packedOffset
       FROM main.topics AS t LEFT JOIN main.unfinished_appends AS u ON u.topic = t.id WHERE name = ?`,
    );
  }

  has(name: string): boolean {
    return this.#findTopic.get(name) !== undefined || this.#hasParameters(parametersOf(name));
  }

  /** Rejects with `forbidden`, whether the name exists or not, or with `unknown_data_source`. */
  async source(name: string): Promise<Source> {
    const row = this.#findTopic.get(name);
    const sampled = row === undefined ? parametersOf(name) : undefined;
    if (sampled !== undefined) return this.#samples(name, sampled);
    const base = row === undefined && name.endsWith(QUARANTINE) ? name.slice(0, -QUARANTINE.length) : undefined;
    const stored = row ?? (base === undefined ? undefined : this.#findTopic.get(base));
    const { mayRead, columns } = await this.#ask({
      name,
      ...(base !== undefined && { quarantineOf: base }),
      ...(typeof stored?.definition === 'string' && { definition: stored.definition }),
    });
    if (!mayRead) throw lacksScope(`read:${base ?? name}`);
    if (stored?.kind === 'rows' && columns !== undefined) {
      const { id, rowsEnd, quarantineEnd } = stored;
      if (base === undefined) {
        return { kind: 'rows', id, columns, ...numbersOf(stored.columns), ...endOf(rowsEnd) };
      }
      return { kind: 'quarantine', id, columns, ...endOf(quarantineEnd) };
    }
    if (stored?.kind === 'events' && base === undefined) {
      return { kind: 'events', id: stored.id, hasRemovals: stored.hasRemovals === 1, ...endOf(stored.rowsEnd) };
    }
    throw new WriterHubError('unknown_data_source', `there is no data source and no topic ${JSON.stringify(name)}`);
  }

  /** The parameter data of a topic. */
  async #samples(name: string, topic: string): Promise<Source> {
    const { mayRead } = await this.#ask({ name, parametersOf: topic });
    if (!mayRead) throw lacksScope(`read:${topic}`);
    const stored = this.#findTopic.get(topic);
    if (stored !== undefined && this.#packages.has(stored.id)) {
      const { id, packedOffset, rowsEnd } = stored;
      return { kind: 'samples', id, packedOffset, ...endOf(rowsEnd) };
    }
    const missing =
      stored?.kind === 'events'
        ? `the topic ${JSON.stringify(topic)} has no parameter data`
        : `there is no topic ${JSON.stringify(topic)}`;
    throw new WriterHubError('unknown_data_source', `there is no table ${name}: ${missing}`);
  }

  #hasParameters(topic: string | undefined): boolean {
    const stored = topic === undefined ? undefined : this.#findTopic.get(topic);
    return stored !== undefined && this.#packages.has(stored.id);
  }
}

/** The topic that a name of its parameter data begins with. */
function parametersOf(name: string): string | undefined {
  return name.endsWith(PARAMETERS) ? name.slice(0, -PARAMETERS.length) : undefined;
}

/** Where the columns are in their table; nothing where all are at their places, which is usual. */
function numbersOf(columns: string | null): { readonly numbers?: readonly number[] } {
  if (columns?.includes('"number":') !== true) return {};
  const stored = JSON.parse(columns) as readonly { readonly number?: number }[];
  return { numbers: stored.map(({ number }, index) => number ?? index + 1) };
}

function endOf(end: number | null): { readonly end?: number } {
  return end === null ? {} : { end };
}
