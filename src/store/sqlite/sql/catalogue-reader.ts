import type { Database, Statement } from 'better-sqlite3';
import { WriterHubError } from '../../../errors';
import type { NameAccess, NameQuestion } from './query-messages';
import type { Source } from './readable-source';

interface TopicRow {
  readonly id: number;
  readonly kind: 'events' | 'rows';
  readonly definition: string | null;
}

/** Where the quarantined rows of a data source are read: its name and this. */
const QUARANTINE = '_quarantine';

/** Says what the names in queries stand for: a topic, a data source or its quarantine, if the caller may read it. */
export class CatalogueReader {
  readonly #findTopic: Statement<[string], TopicRow>;

  readonly #ask: (question: NameQuestion) => Promise<NameAccess>;

  constructor(database: Database, ask: (question: NameQuestion) => Promise<NameAccess>) {
    this.#ask = ask;

    // A data source may be called `topics`, too: its view must never be asked what names stand for.
    this.#findTopic = database.prepare('SELECT id, kind, definition FROM main.topics WHERE name = ?');
  }

  has(name: string): boolean {
    return this.#findTopic.get(name) !== undefined;
  }

  /** Rejects with `forbidden`, whether there is such a name or not, and else with `unknown_data_source`. */
  async source(name: string): Promise<Source> {
    const row = this.#findTopic.get(name);
    const base = row === undefined && name.endsWith(QUARANTINE) ? name.slice(0, -QUARANTINE.length) : undefined;
    const stored = row ?? (base === undefined ? undefined : this.#findTopic.get(base));
    const { mayRead, columns } = await this.#ask({
      name,
      ...(base !== undefined && { quarantineOf: base }),
      ...(typeof stored?.definition === 'string' && { definition: stored.definition }),
    });
    if (!mayRead) throw new WriterHubError('forbidden', `the token lacks the scope read:${base ?? name}`);
    if (stored?.kind === 'rows' && columns !== undefined) {
      return { kind: base === undefined ? 'rows' : 'quarantine', id: stored.id, columns };
    }
    if (stored?.kind === 'events' && base === undefined) return { kind: 'events', id: stored.id };
    throw new WriterHubError('unknown_data_source', `there is no data source and no topic ${JSON.stringify(name)}`);
  }
}
