import { type CompiledType, compileType } from './compiled-type';
import { renderPath } from '../schema/field-path';
import { makeSlots, type Slots } from './row-values';
import type { Column, ColumnDefault, Schema } from '../schema/schema';

/** A column with all that is needed to read its values. */
export interface CompiledColumn {
  readonly index: number;
  readonly name: string;
  readonly path: string;
  readonly type: CompiledType;
  readonly column: Column;
  /** The first column of the same field and type: what it reads holds for this one. Itself, if it is the first. */
  leader: CompiledColumn;
}

/** A field of a row that columns are read from, or that contains such fields. */
export class Field {
  /** The key in quotes, as it is written without unnecessary escapes. */
  readonly key: Buffer;
  /** How many fields are around it. */
  readonly depth: number;
  readonly columns: CompiledColumn[] = [];
  /** The first of its columns that read it alike, by the text of the type and whether it is inferred. */
  readonly leaders = new Map<string, CompiledColumn>();
  /** The fields in it, by key as `keyBytes` writes it. */
  readonly members = new Map<string, Field>();
  /** Whether a column takes the whole field, or a whole field around it. */
  kept = false;
  /** Its column, when it has exactly one and no fields in it. */
  soleColumn: CompiledColumn | undefined;
  /** In the last row: the field that came first in it, and the one that came after it. Usually the next row agrees. */
  first: Field | undefined;
  next: Field | undefined;
  /** The id of the row it was last seen in. */
  lastRow = 0;

  #path: string | undefined;

  /** `name`: the key as a string; '' for the row itself. */
  constructor(
    readonly name: string,
    readonly parent: Field | undefined,
  ) {
    this.key = Buffer.from(JSON.stringify(name));
    this.depth = parent === undefined ? 0 : parent.depth + 1;
  }

  /** Made when it is asked for: the paths of fields deep in each other are long. */
  get path(): string {
    this.#path ??= renderPath(keysOf(this));
    return this.#path;
  }
}

/** The keys from the row to a field, outermost first. */
function keysOf(field: Field): string[] {
  const keys: string[] = [];
  for (let inner = field; inner.parent !== undefined; inner = inner.parent) keys.push(inner.name);
  return keys.reverse();
}

/** A schema in the form that the row scanner uses. */
export interface CompiledSchema {
  readonly columns: readonly CompiledColumn[];
  readonly defaults: readonly (ColumnDefault | undefined)[];
  /** The row itself. */
  readonly root: Field;
  /** Used by one scan at a time, for the values of the current row. */
  readonly slots: Slots;
  /** The id of the last row that was read with it; the next row has the next id. */
  lastRow: number;
}

/** Row ids stay small integers, which V8 compares fastest. */
const GREATEST_ROW_ID = 2 ** 29;

const compiled = new WeakMap<Schema, CompiledSchema>();

/** Compiles a schema; the result is kept for as long as the schema is. */
export function compileSchema(schema: Schema): CompiledSchema {
  const known = compiled.get(schema);
  if (known !== undefined && known.lastRow < GREATEST_ROW_ID) return known;
  const root = new Field('', undefined);
  const columns = schema.columns.map((column, index) => {
    const { name, path, type } = column;
    const made = { index, name, path: renderPath(path), type: compileType(type, column.inferred), column };
    return Object.assign(made, { leader: made }) as CompiledColumn;
  });
  for (const column of columns) addTo(fieldAt(root, column.column.path), column);
  finish(root, false);
  const made = {
    columns,
    defaults: schema.columns.map((column) => column.default),
    root,
    slots: makeSlots(columns.length),
    lastRow: 0,
  };
  compiled.set(schema, made);
  return made;
}

function addTo({ columns, leaders }: Field, column: CompiledColumn): void {
  columns.push(column);
  const { text, textsOnly } = column.type;
  const key = textsOnly ? `${text} inferred` : text;
  const leader = leaders.get(key);
  if (leader === undefined) leaders.set(key, column);
  else column.leader = leader;
}

function fieldAt(root: Field, path: readonly string[]): Field {
  let field = root;
  for (const key of path) {
    const bytes = keyBytes(key);
    const member = field.members.get(bytes) ?? new Field(key, field);
    field.members.set(bytes, member);
    field = member;
  }
  return field;
}

/** The UTF-8 bytes of a key, one character per byte. */
export function keyBytes(key: string): string {
  return Buffer.from(key).toString('latin1');
}

function finish(field: Field, kept: boolean): void {
  field.kept = kept || field.columns.length > 0;
  if (field.columns.length === 1 && field.members.size === 0) field.soleColumn = field.columns[0];
  let previous: Field | undefined;
  for (const member of field.members.values()) {
    if (previous === undefined) field.first = member;
    else previous.next = member;
    previous = member;
    finish(member, field.kept);
  }
}
