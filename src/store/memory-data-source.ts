import { WriterHubError } from '../errors';
import type {
  DataSourceChange,
  DataSourceInfo,
  DataSourceRecord,
  QuarantineBatch,
  QuarantinedRow,
  QuarantinePage,
  RowBatch,
  RowsAppend,
  StoredColumn,
} from './event-store';
import { MemoryClaims } from './memory-claims';
import { RowReader, type StoredValue } from './sqlite/writer/stored-row-reader';

/** A row as it is stored: its unknown fields as JSON text, and a value for each column. */
export interface MemoryRow {
  readonly offset: number;
  readonly rest: StoredValue;
  readonly values: readonly StoredValue[];
}

/** A row in quarantine as it is stored. */
export interface MemoryQuarantinedRow extends QuarantinedRow {
  readonly columns: readonly string[];
  readonly reasons: readonly string[];
  readonly originals: readonly (string | null)[];
}

/** A data source of the memory store. */
export class MemoryDataSource {
  readonly createdAt = Date.now();
  readonly claims = new MemoryClaims();
  #updatedAt = this.createdAt;
  #definition: string;
  #columns: readonly StoredColumn[];
  #stored: MemoryRow[] = [];
  #aside: MemoryQuarantinedRow[] = [];
  #lastOffset = 0;
  #lastAside = 0;

  constructor({ definition, columns }: DataSourceRecord) {
    this.#definition = definition;
    this.#columns = columns;
  }

  get rows(): readonly MemoryRow[] {
    return this.#stored;
  }

  get quarantine(): readonly MemoryQuarantinedRow[] {
    return this.#aside;
  }

  get nextOffset(): number {
    return this.#lastOffset + 1;
  }

  get info(): DataSourceInfo {
    return {
      definition: this.#definition,
      rowCount: this.#stored.length,
      quarantineCount: this.#aside.length,
      updatedAt: this.#updatedAt,
    };
  }

  change({ definition, added }: DataSourceChange): void {
    const unfit = added.find(({ fill }) => typeof fill === 'string' && fill.includes('\0'));
    if (unfit !== undefined) {
      throw new WriterHubError('invalid_schema', `The column "${unfit.name}" cannot be added: its value holds a NUL.`);
    }
    const fills = added.map(({ fill }) => fill);
    this.#stored = this.#stored.map((row) => ({ ...row, values: [...row.values, ...fills] }));
    this.#columns = [...this.#columns, ...added];
    this.#definition = definition;
    this.#updatedAt = Date.now();
  }

  truncate(part: 'rows' | 'quarantine'): void {
    if (part === 'rows') this.#stored = [];
    else this.#aside = [];
    this.#updatedAt = Date.now();
  }

  append({ columns, rows, quarantine, released = [] }: Omit<RowsAppend, 'topic' | 'claim'>): void {
    if (columns !== this.#columns.length) {
      throw new WriterHubError('schema_changed', `The data source has ${this.#columns.length} columns now.`);
    }
    const gone = new Set(released);
    const kept = this.#aside.filter(({ offset }) => !gone.has(offset));
    if (this.#aside.length - kept.length !== gone.size) {
      throw new WriterHubError('schema_changed', 'Some of the quarantined rows are no longer there.');
    }
    this.#stored = [...this.#stored, ...this.#read(rows)];
    this.#aside = [...kept, ...this.#readQuarantine(quarantine)];
    this.#updatedAt = Date.now();
  }

  quarantinePage({ after, limit }: QuarantinePage): QuarantinedRow[] {
    return this.#aside
      .filter(({ offset }) => offset > after)
      .slice(0, limit)
      .map(({ offset, raw }) => ({ offset, raw }));
  }

  #read({ json }: RowBatch): MemoryRow[] {
    const reader = new RowReader(
      json,
      this.#columns.map(({ storage }) => storage),
    );
    const rows: MemoryRow[] = [];
    for (let row = reader.next(); row !== undefined; row = reader.next()) {
      const [rest = null, ...values] = row;
      rows.push({ offset: (this.#lastOffset += 1), rest, values });
    }
    return rows;
  }

  #readQuarantine({ json }: QuarantineBatch): MemoryQuarantinedRow[] {
    type Row = [raw: string, columns: string[], reasons: string[], originals: (string | null)[]];
    const rows = JSON.parse(`[${Buffer.from(json).toString()}]`) as Row[];
    return rows.map(([raw, columns, reasons, originals]) => ({
      offset: (this.#lastAside += 1),
      raw: Buffer.from(raw, 'base64'),
      columns,
      reasons,
      originals,
    }));
  }
}
