/**
 * Clients that limit nesting, as .NET's do for MessagePack, accept no deeper one. MessagePackSecurity.UntrustedData.
 */
const MAXIMUM_DEPTH = 500;

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const FOUR_HEX_DIGITS = /[0-9a-fA-F]{4}/y;
const SURROGATE_PAIR = /[\ud800-\udbff][\udc00-\udfff]/y;

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/**
 * Checks that a text is one JSON value as defined by RFC 8259 and can be written in UTF-8. Such a text holds no record
 * separator: the only control characters in JSON are white space, and none are allowed in strings (RFC 8259, 2 and 7).
 * @throws TypeError that names the character at which the check fails.
 */
export function checkJsonText(text: string): void {
  new JsonTextCheck(text).run();
}

class JsonTextCheck {
  #position = 0;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  run(): void {
    this.#value(0);
    if (!Number.isNaN(this.#peek())) this.#fail();
  }

  #value(depth: number): void {
    switch (this.#peek()) {
      case QUOTE:
        this.#string();
        return;
      case OPEN_ARRAY:
        this.#array(this.#enter(depth));
        return;
      case OPEN_OBJECT:
        this.#object(this.#enter(depth));
        return;
      case 0x74:
        this.#literal('true');
        return;
      case 0x66:
        this.#literal('false');
        return;
      case 0x6e:
        this.#literal('null');
        return;
      default:
        this.#match(NUMBER);
    }
  }

  #array(depth: number): void {
    if (this.#skip(CLOSE_ARRAY)) return;
    do this.#value(depth);
    while (this.#skip(COMMA));
    this.#expect(CLOSE_ARRAY);
  }

  #object(depth: number): void {
    if (this.#skip(CLOSE_OBJECT)) return;
    do {
      if (this.#peek() !== QUOTE) this.#fail();
      this.#string();
      this.#expect(COLON);
      this.#value(depth);
    } while (this.#skip(COMMA));
    this.#expect(CLOSE_OBJECT);
  }

  #string(): void {
    for (;;) {
      const code = this.#text.charCodeAt(++this.#position);
      if (code === QUOTE) break;
      // At the end of the text `code` is NaN.
      if (!(code >= 0x20)) this.#fail();
      if (code === BACKSLASH) this.#escape();
      else if (code >= 0xd800 && code <= 0xdfff) this.#surrogatePair();
    }
    this.#position++;
  }

  /** Leaves the position at the last character of the escape. */
  #escape(): void {
    const escaped = this.#text.charAt(++this.#position);
    if (escaped === 'u') {
      this.#position++;
      this.#match(FOUR_HEX_DIGITS);
      this.#position--;
    } else if (escaped === '' || !'"\\/bfnrt'.includes(escaped)) {
      this.#fail();
    }
  }

  /** Leaves the position at the last character of the pair. */
  #surrogatePair(): void {
    this.#match(SURROGATE_PAIR, 'holds a lone surrogate');
    this.#position--;
  }

  #literal(name: string): void {
    if (!this.#text.startsWith(name, this.#position)) this.#fail();
    this.#position += name.length;
  }

  #match(pattern: RegExp, reason?: string): void {
    pattern.lastIndex = this.#position;
    if (!pattern.test(this.#text)) this.#fail(reason);
    this.#position = pattern.lastIndex;
  }

  /** Skips white space and returns the next character, NaN at the end. */
  #peek(): number {
    for (;;) {
      const code = this.#text.charCodeAt(this.#position);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return code;
      this.#position++;
    }
  }

  #skip(sign: number): boolean {
    if (this.#peek() !== sign) return false;
    this.#position++;
    return true;
  }

  #expect(sign: number): void {
    if (!this.#skip(sign)) this.#fail();
  }

  /** Enters an array or object. */
  #enter(depth: number): number {
    if (depth >= MAXIMUM_DEPTH) this.#fail(`is nested deeper than ${MAXIMUM_DEPTH}`);
    this.#position++;
    return depth + 1;
  }

  #fail(reason = 'is not well-formed JSON'): never {
    throw new TypeError(`RawJson: the text ${reason}, at character ${this.#position}`);
  }
}
