import { stringLiteral, type Edits } from './edits';
import { isJson, isNumber, isText, isTime, isWide, sameKind, typeText, type Kind, type Valued } from './kinds';
import { dateText, literalOf, refused, secondsText, timeText } from './literals';
import { bare, type Expression, type Place } from './nodes';

/** An expression with its kind. */
export interface Operand extends Valued {
  readonly expression: Expression;
}

const NUMERAL = /^\s*-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Makes values comparable, or refuses what would compare something else than is meant. */
export class Comparisons {
  readonly #edits: Edits;

  constructor(edits: Edits) {
    this.#edits = edits;
  }

  /** `<`, `<=`, `>`, `>=`: `whole` is the comparison and `sign` its operator. */
  order(left: Operand, right: Operand, whole: Place, sign: Place): void {
    if (left.kind.is === 'uuid' || right.kind.is === 'uuid') throw uuidOrder();
    const wide = isWide(left.kind) || isWide(right.kind);
    this.#match(left, right);
    if (!wide || left.kind.is === 'null' || right.kind.is === 'null') return;
    const operator = this.#edits.slice(sign);
    this.#exactLiteral(left);
    this.#exactLiteral(right);
    this.#edits.replace(sign, ',');
    this.#edits.wrap(whole, '(hub_compare(', `) ${operator} 0)`);
  }

  /** `=` and what compares as it does: `IN`, `CASE`, `nullif`. */
  equal(left: Operand, right: Operand): void {
    this.#match(left, right);
    this.#matchWide(left, right);
    this.#matchWide(right, left);
  }

  /** The bounds of `BETWEEN`. */
  between(operand: Operand, bound: Operand): void {
    if (operand.kind.is === 'uuid') throw uuidOrder();
    if (isWide(operand.kind) || isWide(bound.kind)) {
      throw refused(`BETWEEN does not compare ${typeText(operand.kind)} here; write x >= low AND x <= high`);
    }
    this.#match(operand, bound);
  }

  /** Throws unless values of a kind can be grouped, sorted or told apart. */
  distinct({ kind, expression }: Operand): void {
    if (isJson(kind)) throw jsonCompared(this.#edits.slice(expression), kind);
    if (kind.is === 'mixed') throw mixed(this.#edits.slice(expression));
  }

  #match(left: Operand, right: Operand): void {
    for (const { kind, expression } of [left, right]) {
      const other = expression === left.expression ? right : left;
      if (other.kind.is === 'null') return;
      this.distinct({ kind, expression, nullable: true });
    }
    if (isTime(left.kind) || isTime(right.kind)) this.#matchTimes(left, right);
    else if (isNumber(left.kind) && !isNumber(right.kind)) this.#matchNumber(left, right);
    else if (isNumber(right.kind) && !isNumber(left.kind)) this.#matchNumber(right, left);
    else if (left.kind.is === 'uuid' || right.kind.is === 'uuid') this.#matchUuids(left, right);
  }

  #matchNumber(number: Operand, other: Operand): void {
    if (!isText(other.kind)) return;
    const literal = literalOf(other.expression);
    if (literal?.is === 'string' && number.kind.is === 'bool' && /^(?:true|false)$/.test(literal.text)) {
      this.#edits.replace(bare(other.expression), literal.text);
    } else if (literal?.is === 'string' && NUMERAL.test(literal.text)) {
      this.#edits.replace(bare(other.expression), ` ${literal.text.trim()} `);
    } else {
      const text = this.#edits.slice(other.expression);
      const instead = literal === undefined ? `CAST(${text} AS REAL)` : 'a number';
      throw refused(`${text} is text and is compared with a number; write ${instead}`);
    }
  }

