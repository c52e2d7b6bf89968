import { scalarInForm } from './scalar-value';
import type { ItemForm } from './value-form';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENING = '[{';
const CLOSING = ']}';

/**
 * Rewrites the JSON text of an array or a map, item by item. The text is one that the store has kept: whole, and
 * without white space between its tokens. Digits and characters stay as they are wherever the form leaves them.
 */
export class NestedValue {
  #at = 0;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** The text of the array with its items in another form; `undefined` when one of them does not fit. */
  array(items: ItemForm): string | undefined {
    return this.#list(']', () => this.#item(items));
  }

  /** The text of the map with its keys and values in other forms; `undefined` when one of them does not fit. */
  map(keys: ItemForm, values: ItemForm): string | undefined {
    return this.#list('}', () => {
      const key = this.#item(keys);
      this.#at += 1;
      const value = this.#item(values);
      return key === undefined || value === undefined ? undefined : `${key}:${value}`;
    });
  }

  #list(close: string, read: () => string | undefined): string | undefined {
    const written: string[] = [];
    const open = this.#text[this.#at]!;
    this.#at += 1;
    while (this.#text[this.#at] !== close) {
      if (written.length > 0) this.#at += 1;
      const item = read();
      if (item === undefined) return undefined;
      written.push(item);
    }
    this.#at += 1;
    return `${open}${written.join(',')}${close}`;
  }

  #item({ form, nullable, quoted }: ItemForm): string | undefined {
    if (form?.kind === 'array' && this.#text[this.#at] === '[') return this.array(form.items);
    if (form?.kind === 'map' && this.#text[this.#at] === '{') return this.map(form.keys, form.values);
    const token = this.#token();
    if (token === 'null') return nullable ? token : undefined;
    if (form === undefined) return token;
    const value = token.startsWith('"') ? (JSON.parse(token) as string) : token;
    const written = scalarInForm(value, form);
    if (written === undefined) return undefined;
    return quoted ? JSON.stringify(String(written)) : String(written);
  }

  /** The text of the next value, of whatever kind. */
  #token(): string {
    const start = this.#at;
    let depth = 0;
    do {
      const sign = this.#text[this.#at]!;
      if (sign === '"') this.#at = this.#stringEnd();
      else if (depth === 0 && !OPENING.includes(sign)) this.#at = this.#wordEnd();
      else {
        if (OPENING.includes(sign)) depth += 1;
        if (CLOSING.includes(sign)) depth -= 1;
        this.#at += 1;
      }
    } while (depth > 0);
    return this.#text.slice(start, this.#at);
  }

  #stringEnd(): number {
    let at = this.#at + 1;
    for (let code = this.#text.charCodeAt(at); code !== QUOTE; code = this.#text.charCodeAt(at)) {
      at += code === BACKSLASH ? 2 : 1;
    }
    return at + 1;
  }

  /** The end of a number or of `true`, `false` or `null`. */
  #wordEnd(): number {
    let at = this.#at;
    while (at < this.#text.length && !',:]}'.includes(this.#text[at]!)) at += 1;
    return at;
  }
}
