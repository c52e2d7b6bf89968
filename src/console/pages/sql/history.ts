/** A query that was run, and when (milliseconds since the Unix epoch). */
export interface PastQuery {
  readonly query: string;
  readonly at: number;
}

const KEY = 'writer-hub.sql-history';

/** How many queries are kept, and the longest, in UTF-16 code units. */
const MOST = 50;
const LONGEST = 10_000;

/** What is kept under names, as `localStorage` keeps it. */
export interface TextStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** The last queries of this browser, the latest first. They are kept in the browser alone, and nothing but them. */
export class QueryHistory {
  readonly #storage: TextStorage;

  constructor(storage: TextStorage) {
    this.#storage = storage;
  }

  list(): readonly PastQuery[] {
    try {
      const kept: unknown = JSON.parse(this.#storage.getItem(KEY) ?? '[]');
      return Array.isArray(kept) ? kept.filter(isPastQuery).slice(0, MOST) : [];
    } catch {
      // Storage that is forbidden, or holds what somebody else has put there, is as good as empty.
      return [];
    }
  }

  /** Puts a query in front; one that was there before moves there. */
  add(query: string, at: number): readonly PastQuery[] {
    const text = query.trim();
    const before = this.list();
    if (text === '' || text.length > LONGEST) return before;
    const queries = [{ query: text, at }, ...before.filter((past) => past.query !== text)].slice(0, MOST);
    try {
      this.#storage.setItem(KEY, JSON.stringify(queries));
    } catch {
      // Full or forbidden storage: the list lasts as long as the page.
    }
    return queries;
  }

  clear(): void {
    try {
      this.#storage.removeItem(KEY);
    } catch {
      // There is none to be cleared.
    }
  }
}

function isPastQuery(value: unknown): value is PastQuery {
  if (typeof value !== 'object' || value === null) return false;
  const { query, at } = value as Partial<PastQuery>;
  return typeof query === 'string' && typeof at === 'number';
}
