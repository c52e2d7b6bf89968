/** A constructor or method call with positional and named arguments, or a named constant. */
export interface Call {
  readonly name: string;
  readonly args: readonly Value[];
  readonly named: Readonly<Record<string, Value>>;
}

/** The value of an expression; calls are not evaluated. */
export type Value = string | number | boolean | null | Call | readonly Value[];

const TOKEN =
  /\s*(?:(?<text>"(?:[^"\\]|\\.)*")|(?<number>-?\d+(?:\.\d+)?)[fdmL]?|(?<name>[A-Za-z_][\w.]*)(?:<\w+>)?|(?<sign>\S))/y;

/** Parses the few forms of C# expressions in which the test vectors describe their messages. */
export function readExpression(source: string): Value {
  const reader = new ExpressionReader(source);
  const value = reader.value();
  reader.end();
  return value;
}

class ExpressionReader {
  #position = 0;
  readonly #source: string;

  constructor(source: string) {
    this.#source = source;
  }

  value(): Value {
    const { text, number, name = '' } = this.#next();
    if (text !== undefined) return JSON.parse(text) as string;
    if (number !== undefined) return Number(number);
    if (name === 'null') return null;
    if (name === 'true' || name === 'false') return name === 'true';
    if (name !== 'new') return this.#call(name);
    // `new[] {…}` leaves the type of the items to be inferred.
    const type = this.#take('[') ? undefined : this.#next().name;
    if (type !== undefined && !this.#take('[')) return this.#call(type);
    this.#expect(']');
    this.#expect('{');
    return this.#list('}').map(([, item]) => item);
  }

  end(): void {
    if (this.#position !== this.#source.trimEnd().length) throw this.#unexpected();
  }

  #call(name: string): Call {
    const list = this.#take('(') ? this.#list(')') : [];
    return {
      name,
      args: list.filter(([label]) => label === undefined).map(([, value]) => value),
      named: Object.fromEntries(list.flatMap(([label, value]) => (label === undefined ? [] : [[label, value]]))),
    };
  }

  #list(close: string): [label: string | undefined, value: Value][] {
    const items: [string | undefined, Value][] = [];
    while (!this.#take(close)) {
      const label = /\s*(\w+):/y;
      label.lastIndex = this.#position;
      const found = label.exec(this.#source);
      if (found !== null) this.#position = label.lastIndex;
      items.push([found?.[1], this.value()]);
      this.#take(',');
    }
    return items;
  }

  #next(): { text?: string; number?: string; name?: string; sign?: string } {
    TOKEN.lastIndex = this.#position;
    const groups = TOKEN.exec(this.#source)?.groups;
    if (groups === undefined) throw this.#unexpected();
    this.#position = TOKEN.lastIndex;
    return groups;
  }

  #take(sign: string): boolean {
    const before = this.#position;
    if (before < this.#source.length && this.#next().sign === sign) return true;
    this.#position = before;
    return false;
  }

  #expect(sign: string): void {
    if (!this.#take(sign)) throw this.#unexpected();
  }

  #unexpected(): Error {
    return new Error(`Unexpected at ${this.#position}: ${this.#source}`);
  }
}
