import { bare, type ColumnName, type Expression } from './nodes';

/** Between which times a condition lets rows through, both included; `undefined`: without end. */
export interface TimeBounds {
  readonly least: bigint | undefined;
  readonly greatest: bigint | undefined;
}

const UNBOUND: TimeBounds = { least: undefined, greatest: undefined };

/** By what an operator is when its sides are exchanged. */
const MIRRORED: Readonly<Record<string, string>> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=', '=': '=', '==': '==' };

/**
 * The times that a condition lets through, as far as comparisons of a column with whole numbers say so that all have to
 * hold. Whatever else is in it may let fewer through, but not more.
 */
export function timeBounds(condition: Expression, isTime: (column: ColumnName) => boolean): TimeBounds {
  const node = bare(condition);
  if (node.kind === 'between') return betweenBounds(node, isTime);
  if (node.kind !== 'binary') return UNBOUND;
  const { operator, left, right } = node;
  if (operator === 'AND') return both(timeBounds(left, isTime), timeBounds(right, isTime));
  if (isColumn(left, isTime)) return comparedBounds(operator, integerOf(right));
  return isColumn(right, isTime) ? comparedBounds(MIRRORED[operator] ?? operator, integerOf(left)) : UNBOUND;
}

function betweenBounds(
  { negated, operand, low, high }: Extract<Expression, { kind: 'between' }>,
  isTime: (column: ColumnName) => boolean,
): TimeBounds {
  return !negated && isColumn(operand, isTime) ? { least: integerOf(low), greatest: integerOf(high) } : UNBOUND;
}

function comparedBounds(operator: string, value: bigint | undefined): TimeBounds {
  if (value === undefined) return UNBOUND;
  switch (operator) {
    case '>=':
    case '>':
      return { ...UNBOUND, least: value };
    case '<=':
    case '<':
      return { ...UNBOUND, greatest: value };
    case '=':
    case '==':
      return { least: value, greatest: value };
    default:
      return UNBOUND;
  }
}

function both(a: TimeBounds, b: TimeBounds): TimeBounds {
  return {
    least: a.least === undefined || (b.least !== undefined && b.least > a.least) ? b.least : a.least,
    greatest:
      a.greatest === undefined || (b.greatest !== undefined && b.greatest < a.greatest) ? b.greatest : a.greatest,
  };
}

function isColumn(expression: Expression, isTime: (column: ColumnName) => boolean): boolean {
  const node = bare(expression);
  return node.kind === 'column' && isTime(node);
}

/** The value of whole numbers that are added, subtracted and multiplied; `undefined` where SQLite would round it. */
function integerOf(expression: Expression): bigint | undefined {
  const node = bare(expression);
  if (node.kind === 'literal') {
    return node.is === 'integer' && /^\d+$/.test(node.text) ? inRange(BigInt(node.text)) : undefined;
  }
  if (node.kind === 'unary') {
    const value = node.operator === '-' ? integerOf(node.operand) : undefined;
    return value === undefined ? undefined : inRange(-value);
  }
  if (node.kind !== 'binary') return undefined;
  const [left, right] = [integerOf(node.left), integerOf(node.right)];
  return left === undefined || right === undefined ? undefined : inRange(computed(node.operator, left, right));
}

function computed(operator: string, left: bigint, right: bigint): bigint | undefined {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    default:
      return undefined;
  }
}

function inRange(value: bigint | undefined): bigint | undefined {
  return value === undefined || BigInt.asIntN(64, value) !== value ? undefined : value;
}
