import { WriterHubError } from '../../../errors';
import { tokenize, type SqlToken } from './sql-tokens';

/** A query, parsed as far as is needed before SQLite compiles it. */
export interface SqlStatement {
  /** The SELECT without its `FORMAT` clause and the semicolon. */
  readonly sql: string;
  /** The name after `FORMAT`. */
  readonly format: string | undefined;
}

/** What a query may begin with. Some other statements, such as PRAGMA, take effect when SQLite compiles them. */
const BEGINNINGS = new Set(['select', 'with', 'values']);

/** Checks that a text is a single statement that begins so, and cuts the `FORMAT` clause off. Throws `invalid_sql`. */
export function parseStatement(text: string): SqlStatement {
  // SQLite would ignore everything after it.
  if (text.includes('\0')) throw new WriterHubError('invalid_sql', 'the query holds a NUL character');
  const tokens = tokenize(text);
  while (tokens.at(-1)?.text === ';' && tokens.at(-1)?.kind === 'other') tokens.pop();
  const [first] = tokens;
  if (first === undefined) throw new WriterHubError('invalid_sql', 'the query is empty');
  if (first.kind !== 'name' || !BEGINNINGS.has(first.text.toLowerCase())) {
    throw new WriterHubError('invalid_sql', `a query begins with SELECT, WITH or VALUES, not with ${excerpt(first)}`);
  }
  const semicolon = tokens.find(({ kind, text: sign }) => kind === 'other' && sign === ';');
  if (semicolon !== undefined) {
    throw new WriterHubError(
      'invalid_sql',
      `something follows the semicolon at position ${semicolon.start}; send one statement`,
    );
  }
  return cutFormat(text, tokens);
}

function cutFormat(text: string, tokens: readonly SqlToken[]): SqlStatement {
  const last = tokens.at(-1)!;
  const clause = tokens.at(-2);
  if (last.kind === 'name' && clause?.kind === 'name' && clause.text.toLowerCase() === 'format') {
    return { sql: text.slice(0, clause.start), format: last.text };
  }
  return { sql: text.slice(0, last.end), format: undefined };
}

function excerpt({ text }: SqlToken): string {
  return JSON.stringify(text.slice(0, 40));
}
