import { excerpt } from '../events/excerpt';
import { parseColumn, renderColumn } from './column-definition';
import type { Column, Schema } from './schema';
import { schemaError, withPlace } from './schema-error';
import { splitDefinitions } from './definition-text';

/** What a `.datasource` file says. */
export interface DataSourceFile {
  readonly schema: Schema;
}

/** One instruction of a file. */
interface Instruction {
  readonly name: string;
  /** Number of its line, from 1. */
  readonly line: number;
  /** What stands behind the name, or in the indented lines below it. */
  readonly value: string;
  /** Number of the line the value begins in. */
  readonly valueLine: number;
  /** The instruction as it was written. */
  readonly text: string;
}

/**
 * Instructions that say how to store or label rows and change nothing that can be read here. `TOKEN` is among them although it
 * does nothing: real files always carry it, and without it a token may do less, not more.
 */
const KEPT = new Set([
  'BACKFILL',
  'ENGINE_PARTITION_KEY',
  'ENGINE_PRIMARY_KEY',
  'ENGINE_SETTINGS',
  'ENGINE_SORTING_KEY',
  'INDEXES',
  'TAGS',
  'TOKEN',
  'VERSION',
]);

/** Instructions that would change what is read, and why they cannot be honoured. */
const REFUSED: readonly (readonly [RegExp, string])[] = [
  [/^ENGINE_TTL$/, 'rows are not removed by their age'],
  [/^ENGINE_(VER|SIGN|VERSION|IS_DELETED)$/, 'rows are not merged'],
  [/^FORWARD_QUERY$/, 'rows are not rewritten'],
  [/^SHARED_WITH$/, 'there is only one workspace'],
  [/^(KAFKA|IMPORT)_/, 'rows come over HTTP only'],
];

const INSTRUCTION = /^([A-Z][A-Z_]*)(?=\s|$)\s*(.*)$/;

/** Names that the columns beside those of the schema have. */
const RESERVED = new Set(['_rest', 'c__error_column', 'c__error', 'c__import_id', 'c__row']);

/**
 * Parses the text of a `.datasource` file. Throws `invalid_schema`, naming the line and what is wrong there or cannot be honoured.
 */
export function parseDataSourceFile(text: string, { maxColumns }: { readonly maxColumns: number }): DataSourceFile {
  let columns: Column[] | undefined;
  let description: string | undefined;
  const kept: string[] = [];
  for (const instruction of instructions(text)) {
    const { name, line, value } = instruction;
    if (name === 'SCHEMA') {
      if (columns !== undefined) throw schemaError(`line ${line}: SCHEMA is given twice`);
      columns = parseSchema(instruction);
    } else if (name === 'DESCRIPTION') description = value.trim();
    else if (isKept(instruction)) kept.push(instruction.text);
  }
  if (columns === undefined) throw schemaError('the file has no SCHEMA');
  checkColumns(columns, maxColumns);
  const described = description === undefined || description === '' ? {} : { description };
  return { schema: { columns, ...described, ...(kept.length > 0 && { kept }) } };
}

/** The text of a `.datasource` file that `parseDataSourceFile` reads back. */
export function renderDataSourceFile({ columns, description, kept = [] }: Schema): string {
  const described = description === undefined ? [] : [`DESCRIPTION >\n${indent(description.split('\n'))}`];
  const schema = `SCHEMA >\n${indent(columns.map((column, index) => `${renderColumn(column)}${index < columns.length - 1 ? ',' : ''}`))}`;
  return `${[...described, schema, ...(kept.length > 0 ? [kept.join('\n')] : [])].join('\n\n')}\n`;
}

/** Throws `invalid_schema` when columns cannot stand together in one schema. */
export function checkColumns(columns: readonly Column[], maxColumns: number): void {
  if (columns.length === 0) throw schemaError('the schema has no columns');
  if (columns.length > maxColumns) {
    throw schemaError(`the schema has ${columns.length} columns; a data source has at most ${maxColumns}`);
  }
  const names = new Set<string>();
  for (const { name } of columns) {
    const folded = name.toLowerCase();
    if (isReserved(name)) throw schemaError(`the column name ${name} is reserved`);
    if (names.has(folded)) throw schemaError(`there are two columns ${name}; upper and lower case count as the same`);
    names.add(folded);
  }
}

/** Whether a name is that of a column beside those of the schema. */
export function isReserved(name: string): boolean {
  return RESERVED.has(name.toLowerCase());
}

function indent(lines: readonly string[]): string {
  return lines.map((line) => `    ${line}`).join('\n');
}

function* instructions(text: string): Generator<Instruction> {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  for (let at = 0; at < lines.length;) {
    const line = lines[at]!;
    const number = ++at;
    if (line.trim() === '' || line.startsWith('#')) continue;
    const match = INSTRUCTION.exec(line);
    if (match === null)
      throw schemaError(`line ${number}: expected an instruction, found ${JSON.stringify(excerpt(line))}`);
    const [, name, rest] = match;
    if (rest!.trim() !== '>') {
      yield { name: name!, line: number, value: rest!, valueLine: number, text: line.trimEnd() };
      continue;
    }
    const first = at;
    while (at < lines.length && (/^\s/.test(lines[at]!) || lines[at] === '')) at++;
    const block = lines.slice(first, at);
    const value = block.map((blockLine) => blockLine.replace(/^(\t| {1,4})/, '')).join('\n');
    yield { name: name!, line: number, value, valueLine: number + 1, text: [line, ...block].join('\n').trimEnd() };
  }
}

/** Whether an instruction is kept; throws when it would change what is read. */
function isKept({ name, line, value }: Instruction): boolean {
  const plain = value
    .trim()
    .replace(/^"(.*)"$/, '$1')
    .trim();
  if (name === 'ENGINE') {
    if (plain === '' || plain === 'MergeTree') return true;
    throw schemaError(`line ${line}: ENGINE ${excerpt(plain)} cannot be honoured; rows are kept as with MergeTree`);
  }
  if (KEPT.has(name)) return true;
  const refused = REFUSED.find(([pattern]) => pattern.test(name));
  if (refused === undefined) throw schemaError(`line ${line}: there is no instruction ${excerpt(name)}`);
  // Generated files carry the instruction without a value.
  if (plain === '') return false;
  throw schemaError(`line ${line}: ${name} cannot be honoured: ${refused[1]}`);
}

function parseSchema({ value, valueLine }: Instruction): Column[] {
  const columns = value.replace(/^\s*#.*$/gm, '');
  return withPlace(`line ${valueLine}`, () => splitDefinitions(columns)).map(({ text, line }) =>
    withPlace(`line ${valueLine + line}`, () => parseColumn(text)),
  );
}
