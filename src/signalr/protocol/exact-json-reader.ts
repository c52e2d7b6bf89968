const NUMBER = /-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?/y;

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** The length of the longest 64-bit integers, with their sign. */
const MAXIMUM_DIGITS = 20;

/** Makes a value of the digits of an integer; `nearest` is the number that is nearest to it. */
type IntegerReader = (digits: string, nearest: number) => number | bigint;

/**
 * Reads a text that is known to be well-formed JSON, as `JSON.parse` does, except that an integer which a number does
 * not hold exactly becomes a bigint.
 * @throws TypeError when a number is beyond the range of 64-bit floats.
 */
export function readExactly(text: string): unknown {
  return new ExactJsonReader(text, anyInteger).value();
}

/**
 * As `readExactly`, for an encoding whose integers have 64 bits. A larger one is accepted only in the form in which
 * JavaScript writes a float, for example 18446744073709552000.
 * @throws TypeError when an integer has more than 64 bits, or another number is beyond the range of 64-bit floats.
 */
export function readWith64Bits(text: string): unknown {
  return new ExactJsonReader(text, integerOf64Bits).value();
}

class ExactJsonReader {
  #position = 0;
  readonly #text: string;
  readonly #integer: IntegerReader;

  constructor(text: string, integer: IntegerReader) {
    this.#text = text;
    this.#integer = integer;
  }

  value(): unknown {
    switch (this.#peek()) {
      case QUOTE:
        return this.#string();
      case OPEN_ARRAY:
        return this.#array();
      case OPEN_OBJECT:
        return this.#object();
      case 0x74:
        return this.#literal('true', true);
      case 0x66:
        return this.#literal('false', false);
      case 0x6e:
        return this.#literal('null', null);
      default:
        return this.#number();
    }
  }

  #array(): unknown[] {
    const items: unknown[] = [];
    if (this.#isEmpty(CLOSE_ARRAY)) return items;
    do items.push(this.value());
    while (this.#continues());
    return items;
  }

  #object(): Record<string, unknown> {
    const properties: [name: string, value: unknown][] = [];
    if (this.#isEmpty(CLOSE_OBJECT)) return {};
    do {
      this.#peek();
      const name = this.#string();
      // The colon.
      this.#peek();
      this.#position++;
      properties.push([name, this.value()]);
    } while (this.#continues());
    // Unlike an assignment, this makes `__proto__` an ordinary property.
    return Object.fromEntries(properties);
  }

  #string(): string {
    const text = this.#text;
    const start = this.#position;
    let end = start + 1;
    let escaped = false;
    for (let code = text.charCodeAt(end); code !== QUOTE; code = text.charCodeAt(++end)) {
      if (code !== BACKSLASH) continue;
      escaped = true;
      end++;
    }
    this.#position = end + 1;
    return escaped ? (JSON.parse(text.slice(start, end + 1)) as string) : text.slice(start + 1, end);
  }

  #number(): number | bigint {
    NUMBER.lastIndex = this.#position;
    const [digits = '', fraction, exponent] = NUMBER.exec(this.#text) ?? [];
    this.#position += digits.length;
    const value = Number(digits);
    if (fraction === undefined && exponent === undefined) return this.#integer(digits, value);
    return inRange(value);
  }

  #literal<T>(name: string, value: T): T {
    this.#position += name.length;
    return value;
  }

  #peek(): number {
    for (;;) {
      const code = this.#text.charCodeAt(this.#position);
      if (code > 0x20) return code;
      this.#position++;
    }
  }

  /** Enters an array or object, and leaves it again if it is empty. */
  #isEmpty(close: number): boolean {
    this.#position++;
    if (this.#peek() !== close) return false;
    this.#position++;
    return true;
  }

  /** Skips a comma (true) or the closing bracket (false). */
  #continues(): boolean {
    const sign = this.#peek();
    this.#position++;
    return sign === COMMA;
  }
}

function inRange(value: number): number {
  if (!Number.isFinite(value)) throw new TypeError('a number is beyond the range of 64-bit floats');
  return value;
}

function anyInteger(digits: string, nearest: number): number | bigint {
  // Digits without end would take long to read, and nothing else could take the number.
  return Number.isSafeInteger(inRange(nearest)) ? nearest : BigInt(digits);
}

function integerOf64Bits(digits: string, nearest: number): number | bigint {
  if (Number.isSafeInteger(nearest)) return nearest;
  if (digits.length <= MAXIMUM_DIGITS) {
    const exact = BigInt(digits);
    if (BigInt.asIntN(64, exact) === exact || BigInt.asUintN(64, exact) === exact) return exact;
  }
  if (String(nearest) === digits) return nearest;
  throw new TypeError('an integer of a RawJson has more than 64 bits');
}
