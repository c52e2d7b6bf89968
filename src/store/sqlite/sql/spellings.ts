import { tokenize } from './sql-tokens';

/** Tables that are built into SQLite. */
const BUILT_IN_TABLES = /^(?:pragma_\w+|jsonb?_(?:each|tree)|dbstat|fts3tokenize)$/i;

/** How the names in a query are spelled. */
export interface Spellings {
  /** Names in the query that are built-in tables of SQLite and not used as functions. */
  readonly shadowing: readonly string[];
  /** The spellings of a name in the query. SQLite does not distinguish the case of A to Z. */
  of(name: string): readonly string[];
}

export function spellings(sql: string): Spellings {
  const byFolded = new Map<string, Set<string>>();
  const shadowing = new Set<string>();
  const tokens = tokenize(sql);
  for (const [index, { kind, text }] of tokens.entries()) {
    if (kind === 'other') continue;
    const folded = fold(text);
    byFolded.set(folded, (byFolded.get(folded) ?? new Set()).add(text));
    if (BUILT_IN_TABLES.test(text) && tokens[index + 1]?.text !== '(') shadowing.add(text);
  }
  return {
    shadowing: [...shadowing],
    of: (name) => [...(byFolded.get(fold(name)) ?? [])],
  };
}

/** Folds case as SQLite does: only in ASCII. */
function fold(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
