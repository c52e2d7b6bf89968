import { RowJson } from '../datasources/row-json';
import { WriterHubError } from '../errors';
import type { Position, StartPoint } from '../store/contract/position';
import type { RowPage, RowsPart, RowStore, StoredMisfit, StoredRow } from '../store/contract/row-store';
import type { SqlColumn } from '../store/contract/sql-engine';
import type { Store } from '../store/contract/store';
import { Feed, type FeedOptions } from './feed';
import { FeedRow } from './feed-row';
import type { FeedPage, FeedPageQuery, FeedQuery, FeedSource, FeedWatcher } from './feed-source';

/** Of how many schemas is remembered how their rows are written. */
const REMEMBERED_SCHEMAS = 100;

/** What a value takes besides its text, in memory and in the text of its row. */
const VALUE_BYTES = 24;

/** Which rows a reader follows, and from where. */
export interface RowFollowQuery extends FeedQuery {
  readonly name: string;
  readonly part: RowsPart;
}

/** What a feed of rows needs of a store. */
export interface RowFeedStore extends Pick<Store, 'observe'> {
  readonly rows: Pick<RowStore, 'readRows' | 'readQuarantine' | 'resolveRows'>;
}

/** The columns of a data source in the state of a page. */
export type ColumnsOf = (
  name: string,
  page: Pick<RowPage<unknown>, 'schemaVersion' | 'definition'>,
) => readonly SqlColumn[];

/**
 * Follows the rows of data sources, or what is in their quarantines. Rejects as `RowStore.readRows`, but with
 * `unknown_data_source` where there is none.
 */
export class RowFeed extends Feed<RowFollowQuery, FeedRow> {
  readonly #rows: RowSource;

  constructor(store: RowFeedStore, columnsOf: ColumnsOf, options: FeedOptions) {
    const rows = new RowSource(store, columnsOf);
    super(rows, options);
    this.#rows = rows;
  }

  /** A page of what is stored. */
  page(query: Omit<RowFollowQuery, 'start'>, page: FeedPageQuery): Promise<StoredRowPage> {
    return this.#rows.page(query, page);
  }
}

/** A page of rows; `end` as in `RowPage`. */
export interface StoredRowPage extends FeedPage<FeedRow> {
  readonly end: Position | undefined;
}

class RowSource implements FeedSource<RowFollowQuery, FeedRow> {
  readonly #schemas = new Map<string, { readonly plain: RowJson; readonly quoted: RowJson }>();
  readonly #store: RowFeedStore;
  readonly #columnsOf: ColumnsOf;

  constructor(store: RowFeedStore, columnsOf: ColumnsOf) {
    this.#store = store;
    this.#columnsOf = columnsOf;
  }

  keyOf({ part, name }: RowFollowQuery): string {
    return keyOf(part, name);
  }

  placeOf(query: RowFollowQuery): string {
    return this.keyOf(query);
  }

  readAll(query: RowFollowQuery, page: FeedPageQuery): Promise<FeedPage<FeedRow>> {
    return this.page(query, page);
  }

  read(query: RowFollowQuery, page: FeedPageQuery): Promise<FeedPage<FeedRow>> {
    return this.page(query, page);
  }

  async page({ name, part }: Omit<RowFollowQuery, 'start'>, { after, ...page }: FeedPageQuery): Promise<StoredRowPage> {
    const { rows } = this.#store;
    const asked = { name, ...page, ...(after !== undefined && { after }) };
    if (part === 'rows') {
      const read = await known(name, rows.readRows(asked));
      const json = this.#jsonOf(name, read);
      return pageOf(read, (row) => {
        const place = { topic: name, position: row.position, bytes: sizeOfRow(row, json.plain) };
        return new FeedRow(place, (quoted) => json[quoted ? 'quoted' : 'plain'].row(row));
      });
    }
    const read = await known(name, rows.readQuarantine(asked));
    const json = this.#jsonOf(name, read);
    return pageOf(read, (misfit) => {
      const place = { topic: name, position: misfit.position, bytes: sizeOfMisfit(misfit, json.plain) };
      return new FeedRow(place, (quoted) => json[quoted ? 'quoted' : 'plain'].misfit(misfit));
    });
  }

  select(records: readonly FeedRow[]): readonly FeedRow[] {
    return records;
  }

  resolve({ name, part }: RowFollowQuery, start: StartPoint): Promise<Position> {
    return known(name, this.#store.rows.resolveRows(name, part, start));
  }

  observe({ onAdvance, onRemove }: FeedWatcher): () => void {
    const advance = (part: RowsPart, names: Iterable<string>): void => {
      for (const name of names) onAdvance([keyOf(part, name)]);
    };
    return this.#store.observe({
      onAdvance: (ends) => {
        advance('rows', ends.keys());
      },
      onQuarantine: (ends) => {
        advance('quarantine', ends.keys());
      },
      onRemove: (name) => {
        onRemove(keyOf('rows', name));
        onRemove(keyOf('quarantine', name));
      },
    });
  }

  /** Other schemas have other versions, of whatever data source. */
  #jsonOf(name: string, page: RowPage<unknown>): { readonly plain: RowJson; readonly quoted: RowJson } {
    const { schemaVersion } = page;
    const remembered = this.#schemas.get(schemaVersion);
    if (remembered !== undefined) return remembered;
    const columns = this.#columnsOf(name, page);
    const made = {
      plain: new RowJson(columns, { quoteLargeIntegers: false }),
      quoted: new RowJson(columns, { quoteLargeIntegers: true }),
    };
    const [oldest] = this.#schemas.keys();
    if (this.#schemas.size === REMEMBERED_SCHEMAS) this.#schemas.delete(oldest!);
    this.#schemas.set(schemaVersion, made);
    return made;
  }
}

function keyOf(part: RowsPart, name: string): string {
  return `${part} ${name}`;
}

/** What a promise gives; a topic that is not there is a data source that is not. */
async function known<T>(name: string, asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    if (!(error instanceof WriterHubError) || error.code !== 'unknown_topic') throw error;
    throw new WriterHubError('unknown_data_source', `Data Source "${name}" does not exist`);
  }
}

function pageOf<Row>({ rows, position, more, end }: RowPage<Row>, make: (row: Row) => FeedRow): StoredRowPage {
  return { records: rows.map(make), position, more, end };
}

function sizeOfRow({ values, rest }: StoredRow, { nameBytes }: RowJson): number {
  let bytes = nameBytes + textBytes(rest);
  for (const value of values) bytes += VALUE_BYTES + (typeof value === 'string' ? textBytes(value) : 0);
  return bytes;
}

function sizeOfMisfit({ raw, columns, reasons, originals }: StoredMisfit, { nameBytes }: RowJson): number {
  return nameBytes + 2 * raw.length + textBytes(columns) + textBytes(reasons) + 2 * textBytes(originals);
}

/** Of a text, and of the same in the text of its row. */
function textBytes(text: string | null): number {
  return 2 * (text?.length ?? 0);
}
