/** What one scope allows. */
type Grant =
  | { readonly kind: 'admin' | 'create' | 'metrics' }
  | { readonly kind: 'append' | 'read' | 'drop'; readonly topic: string };

/** Scopes without a topic. RFC 6749, section 3.3: scopes are case-sensitive; Tinybird's are accepted in any case. */
const KEYWORDS = [
  { text: 'admin', kind: 'admin', anyCase: true },
  { text: 'create', kind: 'create', anyCase: false },
  { text: 'metrics', kind: 'metrics', anyCase: false },
  { text: 'datasources:create', kind: 'create', anyCase: true },
  { text: 'datasource:create', kind: 'create', anyCase: true },
] as const;

/** Scopes with the name of a topic after the keyword. */
const TOPIC_KEYWORDS = [
  { text: 'append:', kind: 'append', anyCase: false },
  { text: 'read:', kind: 'read', anyCase: false },
  { text: 'drop:', kind: 'drop', anyCase: false },
  { text: 'datasources:append:', kind: 'append', anyCase: true },
  { text: 'datasource:append:', kind: 'append', anyCase: true },
  { text: 'datasources:read:', kind: 'read', anyCase: true },
  { text: 'datasource:read:', kind: 'read', anyCase: true },
  { text: 'datasources:drop:', kind: 'drop', anyCase: true },
  { text: 'datasource:drop:', kind: 'drop', anyCase: true },
] as const;

/** The forms of a scope, for error messages. */
export const SCOPE_FORMS =
  'append:<topic>, read:<topic>, create, admin, metrics, drop:<topic> (<topic> may be * or end in *)';

/** Whether a text is a scope of this server, in its own form or in Tinybird's. */
export function isScope(text: string): boolean {
  return parseScope(text) !== undefined;
}

/** What the holder of a token may do. */
export class Scopes {
  /** Whether everything is allowed. */
  readonly isAdmin: boolean;
  /** Whether topics may be created, which includes writing to any topic. */
  readonly mayCreate: boolean;
  /** Whether the metrics may be read where they are not for everybody. */
  readonly mayReadMetrics: boolean;
  /** Whether nothing at all is allowed. */
  readonly isEmpty: boolean;
  readonly #append = new TopicPatterns();
  readonly #read = new TopicPatterns();
  readonly #drop = new TopicPatterns();

  /** Unknown scopes are ignored: a token may carry the scopes of other systems too. */
  constructor(scopes: Iterable<string>) {
    const kinds = new Set<Grant['kind']>();
    for (const text of scopes) {
      const grant = parseScope(text);
      if (grant === undefined) continue;
      kinds.add(grant.kind);
      if (grant.kind === 'append') this.#append.add(grant.topic);
      if (grant.kind === 'read') this.#read.add(grant.topic);
      if (grant.kind === 'drop') this.#drop.add(grant.topic);
    }
    this.isEmpty = kinds.size === 0;
    this.isAdmin = kinds.has('admin');
    this.mayCreate = this.isAdmin || kinds.has('create');
    this.mayReadMetrics = this.isAdmin || kinds.has('metrics');
  }

  /**
   * Reads the claims `scope` and `scopes` together. A string holds scopes separated by spaces. In an array each string
   * is one scope, so an array can hold the name of a topic with a space in it.
   */
  static fromClaims(claims: { readonly scope?: unknown; readonly scopes?: unknown }): Scopes {
    return new Scopes([...scopesIn(claims.scope), ...scopesIn(claims.scopes)]);
  }

  /** Whether events may be written to the topic. */
  mayAppend(topic: string): boolean {
    return this.mayCreate || this.#append.match(topic);
  }

  /** Whether the topic may be read, live and stored. */
  mayRead(topic: string): boolean {
    return this.isAdmin || this.#read.match(topic);
  }

  /** Whether there is a topic that may be read, or may come to be. */
  get mayReadSome(): boolean {
    return this.isAdmin || !this.#read.isEmpty;
  }

  /** Whether a data source may be truncated and deleted. */
  mayDrop(topic: string): boolean {
    return this.isAdmin || this.#drop.match(topic);
  }
}

/** Topic names and prefixes. Their number is bounded by the length of a token. */
class TopicPatterns {
  readonly #names = new Set<string>();
  readonly #prefixes: string[] = [];

  /** Adds a name, or a prefix when the pattern ends in `*`. */
  add(pattern: string): void {
    if (pattern.endsWith('*')) this.#prefixes.push(pattern.slice(0, -1));
    else this.#names.add(pattern);
  }

  get isEmpty(): boolean {
    return this.#names.size === 0 && this.#prefixes.length === 0;
  }

  match(topic: string): boolean {
    return this.#names.has(topic) || this.#prefixes.some((prefix) => topic.startsWith(prefix));
  }
}

function scopesIn(claim: unknown): string[] {
  if (typeof claim === 'string') return claim.split(' ');
  if (!Array.isArray(claim)) return [];
  return claim.filter((scope) => typeof scope === 'string');
}

function parseScope(text: string): Grant | undefined {
  const whole = KEYWORDS.find((keyword) => matches(text, keyword));
  if (whole !== undefined) return { kind: whole.kind };
  const form = TOPIC_KEYWORDS.find((keyword) => matches(text.slice(0, keyword.text.length), keyword));
  if (form === undefined || text.length === form.text.length) return undefined;
  return { kind: form.kind, topic: text.slice(form.text.length) };
}

function matches(text: string, keyword: { readonly text: string; readonly anyCase: boolean }): boolean {
  return (keyword.anyCase ? text.toLowerCase() : text) === keyword.text;
}
