import { commonKind } from './common-kind';
import type { Operand } from './comparisons';
import { bare } from './nodes';
import type { CallOf } from './call-context';
import { foreign } from './foreign-syntax';
import { FLOAT, INTEGER, isWide, STRING, typeText, UNKNOWN, type Kind, type Valued } from './kinds';
import { refused } from './literals';

/** What an aggregate gives, after changing the query so that it is exact; `undefined` where it has no rule. */
export function aggregate(call: CallOf, name: string): Valued | undefined {
  const [operand] = call.args;
  if (operand === undefined) return undefined;
  switch (name) {
    case 'sum':
      return { kind: sum(call, operand), nullable: true };
    case 'avg':
      average(call, operand);
      return { kind: FLOAT, nullable: true };
    case 'total':
      total(call, operand);
      return { kind: FLOAT, nullable: false };
    case 'min':
    case 'max':
      return { kind: extreme(call, operand, name), nullable: true };
    case 'group_concat':
      return { kind: groupConcat(call), nullable: true };
    default:
      return undefined;
  }
}

/**
 * The two calls that an aggregate of a column of UInt64 is made of: SQLite's own for what fits into 64 bits with a
 * sign, which is nearly everything, and the exact one for the rest. `undefined` where it is not as simple as that.
 */
function halves({ node, edits }: CallOf, { kind, expression }: Operand): readonly [string, string] | undefined {
  const simple = node.filter === undefined && node.over === undefined && !node.distinct;
  const unsigned = kind.is === 'integer' && kind.bits === 64 && !kind.signed;
  if (!simple || !unsigned || bare(expression).kind !== 'column') return undefined;
  const [name, text] = [node.name.toLowerCase(), edits.slice(expression)];
  const only = (type: string): string => `(${text}) FILTER (WHERE typeof(${text}) = '${type}')`;
  return [`${name}${only('integer')}`, `hub_${name}${only('text')}`];
}

/** SQLite's own sum wherever it is exact; decimals that fit into a double are added up as whole numbers. */
function sum(call: CallOf, operand: Operand): Kind {
  const { node, edits } = call;
  const { kind, expression } = operand;
  const parts = halves(call, operand);
  if (parts !== undefined) {
    edits.replace(node, `hub_add(${parts.join(', ')})`);
    return kind;
  }
  if (isWide(kind)) {
    edits.replace(node.namePlace, 'hub_sum');
    return kind.is === 'decimal' ? { ...kind, precision: 38 } : kind;
  }
  if (kind.is === 'decimal') {
    edits.wrap(expression, 'CAST(round((', `) * 1e${kind.scale}) AS INTEGER)`);
    edits.wrap(node, 'hub_scaled(', `, ${kind.scale})`);
    return { ...kind, precision: 38, text: true };
  }
  if (kind.is === 'integer' || kind.is === 'bool') return INTEGER;
  return kind.is === 'float' ? FLOAT : UNKNOWN;
}

/** Of decimals it is the double nearest to the exact sum divided by the count. */
function average({ node, edits }: CallOf, { kind, expression }: Operand): void {
  if (kind.is !== 'decimal' && !isWide(kind)) return;
  const scaled = kind.is === 'decimal' && !kind.text ? kind.scale : 0;
  edits.replace(node.namePlace, 'hub_mean');
  if (kind.is === 'decimal' && !kind.text) edits.wrap(expression, 'CAST(round((', `) * 1e${scaled}) AS INTEGER)`);
  edits.wrap(node, 'hub_ratio(', `, ${scaled})`);
}

/** SQLite adds up doubles. */
function total({ node, edits }: CallOf, { kind, expression }: Operand): void {
  if (kind.is !== 'decimal' && !isWide(kind)) return;
  throw foreign(`${edits.slice(node)} rounds ${typeText(kind)}`, `coalesce(sum(${edits.slice(expression)}), 0)`);
}

function extreme(call: CallOf, operand: Operand, name: string): Kind {
  const { node, edits, comparisons } = call;
  comparisons.distinct(operand);
  if (operand.kind.is === 'uuid')
    throw refused('the order of UUIDs is another one in ClickHouse; write CAST(x AS TEXT)');
  if (isWide(operand.kind)) {
    if (node.over !== undefined)
      throw refused(`${name}() OVER does not compare integers beyond Int64 or long decimals`);
    const parts = halves(call, operand);
    // Whatever is kept as text is greater than what is not.
    if (parts !== undefined)
      edits.replace(node, `coalesce(${(name === 'min' ? parts : [...parts].reverse()).join(', ')})`);
    else edits.replace(node.namePlace, `hub_${name}`);
  }
  return commonKind([operand], comparisons, edits).kind;
}

function groupConcat({ args }: CallOf): Kind {
  const [operand, separator] = args;
  if (operand === undefined || separator === undefined) {
    throw foreign('ClickHouse joins without a separator, SQLite with a comma', "group_concat(x, ',')");
  }
  return STRING;
}
