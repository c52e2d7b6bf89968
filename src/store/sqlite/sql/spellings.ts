import { tokenize } from './sql-tokens';

/** Tables that SQLite finds by itself, without their having been made. */
const OWN_TABLES = /^(?:pragma_\w+|jsonb?_(?:each|tree)|dbstat|fts3tokenize)$/i;

/** How the names in a query are spelled. */
export interface Spellings {
  /** Names in the query that SQLite would find among its own tables, where they are not used as functions. */
  readonly shadowing: readonly string[];
  /** The spellings of a name in the query: SQLite takes those that differ in the case of A to Z for equal. */
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
    if (OWN_TABLES.test(text) && tokens[index + 1]?.text !== '(') shadowing.add(text);
  }
  return {
    shadowing: [...shadowing],
    of: (name) => [...(byFolded.get(fold(name)) ?? [])],
  };
}

/** As SQLite folds names: ASCII alone. */
function fold(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
