import { renderRetention } from '../../events/retention-setting';
import { excerpt } from '../../json/excerpt';
import { hasCodec, parseColumn, renderColumn } from './column-definition';
import type { Column, Schema } from '../schema/schema';
import { schemaError, withPlace } from '../schema/schema-error';
import { splitDefinitions } from './definition-text';
import { parseEngineTtl } from './engine-ttl';
import { judgeInstruction, plainValue, type NamedInstruction } from './instructions';

/** The contents of a `.datasource` file. */
export interface DataSourceFile {
  readonly schema: Schema;
  /** What the file says that has no effect here, each with its line. */
  readonly warnings: readonly string[];
}

/** What a schema may take up. */
export interface SchemaLimits {
  readonly maxColumns: number;
  /** Bytes of the text. Absent for a schema that is stored already, which is taken as it is. */
  readonly maxSchemaBytes?: number;
}

/** The most keys of a path. No row nests as deep. */
const MOST_KEYS = 1000;

/** One instruction of a file, and where it is. */
interface Instruction extends NamedInstruction {
  /** The number of the line that the value begins in. */
  readonly valueLine: number;
  /** The instruction as it was written. */
  readonly text: string;
}

/** A line with a comment only. */
const COMMENT = /^[ \t]*(#|--)/;

const INSTRUCTION = /^([A-Z][A-Z_]*)(?=\s|$)\s*(.*)$/s;

/** The names of columns that exist besides those of the schema. */
const RESERVED = new Set(['_rest', 'c__error_column', 'c__error', 'c__import_id', 'c__row']);

/**
 * Parses the text of a `.datasource` file. Throws `invalid_schema` with the line, and what is wrong there or cannot be
 * honoured.
 */
export function parseDataSourceFile(text: string, { maxColumns, maxSchemaBytes }: SchemaLimits): DataSourceFile {
  if (maxSchemaBytes !== undefined) checkSchemaText(text, maxSchemaBytes);
  let columns: Column[] | undefined;
  let description: string | undefined;
  let ttl: Instruction | undefined;
  const kept: string[] = [];
  const warnings: string[] = [];
  for (const instruction of instructions(text)) {
    const { name, line, value } = instruction;
    if (name === 'SCHEMA') {
      if (columns !== undefined) throw schemaError(`line ${line}: SCHEMA is given twice`);
      columns = parseSchema(instruction, maxColumns, warnings);
    } else if (name === 'DESCRIPTION') description = value.trim();
    else {
      const { isKept, warning } = judgeInstruction(instruction);
      if (isKept) kept.push(instruction.text);
      if (warning !== undefined) warnings.push(`line ${line}: ${warning}`);
      if (name === 'ENGINE_TTL' && isKept) ttl = onlyOne(ttl, instruction);
    }
  }
  if (columns === undefined) throw schemaError('the file has no SCHEMA');
  checkColumns(columns, maxColumns);
  if (maxSchemaBytes !== undefined) checkPaths(columns);
  const described = description === undefined || description === '' ? {} : { description };
  const keeps = ttl === undefined ? {} : { keepFor: keepForOf(ttl, columns, warnings) };
  return { schema: { columns, ...described, ...keeps, ...(kept.length > 0 && { kept }) }, warnings };
}

function onlyOne(before: Instruction | undefined, instruction: Instruction): Instruction {
  const { name, line } = instruction;
  if (before !== undefined) throw schemaError(`line ${line}: ${name} is given twice`);
  return instruction;
}

/** How long a file has rows kept, in milliseconds. It says in a warning what that means here. */
function keepForOf({ line, value }: Instruction, columns: readonly Column[], warnings: string[]): number {
  const keepFor = withPlace(`line ${line}`, () => parseEngineTtl(plainValue(value), columns));
  const { age } = renderRetention({ age: keepFor });
  warnings.push(
    `line ${line}: ENGINE_TTL is a retention of ${age} here: since a row was stored, whatever its columns say`,
  );
  return keepFor;
}

/** The text of a `.datasource` file, as `parseDataSourceFile` reads it. */
export function renderDataSourceFile({ columns, description, kept = [] }: Schema): string {
  const described = description === undefined ? [] : [`DESCRIPTION >\n${indent(description.split('\n'))}`];
  const definitions = columns.map((column, index) => `${renderColumn(column)}${index < columns.length - 1 ? ',' : ''}`);
  const schema = `SCHEMA >\n${indent(definitions)}`;
  return `${[...described, schema, ...(kept.length > 0 ? [kept.join('\n')] : [])].join('\n\n')}\n`;
}

/** Throws `invalid_schema` when the text of a schema takes more than `most` bytes. */
export function checkSchemaText(text: string, most: number): void {
  const bytes = text.length > most ? text.length : Buffer.byteLength(text);
  if (bytes > most) throw schemaError(`the text of the schema takes more than ${most} bytes (max-schema-bytes)`);
}

function checkPaths(columns: readonly Column[]): void {
  const tooDeep = columns.find(({ path }) => path.length > MOST_KEYS);
  if (tooDeep !== undefined) throw schemaError(`the path of column ${tooDeep.name} has more than ${MOST_KEYS} keys`);
}

function checkCount(columns: number, most: number): void {
  const limit = `a data source has at most ${most} (WRITER_HUB_MAX_COLUMNS)`;
  if (columns > most) throw schemaError(`the schema has ${columns} columns; ${limit}`);
}

/** Throws `invalid_schema` when columns cannot be in one schema together. */
export function checkColumns(columns: readonly Column[], maxColumns: number): void {
  if (columns.length === 0) throw schemaError('the schema has no columns');
  checkCount(columns.length, maxColumns);
  const names = new Set<string>();
  for (const { name } of columns) {
    const folded = name.toLowerCase();
    if (isReserved(name)) throw schemaError(`the column name ${name} is reserved`);
    if (names.has(folded)) throw schemaError(`there are two columns ${name}; upper and lower case count as the same`);
    names.add(folded);
  }
}

/** Whether a name is reserved for a column that exists besides those of the schema. */
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
    if (line.trim() === '' || COMMENT.test(line)) continue;
    const match = INSTRUCTION.exec(line);
    if (match === null)
      throw schemaError(`line ${number}: expected an instruction, found ${JSON.stringify(excerpt(line))}`);
    const [, name, rest] = match;
    if (rest!.trim() !== '>') {
      yield { name: name!, line: number, value: rest!, valueLine: number, text: line.trimEnd() };
      continue;
    }
    const first = at;
    while (at < lines.length && isInBlock(name!, lines[at]!)) at++;
    const block = lines.slice(first, at);
    const value = block.map((blockLine) => blockLine.replace(/^(\t| {1,4})/, '')).join('\n');
    yield { name: name!, line: number, value, valueLine: number + 1, text: [line, ...block].join('\n').trimEnd() };
  }
}

/** Whether a line belongs to the block of an instruction; in a schema, comments need no indentation. */
function isInBlock(name: string, line: string): boolean {
  return line === '' || /^\s/.test(line) || (name === 'SCHEMA' && COMMENT.test(line));
}

function parseSchema({ value, valueLine }: Instruction, maxColumns: number, warnings: string[]): Column[] {
  const columns = value
    .split('\n')
    .map((line) => (COMMENT.test(line) ? '' : line))
    .join('\n');
  const definitions = withPlace(`line ${valueLine}`, () => splitDefinitions(columns));
  checkCount(definitions.length, maxColumns);
  return definitions.map(({ text, line }) => {
    const place = `line ${valueLine + line}`;
    const column = withPlace(place, () => parseColumn(text));
    if (hasCodec(text)) warnings.push(`${place}: CODEC has no effect here: values are not compressed one by one`);
    return column;
  });
}
