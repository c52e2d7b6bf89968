import type { Edits } from './edits';
import {
  FLOAT,
  INTEGER,
  integerOf,
  isJson,
  isText,
  isTime,
  isWide,
  typeText,
  UNKNOWN,
  type IntegerKind,
  type Kind,
} from './kinds';
import { literalOf, refused } from './literals';
import { bare, type Binary, type Expression } from './nodes';
import type { Operand } from './comparisons';

/** `+`, `-`, `*`, `/` and `%` by ClickHouse's rules. Each method changes the query and returns what the result is. */
export class Arithmetic {
  readonly #edits: Edits;
  /** What is shown as it is: there NaN is NULL, as in ClickHouse's JSON. */
  shown: Expression | undefined;

  constructor(edits: Edits) {
    this.#edits = edits;
  }

  calculate(node: Binary, left: Operand, right: Operand): Kind {
    const kinds = [left.kind, right.kind];
    const json = [left, right].find(({ kind }) => isJson(kind) || kind.is === 'mixed');
    if (json !== undefined) throw refused(`there is no arithmetic on ${typeText(json.kind)}`);
    for (const { kind, expression } of [left, right])
      if (isText(kind)) throw textCalculated(this.#edits.slice(expression));
    if (kinds.some(isTime)) return this.#times(node, left, right);
    if (kinds.some(({ is }) => is === 'null')) return { is: 'null' };
    const [a, b] = [integerOf(left.kind), integerOf(right.kind)];
    if (kinds.some((kind) => integerOf(kind) === undefined && kind.is !== 'decimal')) {
      return this.#floats(node, left, right);
    }
    if (a === undefined || b === undefined) return this.#decimals(node, left, right);
    if (node.operator === '/') return this.#divide(node, left, right);
    return this.#integers(node, [left, right], [a, b]);
  }

  /** `&`, `|`, `<<`, `>>`. */
  bits(left: Operand, right: Operand): void {
    for (const { kind, expression } of [left, right]) {
      if (isText(kind)) throw textCalculated(this.#edits.slice(expression));
      if (isTime(kind) || isJson(kind) || isWide(kind)) throw refused(`there are no bits of ${typeText(kind)}`);
    }
  }

  /** `-x`. */
  negate(node: Expression, operand: Operand): Kind {
    const { kind, expression } = operand;
    if (isTime(kind) || isJson(kind)) throw refused(`there is no arithmetic on ${typeText(kind)}`);
    if (isText(kind)) throw textCalculated(this.#edits.slice(expression));
    if (kind.is === 'decimal') {
      this.#edits.replace({ start: node.start, end: expression.start }, '');
      this.#edits.wrap(node, `hub_decimal('-', 0, 0, `, `, ${kind.scale}, 76)`);
      return { ...kind, text: true };
    }
    if (kind.is !== 'integer') return kind.is === 'bool' ? INTEGER : kind;
    if (literalOf(node) !== undefined) return isWide(kind) ? FLOAT : INTEGER;
    if (isWide(kind)) {
      const bits = Math.max(kind.bits, 64);
      this.#edits.replace({ start: node.start, end: expression.start }, '');
      this.#edits.wrap(node, `hub_integer('-', 0, `, `, ${bits}, 1)`);
      return { is: 'integer', bits, signed: true };
    }
    if (kind.bits === 64) this.#guardNegation(node, operand);
    return INTEGER;
  }

  /** The least integer has no counterpart. */
  #guardNegation(node: Expression, operand: Operand): void {
    if (isSimple(operand)) {
      this.#edits.wrap(node, `CASE typeof(${this.#edits.slice(node)}) WHEN 'real' THEN hub_overflow() ELSE `, ' END');
      return;
    }
    this.#edits.replace({ start: node.start, end: operand.expression.start }, '');
    this.#edits.wrap(node, `hub_integer('-', 0, `, ', 64, 1)');
  }

  #floats(node: Binary, left: Operand, right: Operand): Kind {
    this.#toReal(left);
    this.#toReal(right);
    if (node.operator === '%') {
      this.#call(node, 'hub_modulo(', ')');
      return FLOAT;
    }
    if (node.operator === '/') return this.#divide(node, left, right);
    return left.kind.is === 'float' || right.kind.is === 'float' ? FLOAT : UNKNOWN;
  }

  /** Division gives a double, and infinity by zero, where SQLite has NULL. */
  #divide(node: Binary, left: Operand, right: Operand): Kind {
    const divisor = literalOf(right.expression);
    const isZero = divisor === undefined || Number(divisor.text) === 0;
    if (isWide(right.kind)) this.#toReal(right);
    if (!isZero) {
      if (left.kind.is !== 'float') this.#edits.wrap(left.expression, 'CAST(', ' AS REAL)');
      return FLOAT;
    }
    const shown = node === this.shown ? 1 : 0;
    if (isSimple(left) && isSimple(right)) {
      const [a, b] = [this.#edits.slice(left.expression), this.#edits.slice(right.expression)];
      this.#edits.wrap(left.expression, 'CAST(', ' AS REAL)');
      this.#edits.wrap(node, 'coalesce(', `, hub_divide(${a}, ${b}, ${shown}))`);
    } else {
      this.#call(node, 'hub_divide(', `, ${shown})`);
    }
    return FLOAT;
  }

  #integers(
    node: Binary,
    [left, right]: readonly [Operand, Operand],
    [a, b]: readonly [IntegerKind, IntegerKind],
  ): Kind {
    const bits = Math.max(a.bits, b.bits);
    const signed = node.operator === '-' || a.signed || b.signed;
    if (isWide(a) || isWide(b)) {
      this.#call(node, `hub_integer('${node.operator}', `, `, ${Math.max(bits, 64)}, ${signed ? 1 : 0})`);
      return { is: 'integer', bits: Math.max(bits, 64), signed };
    }
    if (node.operator !== '%' && bits === 64) this.#guard(node, left, right);
    return INTEGER;
  }

