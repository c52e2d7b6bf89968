import { type CompiledType, compileType } from './compiled-type';
import { renderPath } from '../schema/field-path';
import { makeSlots, type Slots } from './row-values';
import type { Column, ColumnDefault, Schema } from '../schema/schema';

/** A column with all that filling it takes. */
export interface CompiledColumn {
  readonly index: number;
  readonly name: string;
  readonly path: string;
  readonly type: CompiledType;
  readonly column: Column;
}

/** A field of a row that is read, or that lies around one. */
export class Field {
  /** The key in quotes, as it is written when it needs no escape. */
  readonly key: Buffer;
  readonly path: string;
  readonly columns: CompiledColumn[] = [];
  /** The fields in it, by the bytes of their keys, a character a byte. */
  readonly members = new Map<string, Field>();
  /** Whether a column keeps all of it, or of something around it. */
  kept = false;
  /** The one column it fills, when reading it takes no more than that. */
  only: CompiledColumn | undefined;
  /** Which field was first in it, and which one stood behind it, the last time: mostly they are the next time too. */
  first: Field | undefined;
  next: Field | undefined;
  /** In which row it was met last. */
  row = 0;

  constructor(
    readonly keys: readonly string[],
    readonly parent: Field | undefined,
  ) {
    this.key = Buffer.from(JSON.stringify(keys.at(-1) ?? ''));
    this.path = renderPath(keys);
  }
}

/** A schema as the row scanner uses it. */
export interface CompiledSchema {
  readonly columns: readonly CompiledColumn[];
  readonly defaults: readonly (ColumnDefault | undefined)[];
  /** The row itself. */
  readonly root: Field;
  /** What the one scan that uses it at a time writes down of a row. */
  readonly slots: Slots;
  /** How many rows were read with it: the mark of the next is one more. */
  rows: number;
}

/** Marks stay small integers, which V8 compares fastest. */
const MOST_ROWS = 2 ** 29;

const compiled = new WeakMap<Schema, CompiledSchema>();

/** Works a schema out, once for very many rows. */
export function compileSchema(schema: Schema): CompiledSchema {
  const known = compiled.get(schema);
  if (known !== undefined && known.rows < MOST_ROWS) return known;
  const root = new Field([], undefined);
  const columns = schema.columns.map((column, index) => {
    const { name, path, type } = column;
    return { index, name, path: renderPath(path), type: compileType(type), column };
  });
  for (const column of columns) fieldAt(root, column.column.path).columns.push(column);
  finish(root, false);
  const made = {
    columns,
    defaults: schema.columns.map((column) => column.default),
    root,
    slots: makeSlots(columns.length),
    rows: 0,
  };
  compiled.set(schema, made);
  return made;
}

function fieldAt(root: Field, path: readonly string[]): Field {
  let field = root;
  for (const [depth, key] of path.entries()) {
    const bytes = keyBytes(key);
    const member = field.members.get(bytes) ?? new Field(path.slice(0, depth + 1), field);
    field.members.set(bytes, member);
    field = member;
  }
  return field;
}

/** How `Field.members` writes a key. */
export function keyBytes(key: string): string {
  return Buffer.from(key).toString('latin1');
}

function finish(field: Field, kept: boolean): void {
  field.kept = kept || field.columns.length > 0;
  if (field.columns.length === 1 && field.members.size === 0) field.only = field.columns[0];
  let previous: Field | undefined;
  for (const member of field.members.values()) {
    if (previous === undefined) field.first = member;
    else previous.next = member;
    previous = member;
    finish(member, field.kept);
  }
}
