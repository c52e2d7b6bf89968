import type { BaseType, ColumnType } from './column-type';
import { excerpt } from '../../json/excerpt';
import { schemaError } from './schema-error';

/** The deepest nesting of types. */
const MAX_DEPTH = 16;

const SIMPLE: Readonly<Record<string, BaseType>> = {
  Float32: { kind: 'float', bits: 32 },
  Float64: { kind: 'float', bits: 64 },
  String: { kind: 'string' },
  UUID: { kind: 'uuid' },
  Date: { kind: 'date' },
  Date32: { kind: 'date' },
  Bool: { kind: 'bool' },
  Boolean: { kind: 'bool' },
};

/** The precision of the decimal types that are named after their bits. */
const DECIMAL_DIGITS: Readonly<Record<string, number>> = {
  Decimal32: 9,
  Decimal64: 18,
  Decimal128: 38,
  Decimal256: 76,
};

const INTEGER = /^(U?)Int(8|16|32|64|128|256)$/;

/** Names of time zones that are UTC. */
const UTC_ZONES = new Set(['UTC', 'Etc/UTC', 'GMT', 'Etc/GMT', 'Zulu', 'Universal']);

/** Arguments of `JSON(…)` that say how to store values and do not change what is read. */
const JSON_HINT = /^max_dynamic_(types|paths)\s*=\s*\d+$/;

/** Parses the text of a type. Throws `invalid_schema`, naming what is unknown or cannot be honoured. */
export function parseColumnType(text: string): ColumnType {
  return new TypeParser(text).parse();
}

/** One parse, by recursive descent. */
class TypeParser {
  #at = 0;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  parse(): ColumnType {
    const type = this.#readType(1);
    this.#skipSpace();
    if (this.#at < this.#text.length) throw this.#error(`${this.#rest()} stands behind the type`);
    return type;
  }

  #readType(depth: number): ColumnType {
    if (depth > MAX_DEPTH) throw this.#error(`it is nested more than ${MAX_DEPTH} deep`);
    this.#skipSpace();
    const start = this.#at;
    const name = this.#readWord();
    if (name === 'Nullable' || name === 'LowCardinality') return this.#readWrapped(name, start, depth);
    const base = this.#readBase(name, depth);
    return { ...base, nullable: false, text: this.#written(start) };
  }