  /** SQLite goes on with a double where 64 bits are not enough. */
  #guard(node: Binary, left: Operand, right: Operand): void {
    if (isSimple(left) && isSimple(right)) {
      const again = this.#edits.slice(node);
      this.#edits.wrap(node, `CASE typeof(${again}) WHEN 'real' THEN hub_overflow() ELSE `, ' END');
    } else {
      this.#call(node, `hub_integer('${node.operator}', `, ', 64, 1)');
    }
  }

  #decimals(node: Binary, left: Operand, right: Operand): Kind {
    if (node.operator === '%') throw refused('there is no % of a Decimal here; write CAST(x AS REAL)');
    const [a, b] = [scaleOf(left.kind), scaleOf(right.kind)];
    this.#edits.wrap(left.expression, `hub_decimal('${node.operator}', `, `, ${a}`);
    this.#edits.replace(node.sign, ',');
    const precision =
      Math.max(...[left, right].map(({ kind }) => (kind.is === 'decimal' ? kind.precision : 0))) > 38 ? 76 : 38;
    this.#edits.append(node.end, `, ${b}, ${precision})`);
    const scale = node.operator === '*' ? a + b : node.operator === '/' ? (a === 0 ? b : a) : Math.max(a, b);
    return { is: 'decimal', precision, scale, text: true };
  }

  #times(node: Binary, left: Operand, right: Operand): Kind {
    const [a, b] = [left.kind, right.kind];
    const text = this.#edits.slice(node);
    if (node.operator === '-' && isTime(a) && isTime(b)) return this.#difference(left, right);
    const isSum = node.operator === '+' || node.operator === '-';
    if (isSum && a.is === 'time' && a.precision === 0 && b.is === 'integer') {
      this.#edits.wrap(left.expression, 'unixepoch(', ')');
      this.#edits.wrap(node, 'datetime(', `, 'unixepoch')`);
      return a;
    }
    if (isSum && a.is === 'date' && b.is === 'integer') {
      throw refused(`${text} adds to a date; write date(${this.#edits.slice(left.expression)}, '+1 day')`);
    }
    throw refused(
      `${text} calculates with a time, which is kept as text; write datetime(x, '+3600 seconds'), or strftime('%Y-%m-%d %H:%M:%f', x, '+3600 seconds') to keep milliseconds`,
    );
  }

  #difference(left: Operand, right: Operand): Kind {
    const precise = [left, right].some(({ kind }) => kind.is === 'time' && kind.precision > 0);
    const days = left.kind.is === 'date' && right.kind.is === 'date';
    const texts = [left, right].map(({ expression }) => this.#edits.slice(expression));
    if (precise || (!days && left.kind.is !== right.kind.is)) {
      const name = precise ? ", 'subsec'" : '';
      throw refused(
        `times are kept as text; write unixepoch(${texts[0]!}${name}) - unixepoch(${texts[1]!}${name}) for their distance in seconds`,
      );
    }
    for (const { expression } of [left, right]) {
      this.#edits.wrap(expression, days ? 'CAST(julianday(' : 'unixepoch(', days ? ') + 0.5 AS INTEGER)' : ')');
    }
    return INTEGER;
  }

  #toReal({ kind, expression }: Operand): void {
    if (isWide(kind)) this.#edits.wrap(expression, 'CAST(', ' AS REAL)');
  }

  /** Calls a function with both operands in place of the operator. */
  #call(node: Binary, before: string, after: string): void {
    this.#edits.replace(node.sign, ',');
    this.#edits.wrap(node, before, after);
  }
}

function textCalculated(text: string): Error {
  return refused(`there is no arithmetic on text; write CAST(${text} AS REAL)`);
}

/** Whether it can be written twice: a column or a number. */
function isSimple({ expression }: Operand): boolean {
  return bare(expression).kind === 'column' || literalOf(expression) !== undefined;
}

function scaleOf(kind: Kind): number {
  return kind.is === 'decimal' ? kind.scale : 0;
}
