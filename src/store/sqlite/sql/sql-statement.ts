import { WriterHubError } from '../../../errors';
import { tokenize, type SqlToken } from './sql-tokens';

/** A query taken apart as far as it must be before SQLite sees it. */
export interface SqlStatement {
  /** The SELECT without its `FORMAT` clause and the semicolon. */
  readonly sql: string;
  /** The name behind `FORMAT`. */
  readonly format: string | undefined;
}

/** What a query may begin with. Some other statements, PRAGMA for one, take effect already when SQLite compiles them. */
const BEGINNINGS = new Set(['select', 'with', 'values']);

/** Checks that a text is one SELECT at the most, and takes the `FORMAT` clause off. Throws `invalid_sql`. */
export function parseStatement(text: string): SqlStatement {
  // SQLite would read up to there and leave the rest.
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
