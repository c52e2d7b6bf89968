import type { Comparisons, Operand } from './comparisons';
import { stringLiteral, type Edits } from './edits';
import { FLOAT, isNumber, isText, isTime, isWide, sameKind, STRING, type Kind, type Valued } from './kinds';
import { literalOf, timeText } from './literals';
import { bare } from './nodes';

/** What values are that come from several expressions, as in `CASE` and `coalesce`. Times get the same digits. */
export function commonKind(operands: readonly Operand[], comparisons: Comparisons, edits: Edits): Valued {
  const valued = operands.filter(({ kind }) => kind.is !== 'null');
  const nullable = operands.some((operand) => operand.nullable);
  const [first, ...others] = valued;
  if (first === undefined) return { kind: { is: 'null' }, nullable: true };
  if (others.every(({ kind }) => sameKind(kind, first.kind))) return { kind: first.kind, nullable };
  const times = valued.filter(({ kind }) => isTime(kind));
  if (times.length === 0) return { kind: valued.map(({ kind }) => kind).reduce(widerKind), nullable };
  const texts = valued.filter(({ kind }) => !isTime(kind));
  if (!texts.every(({ expression }) => literalOf(expression)?.is === 'string'))
    return { kind: { is: 'mixed' }, nullable };
  const kind = comparisons.align(times);
  for (const { expression } of texts) {
    const text = timeText(literalOf(expression)!.text, kind.is === 'time' ? kind.precision : 0);
    edits.replace(bare(expression), stringLiteral(kind.is === 'date' ? text.slice(0, 10) : text));
  }
  return { kind, nullable };
}

/** The kind that holds the values of both; `mixed` where their order would be none. */
export function widerKind(a: Kind, b: Kind): Kind {
  if (sameKind(a, b)) return a;
  if (a.is === 'null') return b;
  if (b.is === 'null') return a;
  if (a.is === 'unknown' || b.is === 'unknown') return { is: 'unknown' };
  if (isText(a) && isText(b)) return STRING;
  if (!isNumber(a) || !isNumber(b)) return { is: 'mixed' };
  const [wide, other] = isWide(a) ? [a, b] : [b, a];
  if (isWide(wide))
    return wide.is === 'integer' && (other.is === 'integer' || other.is === 'bool') ? wide : { is: 'mixed' };
  if (a.is === 'decimal' && b.is === 'decimal') return a.scale > b.scale ? a : b;
  if (a.is === 'float' || b.is === 'float') {
    // No double holds all of the others.
    const exact = [a, b].some((kind) => kind.is === 'decimal' || (kind.is === 'integer' && kind.bits >= 64));
    return exact ? { is: 'mixed' } : FLOAT;
  }
  if (a.is === 'decimal') return a;
  if (b.is === 'decimal') return b;
  return { is: 'integer', bits: 64, signed: true };
}
