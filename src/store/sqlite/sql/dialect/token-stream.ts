import type { Place } from './nodes';
import { tokensOf, type Token } from './lexer';

/** What cannot be read by this parser. SQLite's own message says more, where it cannot read it either. */
export class UnreadableQuery extends Error {}

/** The tokens of a query, read from the left. */
export class TokenStream {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(readonly sql: string) {
    this.#tokens = tokensOf(sql);
  }

  peek(ahead = 0): Token {
    return this.#tokens[Math.min(this.#at + ahead, this.#tokens.length - 1)]!;
  }

  next(): Token {
    const token = this.peek();
    this.#at += 1;
    return token;
  }

  /** Where the last token that was read ends. */
  get end(): number {
    return this.#tokens[this.#at - 1]?.end ?? 0;
  }

  from(start: number): Place {
    return { start, end: this.end };
  }

  /** Whether the next tokens are these keywords. */
  isWord(...words: readonly string[]): boolean {
    return words.every((word, ahead) => this.peek(ahead).kind === 'name' && this.peek(ahead).text === word);
  }

  takeWord(...words: readonly string[]): boolean {
    const is = this.isWord(...words);
    if (is) this.#at += words.length;
    return is;
  }

  isSign(sign: string, ahead = 0): boolean {
    return this.peek(ahead).kind === 'operator' && this.peek(ahead).text === sign;
  }

  takeSign(sign: string): boolean {
    const is = this.isSign(sign);
    if (is) this.#at += 1;
    return is;
  }

  expectWord(word: string): void {
    if (!this.takeWord(word)) throw this.unreadable(word);
  }

  expectSign(sign: string): void {
    if (!this.takeSign(sign)) throw this.unreadable(sign);
  }

  /** A name of a column, a table or an alias. */
  name(): string {
    const token = this.next();
    if (token.kind === 'name') return this.sql.slice(token.start, token.end);
    if (token.kind === 'quoted' || token.kind === 'bracket' || token.kind === 'string') return token.text;
    throw this.unreadable('a name', token);
  }

  unreadable(expected: string, { kind, start, end } = this.peek()): UnreadableQuery {
    const found = kind === 'end' ? 'the end' : JSON.stringify(this.sql.slice(start, Math.min(end, start + 40)));
    return new UnreadableQuery(`expected ${expected} at position ${start}, found ${found}`);
  }

  list<T>(item: () => T): T[] {
    const items = [item()];
    while (this.takeSign(',')) items.push(item());
    return items;
  }
}