  #matchUuids(left: Operand, right: Operand): void {
    for (const { expression } of [left, right]) {
      const literal = literalOf(expression);
      if (literal?.is !== 'string') continue;
      if (!UUID.test(literal.text)) throw refused(`${JSON.stringify(literal.text.slice(0, 40))} is no UUID`);
      this.#edits.replace(bare(expression), stringLiteral(literal.text.toLowerCase()));
    }
  }

  #matchTimes(left: Operand, right: Operand): void {
    if (isTime(left.kind) && isTime(right.kind)) {
      this.align([left, right]);
      return;
    }
    if (isTime(left.kind)) this.#matchTime(left.kind, right);
    else this.#matchTime(right.kind, left);
  }

  /** Makes a literal a text as the column has it. */
  #matchTime(kind: Kind, other: Operand): void {
    const literal = literalOf(other.expression);
    const precision = kind.is === 'time' ? kind.precision : 0;
    if (literal?.is === 'string') {
      const text = kind.is === 'date' ? dateText(literal.text) : timeText(literal.text, precision);
      this.#edits.replace(bare(other.expression), stringLiteral(text));
    } else if (literal?.is === 'integer' && kind.is === 'time') {
      this.#edits.replace(bare(other.expression), ` ${stringLiteral(secondsText(literal.text, precision))} `);
    } else if (other.kind.is !== 'null') {
      const text = this.#edits.slice(other.expression);
      const instead = isNumber(other.kind) ? `unixepoch(…) of the time` : `datetime(${text})`;
      throw refused(`${text} is compared with a time and is none; write ${instead}`);
    }
  }

  /** Gives times the same digits, so that their texts compare as instants do. Returns what they are then. */
  align(operands: readonly Operand[]): Kind {
    const times = operands.filter(({ kind }) => isTime(kind));
    if (times.every(({ kind }) => kind.is === 'date')) return { is: 'date' };
    const precision = Math.max(...times.map(({ kind }) => (kind.is === 'time' ? kind.precision : 0)));
    for (const { kind, expression } of times) {
      const clock = kind.is === 'date' ? ' 00:00:00' : '';
      const digits = kind.is === 'time' ? kind.precision : 0;
      const missing = '0'.repeat(precision - digits);
      const suffix = `${clock}${digits === 0 && precision > 0 ? '.' : ''}${missing}`;
      if (suffix !== '') this.#edits.wrap(expression, '(', ` || '${suffix}')`);
    }
    return { is: 'time', precision };
  }

  /** Numbers that are kept as digits equal only the same digits. */
  #matchWide(wide: Operand, other: Operand): void {
    if (!isWide(wide.kind) || other.kind.is === 'null' || sameKind(wide.kind, other.kind)) return;
    const literal = literalOf(other.expression);
    if (literal?.is === 'integer' && wide.kind.is === 'integer') {
      this.#exactLiteral(other);
      return;
    }
    if (wide.kind.is === 'integer' && other.kind.is === 'integer') return;
    if (literal !== undefined && wide.kind.is === 'decimal') {
      this.#edits.replace(bare(other.expression), ` '${decimalText(literal.text, wide.kind.scale)}' `);
      return;
    }
    throw refused(
      `${typeText(wide.kind)} is compared with ${typeText(other.kind)}; write CAST(${this.#edits.slice(wide.expression)} AS REAL), which rounds`,
    );
  }

  /** SQLite reads an integer beyond 64 bits as a double. */
  #exactLiteral({ expression }: Operand): void {
    const literal = literalOf(expression);
    if (literal?.is !== 'integer' || !/^-?\d+$/.test(literal.text)) return;
    const value = BigInt(literal.text);
    if (value >= -(2n ** 63n) && value < 2n ** 63n) return;
    this.#edits.replace(bare(expression), ` '${value.toString()}' `);
  }
}

function decimalText(text: string, scale: number): string {
  const [, sign, whole, fraction = ''] = /^(-?)(\d*)(?:\.(\d*))?$/.exec(text.trim()) ?? [];
  if (whole === undefined || /[^0]/.test(fraction.slice(scale))) {
    throw refused(`${text.slice(0, 40)} is no number with ${scale} digits behind the point`);
  }
  const digits = whole.replace(/^0+(?=\d)/, '') || '0';
  const negative = sign === '-' && /[1-9]/.test(`${digits}${fraction}`) ? '-' : '';
  return `${negative}${digits}${scale > 0 ? `.${fraction.slice(0, scale).padEnd(scale, '0')}` : ''}`;
}

function uuidOrder(): Error {
  return refused('the order of UUIDs is another one in ClickHouse; write CAST(x AS TEXT) for that of their texts');
}

export function jsonCompared(text: string, kind: Kind): Error {
  const part = kind.is === 'array' ? '->> 0' : "->> 'key'";
  return refused(
    `${text} is ${kind.is === 'json' ? 'JSON' : `of type ${typeText(kind)}`} and is kept as the text it was sent as; compare a part of it (${text} ${part}), or json(${text}) for its text without white space`,
  );
}

export function mixed(text: string): Error {
  return refused(
    `${text} has values of several types, which compare in no order; make them one with CAST or datetime(…)`,
  );
}
