import type { FunctionComponent } from 'preact';

/** What a page is given of its address. */
export interface PageProps {
  /** By the names in the pattern, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
}

export type Page = FunctionComponent<PageProps>;

export interface PageRoute {
  /** Parts of the path; one that begins with `:` is a parameter. */
  readonly pattern: readonly string[];
  /** Of the window; a parameter is written as in the pattern. */
  readonly title: string;
  /** Which link of the navigation it belongs to. */
  readonly section: Section;
  /** Fetches the code of the page when it is opened first. */
  readonly load: () => Promise<Page>;
}

export type Section = 'welcome' | 'topics' | 'data-sources' | 'sql' | 'send' | 'tokens' | 'server';

export interface FoundPage {
  readonly route: PageRoute;
  readonly params: Readonly<Record<string, string>>;
}

/** The page at an address and what its parameters are; `undefined`: there is none. */
export function findPage(routes: readonly PageRoute[], segments: readonly string[]): FoundPage | undefined {
  for (const route of routes) {
    const { pattern } = route;
    if (pattern.length !== segments.length) continue;
    if (!pattern.every((part, i) => part.startsWith(':') || part === segments[i])) continue;
    const params = Object.fromEntries(
      pattern.flatMap((part, i) => (part.startsWith(':') ? [[part.slice(1), segments[i]!] as const] : [])),
    );
    return { route, params };
  }
  return undefined;
}

/** The title of a page with its parameters. */
export function titleOf({ title }: PageRoute, params: Readonly<Record<string, string>>): string {
  return title.replace(/:(\w+)/g, (whole, name: string) => params[name] ?? whole);
}
