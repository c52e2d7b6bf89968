import type { Database, Statement } from 'better-sqlite3';
import { WriterHubError } from '../../../errors';
import type { StoredColumn, StoredMisfit, RowsPart } from '../../contract/row-store';
import type { KeptValue } from '../../contract/kept-value';
import { refuseOtherKind, type TopicKind } from '../../contract/topic-kind';
import type {
  OffsetRowQuery,
  Place,
  QuarantineColumns,
  RowColumns,
  RowPageHead,
  StartPlace,
} from '../channel/reader-messages';
import { quarantineTable, rowTable } from '../file/data-source-tables';
import { RecentMap } from '../file/recent-map';
import { toSchemaVersion } from '../file/schema-version';
import { type Extent, Places } from './extent';
import { LastStored } from './last-stored';

/** How many data sources' statements are remembered, at least. */
const REMEMBERED_SOURCES = 200;

/** A page ends when its values take this many bytes, about, however many rows were asked for. */
const PAGE_BYTES = 1024 * 1024;

/** What a value takes besides its text. */
const VALUE_BYTES = 16;

interface SourceRecord {
  readonly id: number;
  readonly kind: TopicKind;
  readonly name: string;
  readonly generation: number;
  readonly firstOffset: number;
  readonly nextOffset: number;
  readonly firstQuarantineOffset: number;
  readonly nextQuarantineOffset: number;
  readonly definition: string;
  readonly schemaChanges: number;
  /** JSON text. */
  readonly columns: string;
}

/** The offset, the unknown fields and the values. */
type StoredRowValues = [offset: bigint, rest: string | null, ...values: (KeptValue | null)[]];

interface StoredMisfitRow extends StoredMisfit {
  readonly offset: number;
}

/** Offsets `after < offset <= until`, in either order. */
interface Span {
  readonly after: number;
  readonly until: number;
  readonly limit: number;
  readonly order: 'ASC' | 'DESC';
}

/** What is left to say of a page: all but what its rows hold. */
type Head = Omit<RowPageHead, 'offsets' | 'after' | 'more'>;

type RowStatement = Statement<[{ after: number; until: number; limit: number }], StoredRowValues>;

/** Reads rows and quarantined rows, on a connection that only reads. */
export class RowQueries {
  readonly #statements = new RecentMap<string, RowStatement>(REMEMBERED_SOURCES);
  readonly #find: Statement<[string], SourceRecord>;
  readonly #lastStored: LastStored;
  readonly #places: Places;
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;