  #readWrapped(name: string, start: number, depth: number): ColumnType {
    this.#expect('(');
    const inner = this.#readType(depth + 1);
    this.#expect(')');
    const text = this.#written(start);
    if (name === 'LowCardinality') {
      if (!canBeLowCardinality(inner)) throw this.#error(`LowCardinality cannot hold ${inner.text}`);
      return { ...inner, text };
    }
    if (inner.nullable) throw this.#error(`Nullable cannot hold ${inner.text}`);
    if (inner.text.startsWith('LowCardinality')) throw this.#error('write LowCardinality(Nullable(…)) instead');
    if (inner.kind === 'array' || inner.kind === 'map') throw this.#error(`Nullable cannot hold ${inner.text}`);
    return { ...inner, nullable: true, text };
  }

  #readBase(name: string, depth: number): BaseType {
    const simple = Object.hasOwn(SIMPLE, name) ? SIMPLE[name] : undefined;
    if (simple !== undefined) return simple;
    const integer = INTEGER.exec(name);
    if (integer !== null) return { kind: 'integer', bits: Number(integer[2]), signed: integer[1] === '' };
    switch (name) {
      case 'Array':
        return this.#readArray(depth);
      case 'Map':
        return this.#readMap(depth);
      case 'JSON':
        return this.#readJson();
      case 'FixedString':
        return { kind: 'fixed_string', bytes: this.#readOnly(1, 1_000_000) };
      case 'DateTime':
        return { kind: 'date_time', precision: 0, zone: this.#peek('(') ? this.#readZone('(') : undefined };
      case 'DateTime64':
        return this.#readDateTime64();
      default:
        return this.#readDecimal(name);
    }
  }

  #readArray(depth: number): BaseType {
    this.#expect('(');
    const items = this.#readType(depth + 1);
    this.#expect(')');
    return { kind: 'array', items };
  }

  #readMap(depth: number): BaseType {
    this.#expect('(');
    const keys = this.#readType(depth + 1);
    if (!canBeKey(keys)) throw this.#error(`${keys.text} cannot be the key of a Map`);
    this.#expect(',');
    const values = this.#readType(depth + 1);
    this.#expect(')');
    return { kind: 'map', keys, values };
  }

  #readJson(): BaseType {
    if (!this.#peek('(')) return { kind: 'json' };
    const close = this.#text.indexOf(')', this.#at);
    if (close < 0) throw this.#error('")" is missing');
    const hints = this.#text.slice(this.#at + 1, close).split(',');
    const other = hints.map((hint) => hint.trim()).find((hint) => !JSON_HINT.test(hint));
    if (other !== undefined) throw this.#error(`${JSON.stringify(excerpt(other))} in JSON(…) cannot be honoured`);
    this.#at = close + 1;
    return { kind: 'json' };
  }

  #readDateTime64(): BaseType {
    if (!this.#peek('(')) return { kind: 'date_time', precision: 3, zone: undefined };
    this.#at++;
    const precision = this.#readNumber(0, 9);
    const zone = this.#peek(',') ? this.#readZone(',') : undefined;
    if (zone === undefined) this.#expect(')');
    return { kind: 'date_time', precision, zone };
  }

  /** Reads an opening bracket or a comma, the time zone behind it, and the closing bracket. */
  #readZone(before: string): string {
    this.#expect(before);
    this.#skipSpace();
    const match = /'([^']*)'/y;
    match.lastIndex = this.#at;
    const zone = match.exec(this.#text)?.[1];
    if (zone === undefined) throw this.#error('expected a time zone in single quotes');
    if (!UTC_ZONES.has(zone))
      throw this.#error(`times are kept and shown in UTC, not in ${JSON.stringify(excerpt(zone))}`);
    this.#at = match.lastIndex;
    this.#expect(')');
    return zone;
  }

  #readDecimal(name: string): BaseType {
    if (name === 'Decimal') {
      if (!this.#peek('(')) return { kind: 'decimal', precision: 10, scale: 0 };
      this.#at++;
      const precision = this.#readNumber(1, 76);
      const scale = this.#peek(',') ? this.#readScale(precision) : 0;
      this.#expect(')');
      return { kind: 'decimal', precision, scale };
    }
    const precision = Object.hasOwn(DECIMAL_DIGITS, name) ? DECIMAL_DIGITS[name] : undefined;
    if (precision === undefined) throw this.#unknown(name);
    return { kind: 'decimal', precision, scale: this.#readOnly(0, precision) };
  }

  #readScale(precision: number): number {
    this.#expect(',');
    return this.#readNumber(0, precision);
  }

  /** Reads one number in brackets. */
  #readOnly(least: number, greatest: number): number {
    this.#expect('(');
    const number = this.#readNumber(least, greatest);
    this.#expect(')');
    return number;
  }

  #readNumber(least: number, greatest: number): number {
    this.#skipSpace();
    const word = this.#readWord();
    const number = Number(word);
    if (!/^\d{1,9}$/.test(word) || number < least || number > greatest) {
      throw this.#error(`${JSON.stringify(excerpt(word))} is not a number from ${least} to ${greatest}`);
    }
    return number;
  }

  #readWord(): string {
    const match = /\w*/y;
    match.lastIndex = this.#at;
    const word = match.exec(this.#text)?.[0] ?? '';
    this.#at += word.length;
    return word;
  }

  #peek(character: string): boolean {
    this.#skipSpace();
    return this.#text[this.#at] === character;
  }

  #expect(character: string): void {
    if (!this.#peek(character)) throw this.#error(`expected "${character}", found ${this.#rest()}`);
    this.#at++;
  }

  #skipSpace(): void {
    while (/\s/.test(this.#text[this.#at] ?? '')) this.#at++;
  }

  #written(start: number): string {
    return this.#text.slice(start, this.#at).replace(/\s+/g, ' ').trim();
  }

  #rest(): string {
    const rest = this.#text.slice(this.#at, this.#at + 100);
    return rest === '' ? 'the end' : JSON.stringify(excerpt(rest));
  }

  #unknown(name: string): Error {
    const known = Object.keys(SIMPLE).find((type) => type.toLowerCase() === name.toLowerCase());
    if (known !== undefined) return this.#error(`there is no type ${name}; write ${known}`);
    return this.#error(
      name === '' ? `expected a type, found ${this.#rest()}` : `there is no type ${excerpt(name)} here`,
    );
  }

  #error(reason: string): Error {
    return schemaError(`type ${JSON.stringify(excerpt(this.#text.trim()))}: ${reason}`);
  }
}

function canBeLowCardinality({ kind, text }: ColumnType): boolean {
  return !/^(LowCardinality|Decimal)/.test(text) && kind !== 'array' && kind !== 'map' && kind !== 'json';
}

/** The keys of objects are strings: only values of these types can be written as strings and read back. */
function canBeKey({ kind, nullable }: ColumnType): boolean {
  return (
    !nullable &&
    (kind === 'string' || kind === 'fixed_string' || kind === 'integer' || kind === 'uuid' || kind === 'date')
  );
}
