import { useEffect, useRef, useState } from 'preact/hooks';
import { EmptyState } from '../ui/empty-state';
import { Button } from '../ui/button';
import { ErrorBoundary } from './error-boundary';
import { findPage, type Page, type PageRoute, titleOf } from './page-route';
import { href, useRoute } from './router';

/** Pages whose code is here. */
const LOADED = new WeakMap<PageRoute, Page>();

/** The page that the address names, with its code fetched. */
export function PageView({ routes }: { readonly routes: readonly PageRoute[] }) {
  const { segments, query } = useRoute();
  const found = findPage(routes, segments);
  const address = segments.join('/');
  const main = useRef<HTMLElement>(null);
  const isFirst = useRef(true);
  useEffect(() => {
    document.title = found === undefined ? 'Writer hub' : `${titleOf(found.route, found.params)} · Writer hub`;
    // Whoever uses a keyboard or a screen reader begins at the top of the new page.
    if (!isFirst.current) main.current?.focus({ preventScroll: true });
    if (!isFirst.current) scrollTo(0, 0);
    isFirst.current = false;
  }, [address]);
  return (
    <main class="page" id="page" tabIndex={-1} ref={main}>
      {found === undefined ? (
        <EmptyState title="Nothing is here">
          <p>
            The console has no page of this address. <a href={href([])}>Go to the topics</a>.
          </p>
        </EmptyState>
      ) : (
        <ErrorBoundary key={address}>
          <LoadedPage key={address} route={found.route} params={found.params} query={query} />
        </ErrorBoundary>
      )}
    </main>
  );
}

interface LoadedPageProps {
  readonly route: PageRoute;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
}

function LoadedPage({ route, params, query }: LoadedPageProps) {
  const [page, setPage] = useState<{ readonly page: Page } | undefined>(() => knownPage(route));
  const [hasFailed, setHasFailed] = useState(false);
  useEffect(() => {
    if (page !== undefined) return;
    route.load().then(
      (loaded) => {
        LOADED.set(route, loaded);
        setPage({ page: loaded });
      },
      () => {
        setHasFailed(true);
      },
    );
  }, [route, page]);
  if (hasFailed) return <Outdated />;
  if (page === undefined) return <p class="loading">Loading…</p>;
  const { page: Shown } = page;
  return <Shown params={params} query={query} />;
}

/** After an upgrade of the server, the files that this page was made of are there no more. */
function Outdated() {
  return (
    <EmptyState title="This page could not be loaded">
      <p>The server was upgraded, or cannot be reached. Loading the console anew mends the first.</p>
      <Button
        onClick={() => {
          location.reload();
        }}
      >
        Load anew
      </Button>
    </EmptyState>
  );
}

function knownPage(route: PageRoute): { readonly page: Page } | undefined {
  const page = LOADED.get(route);
  return page === undefined ? undefined : { page };
}