    this.#lastStored = new LastStored(database);
    this.#places = new Places(database);
    this.#find = database.prepare(
      `SELECT id, kind, name, generation, first_offset AS firstOffset, next_offset AS nextOffset,
         first_quarantine_offset AS firstQuarantineOffset, next_quarantine_offset AS nextQuarantineOffset,
         coalesce(definition, '') AS definition, coalesce(columns, '[]') AS columns, schema_changes AS schemaChanges
       FROM topics WHERE name = ?`,
    );
  }

  /** In a transaction, so that the rows have the schema that goes with them. */
  rows(query: OffsetRowQuery): RowColumns {
    return this.#inOneState(() => {
      const source = this.#source(query.name);
      const span = this.#span(query, extentOf(source, 'rows'));
      const page: RowColumns = { ...headOf(query, source, 'rows'), offsets: [], values: [], rests: [], ...endOf(span) };
      const rows = this.#rowStatement(source, span.order).iterate({ ...span, limit: span.limit + 1 });
      return fill(page, span, rows, ([offset, rest, ...values]) => {
        page.offsets.push(Number(offset));
        page.rests.push(rest);
        page.values.push(values);
        return values.reduce<number>((bytes, value) => bytes + sizeOf(value), sizeOf(rest));
      });
    });
  }

  quarantined(query: OffsetRowQuery): QuarantineColumns {
    return this.#inOneState(() => {
      const source = this.#source(query.name);
      const span = this.#span(query, extentOf(source, 'quarantine'));
      const page: QuarantineColumns = {
        ...headOf(query, source, 'quarantine'),
        offsets: [],
        misfits: [],
        ...endOf(span),
      };
      const rows = this.#database
        .prepare<[{ after: number; until: number; limit: number }], StoredMisfitRow>(
          `SELECT offset, raw, columns, reasons, originals, inserted_at AS storedAt FROM ${quarantineTable(source.id)}
           WHERE offset > @after AND offset <= @until ORDER BY offset ${span.order} LIMIT @limit`,
        )
        .iterate({ ...span, limit: span.limit + 1 });
      return fill(page, span, rows, ({ offset, ...misfit }) => {
        page.offsets.push(offset);
        page.misfits.push(misfit);
        return misfit.raw.length + misfit.columns.length + misfit.reasons.length + misfit.originals.length;
      });
    });
  }

  /** The place at which a reader begins. */
  resolve(name: string, part: RowsPart, start: StartPlace): Place {
    return this.#inOneState(() => {
      const source = this.#source(name);
      const extent = extentOf(source, part);
      return this.#places.clampedStart(start, extent, (time) =>
        part === 'rows' ? this.#lastStored.before(source.id, time) : this.#quarantinedBefore(source.id, extent, time),
      );
    });
  }

  /** Looks in the middle of what is left, again and again: quarantined rows lie in the order of their times. */
  #quarantinedBefore(source: number, { firstOffset, nextOffset }: Extent, time: number): number {
    const next = this.#database.prepare<[number, number], { offset: number; storedAt: number }>(
      `SELECT offset, inserted_at AS storedAt FROM ${quarantineTable(source)}
       WHERE offset >= ? AND offset < ? ORDER BY offset LIMIT 1`,
    );
    let [before, end] = [firstOffset - 1, nextOffset];
    while (before + 1 < end) {
      const middle = Math.floor((before + 1 + end) / 2);
      const found = next.get(middle, end) ?? next.get(before + 1, end);
      if (found === undefined) break;
      if (found.storedAt < time) before = found.offset;
      else end = Math.min(found.offset, middle);
    }
    return before;
  }

  #source(name: string): SourceRecord {
    const source = this.#find.get(name);
    if (source === undefined) throw new WriterHubError('unknown_topic', `there is no data source "${name}"`);
    refuseOtherKind(name, source.kind, 'rows');
    return source;
  }

  #rowStatement({ id, schemaChanges, columns }: SourceRecord, order: Span['order']): RowStatement {
    const key = `${toSchemaVersion(id, schemaChanges)} ${order}`;
    const known = this.#statements.get(key);
    if (known !== undefined) return known;
    const placed = JSON.parse(columns) as (StoredColumn & { number?: number })[];
    const values = placed.map(({ number }, index) => `, c${number ?? index + 1}`).join('');
    const statement = this.#database
      .prepare(
        `SELECT offset, rest${values} FROM ${rowTable(id)}
         WHERE offset > @after AND offset <= @until ORDER BY offset ${order} LIMIT @limit`,
      )
      .raw()
      .safeIntegers() as RowStatement;
    this.#statements.trim();
    this.#statements.set(key, statement);
    return statement;
  }

  /** Only what lies before the end: behind it may be parts of an append that is not finished. */
  #span({ after, limit, descending = false }: OffsetRowQuery, extent: Extent): Span {
    const { firstOffset, nextOffset } = extent;
    const end = nextOffset - 1;
    if (!descending) return { after: this.#places.startOf(after, extent), until: end, limit, order: 'ASC' };
    const before = after === undefined ? nextOffset : this.#places.offsetIn(after, extent);
    return { after: firstOffset - 1, until: Math.min(end, before - 1), limit, order: 'DESC' };
  }

  #inOneState<T>(read: () => T): T {
    return this.#database.transaction(read)();
  }
}

function extentOf(source: SourceRecord, part: RowsPart): Extent {
  const { id, name, generation, firstQuarantineOffset, nextQuarantineOffset } = source;
  if (part === 'rows') return { ...source, part };
  return { id, name, generation, firstOffset: firstQuarantineOffset, nextOffset: nextQuarantineOffset, part };
}

function headOf({ descending = false }: OffsetRowQuery, source: SourceRecord, part: RowsPart): Head {
  const { id, generation, definition, schemaChanges } = source;
  const head = { generation, definition, schemaVersion: toSchemaVersion(id, schemaChanges) };
  return descending ? { ...head, head: extentOf(source, part).nextOffset - 1 } : head;
}

/** Where a page ends when it comes to the end of its span. */
function endOf({ after, until, order }: Span): Pick<RowPageHead, 'after' | 'more'> {
  return { after: order === 'ASC' ? Math.max(after, until) : after + 1, more: false };
}

/** Adds rows to a page until it is full; `add` says how many bytes one takes. */
function fill<Page extends RowPageHead, Row>(
  page: Page,
  { limit }: Span,
  rows: Iterable<Row>,
  add: (row: Row) => number,
): Page {
  let bytes = 0;
  for (const row of rows) {
    if (page.offsets.length === limit || bytes > PAGE_BYTES)
      return { ...page, after: page.offsets.at(-1)!, more: true };
    bytes += add(row);
  }
  return page;
}

function sizeOf(value: KeptValue | null): number {
  return VALUE_BYTES + (typeof value === 'string' ? value.length : 0);
}
