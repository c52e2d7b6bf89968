import { storageOf } from './schema/column-type';
import { renderDataSourceFile } from './definition/datasource-file';
import type { Column, Schema } from './schema/schema';
import type { SchemaVersion, StoredColumn } from '../store/contract/row-store';

/** Most fields without a column that are remembered of a data source. */
const MOST_UNKNOWN_FIELDS = 100;

/** A data source as the store has it. Another schema makes another object. */
export class DataSource {
  readonly #fieldsWithoutColumn = new Set<string>();

  constructor(
    readonly name: string,
    readonly schema: Schema,
    readonly schemaVersion: SchemaVersion,
    /** Text of its `.datasource` file, which the store keeps. */
    readonly definition: string = renderDataSourceFile(schema),
  ) {}

  /** Paths of fields that rows had and no column takes, since the server was started or the schema changed. */
  get unknownFields(): string[] {
    return [...this.#fieldsWithoutColumn];
  }

  noteUnknownFields(paths: readonly string[]): void {
    for (const path of paths) {
      if (this.#fieldsWithoutColumn.size === MOST_UNKNOWN_FIELDS) return;
      this.#fieldsWithoutColumn.add(path);
    }
  }
}

export function toStoredColumn({ name, type }: Column): StoredColumn {
  return { name, storage: storageOf(type) };
}
