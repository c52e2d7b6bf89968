import { commonKind } from './common-kind';
import type { Operand } from './comparisons';
import type { CallOf } from './calls';
import { foreign } from './foreign-syntax';
import { FLOAT, INTEGER, isWide, STRING, UNKNOWN, type Kind, type Valued } from './kinds';
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
    case 'min':
    case 'max':
      return { kind: extreme(call, operand, name), nullable: true };
    case 'group_concat':
      return { kind: groupConcat(call), nullable: true };
    default:
      return undefined;
  }
}

/** SQLite's own sum wherever it is exact; decimals that fit into a double are added up as whole numbers. */
function sum({ node, edits }: CallOf, { kind, expression }: Operand): Kind {
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

function average({ node, edits }: CallOf, { kind, expression }: Operand): void {
  if (isWide(kind)) {
    edits.wrap(expression, 'CAST(', ' AS REAL)');
  } else if (kind.is === 'decimal') {
    edits.wrap(expression, 'round((', `) * 1e${kind.scale})`);
    edits.wrap(node, '(', ` / 1e${kind.scale})`);
  }
}

function extreme(call: CallOf, operand: Operand, name: string): Kind {
  const { node, edits, comparisons } = call;
  comparisons.distinct(operand);
  if (operand.kind.is === 'uuid')
    throw refused('the order of UUIDs is another one in ClickHouse; write CAST(x AS TEXT)');
  if (isWide(operand.kind)) {
    if (node.over !== undefined)
      throw refused(`${name}() OVER does not compare integers beyond Int64 or long decimals`);
    edits.replace(node.namePlace, `hub_${name}`);
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
