import { excerpt } from '../../json/excerpt';
import { holdsTimes, type ColumnType } from '../schema/column-type';
import { parseDefault, renderDefault } from './default-expression';
import { splitWords } from './definition-text';
import { parsePath, renderPath } from '../schema/field-path';
import type { Column } from '../schema/schema';
import { schemaError, withPlace } from '../schema/schema-error';
import { parseColumnType } from '../schema/type-parser';

const NAME = /^(?:`([^`]*)`|([^\s`]+))\s*/;
const PLAIN_NAME = /^[A-Za-z_]\w{0,127}$/;

const PATH = /^`json:(.*)`$/s;

const CODEC = /^CODEC\(.*\)$/is;

/** Says that a column of times takes texts alone. */
const INFERRED = /^INFERRED$/i;

/** Clauses that would change the values of a column, and are not supported. */
const REFUSED = new Set(['MATERIALIZED', 'ALIAS', 'EPHEMERAL', 'TTL', 'COMMENT', 'NOT', 'NULL']);

/** The words of each clause of a definition. */
interface Clauses {
  readonly type: string[];
  readonly path: string[];
  readonly default: string[];
  readonly inferred: string[];
}

/**
 * Parses the definition of a column: `` `name` Type `json:$.path` INFERRED DEFAULT x CODEC(y)``. Without a path, the
 * column takes the field of the same name. `CODEC` says how to store values and is dropped. Throws `invalid_schema`.
 */
export function parseColumn(text: string): Column {
  const match = NAME.exec(text);
  const name = match?.[1] ?? match?.[2];
  if (match === null || name === undefined) throw schemaError('a column is missing');
  if (!PLAIN_NAME.test(name)) {
    throw schemaError(
      `${JSON.stringify(excerpt(name))} cannot name a column; a name has letters, digits and _, at most 128`,
    );
  }
  return withPlace(`column ${name}`, () => parseClauses(name, splitWords(text.slice(match[0].length))));
}

/** Whether a definition that `parseColumn` accepts has a `CODEC` clause. */
export function hasCodec(text: string): boolean {
  return splitWords(text).some((word) => CODEC.test(word));
}

/** The definition of a column, as `parseColumn` reads it. */
export function renderColumn(column: Column): string {
  const { name, type } = column;
  const defaultClause = column.default === undefined ? '' : ` DEFAULT ${renderDefault(column.default, type)}`;
  const inferred = column.inferred === true ? ' INFERRED' : '';
  return `\`${name}\` ${type.text} \`json:${renderColumnPath(column)}\`${inferred}${defaultClause}`;
}

/** The path of the field that a column takes, such as `$.tags[:]`. */
export function renderColumnPath({ type, path }: Column): string {
  const elements = type.kind === 'array' && path.length > 0 ? '[:]' : '';
  return `${renderPath(path)}${elements}`;
}

function parseClauses(name: string, words: readonly string[]): Column {
  const clauses = sortWords(words);
  const type = parseColumnType(clauses.type.join(' '));
  const path = clauses.path.length === 0 ? [name] : parseFieldPath(clauses.path, type);
  const isInferred = clauses.inferred.length > 0;
  if (isInferred && !holdsTimes(type)) {
    throw schemaError(`INFERRED says of a column of times that it takes texts alone; the type is ${type.text}`);
  }
  const column = { name, type, path, ...(isInferred && { inferred: true as const }) };
  if (clauses.default.length === 0) return column;
  return { ...column, default: parseDefault(clauses.default.join(' '), type) };
}

function sortWords(words: readonly string[]): Clauses {
  const clauses: Clauses = { type: [], path: [], default: [], inferred: [] };
  let clause = clauses.type;
  for (const word of words) {
    if (/^DEFAULT$/i.test(word)) clause = clauses.default;
    else if (word.startsWith('`')) clauses.path.push(word);
    else if (INFERRED.test(word)) clauses.inferred.push(word);
    else if (CODEC.test(word)) clause = [];
    else if (REFUSED.has(word.toUpperCase()) && (clause !== clauses.default || clause.length > 0)) {
      throw schemaError(`${word.toUpperCase()} cannot be honoured`);
    } else clause.push(word);
  }
  if (clause === clauses.default && clause.length === 0) throw schemaError('an expression is missing behind DEFAULT');
  return clauses;
}

function parseFieldPath(words: readonly string[], type: ColumnType): readonly string[] {
  const [word] = words;
  const text = PATH.exec(word!)?.[1];
  if (text === undefined || words.length > 1)
    throw schemaError(`expected one path such as \`json:$.field\`, found ${words.join(' ')}`);
  const { keys, elements } = parsePath(text);
  if (elements && type.kind !== 'array')
    throw schemaError(`the path ${text} leads to elements of an array, and the type is ${type.text}`);
  return keys;
}
