import { useEffect, useState } from 'preact/hooks';

/** Where the reader is: the fragment of the address, `#/topics/cars?search=x`. */
export interface Route {
  /** The parts of the path, decoded: `['topics', 'cars']`. */
  readonly segments: readonly string[];
  readonly query: URLSearchParams;
}

export type Query = Readonly<Record<string, string | number | readonly string[] | undefined>>;

/** Reads a fragment. */
export function parseRoute(hash: string): Route {
  const [path = '', ...query] = hash.replace(/^#/, '').split('?');
  const segments = path
    .split('/')
    .filter((segment) => segment !== '')
    .map(decoded);
  return { segments, query: new URLSearchParams(query.join('?')) };
}

/** The address of a page, for links: `href(['topics', 'cars'], { search: 'x' })` is `#/topics/cars?search=x`. */
export function href(segments: readonly string[], query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    const values = typeof value === 'object' ? value : [value];
    for (const one of values) if (one !== undefined && one !== '') search.append(name, String(one));
  }
  const text = search.toString();
  return `#/${segments.map(encodeURIComponent).join('/')}${text === '' ? '' : `?${text}`}`;
}

/** Goes to a page. `replace`: without a step in the history, as for filters that are typed. */
export function go(to: string, { replace = false }: { readonly replace?: boolean } = {}): void {
  if (to === location.hash) return;
  if (!replace) {
    location.hash = to;
    return;
  }
  history.replaceState(null, '', to);
  dispatchEvent(new HashChangeEvent('hashchange'));
}

/**
 * Gives what goes on from the page that is shown now: it does nothing if the reader is at another one by then. For what
 * takes a while, such as an answer of the server.
 */
export function goFromHere(): typeof go {
  const page = (): string => href(parseRoute(location.hash).segments);
  const here = page();
  return (to, options) => {
    if (page() === here) go(to, options);
  };
}

/** Goes to the same page with other parameters in its address; `undefined` and an empty text remove one. */
export function setQuery(changes: Query, options: { readonly replace?: boolean } = { replace: true }): void {
  const { segments, query } = parseRoute(location.hash);
  const all: Record<string, string | number | readonly string[] | undefined> = {};
  for (const name of query.keys()) all[name] = query.getAll(name);
  go(href(segments, { ...all, ...changes }), options);
}

/** The route, of which the component is drawn anew whenever it changes. */
export function useRoute(): Route {
  const [hash, setHash] = useState(() => location.hash);
  useEffect(() => {
    const follow = (): void => {
      setHash(location.hash);
    };
    follow();
    addEventListener('hashchange', follow);
    return () => {
      removeEventListener('hashchange', follow);
    };
  }, []);
  return parseRoute(hash);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // Somebody typed a bare `%`.
    return text;
  }
}
