import { useState } from 'preact/hooks';
import { useConsole } from '../../app/console-context';
import { href, setQuery } from '../../app/router';
import type { PageProps } from '../../app/page-route';
import { useLoaded } from '../../app/use-loaded';
import { formatBytes, formatCount } from '../../exact/numbers';
import { Button } from '../../ui/button';
import { EmptyState } from '../../ui/empty-state';
import { ErrorText } from '../../ui/error-text';
import { type Column, Table } from '../../ui/table';
import { CreateDataSource } from './create-data-source';
import { type ListedSource, listSources } from './listed-sources';

/** How many stand in the list at first, and how many more each time. */
const PAGE = 100;

const COLUMNS: readonly Column<ListedSource>[] = [
  { title: 'Data source', cell: ({ name }) => <a href={href(['data-sources', name])}>{name}</a> },
  { title: 'Rows', isNumber: true, cell: ({ rows }) => (rows === undefined ? '' : formatCount(rows)) },
  { title: 'Size', isNumber: true, cell: ({ bytes }) => (bytes === undefined ? '' : formatBytes(bytes)) },
  { title: 'Columns', isNumber: true, cell: ({ columns }) => formatCount(columns.length) },
  { title: '', cell: ({ hasUnknown }) => (hasUnknown ? <span class="muted">has fields without a column</span> : '') },
];

/** All data sources that the token may see. */
export function DataSourcesPage({ query }: PageProps) {
  const { api } = useConsole();
  const sources = useLoaded((signal) => listSources(api, signal), [api]);
  const [limit, setLimit] = useState(PAGE);
  const search = query.get('search') ?? '';
  const isCreating = query.get('create') !== null;
  const all = sources.value ?? [];
  const found = all.filter(({ name }) => name.toLowerCase().includes(search.toLowerCase()));
  return (
    <>
      <header class="page-head">
        <div>
          <h1>Data sources</h1>
          <p class="muted">Topics whose records are rows of a schema, as the Events API knows them.</p>
        </div>
        {!isCreating && (
          <Button
            kind="primary"
            onClick={() => {
              setQuery({ create: 'rows' }, { replace: false });
            }}
          >
            Create a data source
          </Button>
        )}
      </header>
      <ErrorText error={sources.error} onRetry={sources.reload} />
      {isCreating && <CreateDataSource />}
      {sources.value !== undefined && all.length === 0 && !isCreating && (
        <EmptyState title="No data sources yet">
          <p>Paste a row and the server infers the columns, or give a schema up front.</p>
        </EmptyState>
      )}
      {all.length > 0 && (
        <>
          <input
            type="search"
            class="search"
            aria-label="Search data sources"
            placeholder="Search"
            value={search}
            onInput={({ currentTarget }) => {
              setQuery({ search: currentTarget.value });
            }}
          />
          <Table label="Data sources" columns={COLUMNS} rows={found.slice(0, limit)} keyOf={({ name }) => name} />
          {found.length > limit && (
            <Button
              onClick={() => {
                setLimit(limit + PAGE);
              }}
            >
              {`Show more of ${formatCount(found.length)}`}
            </Button>
          )}
        </>
      )}
    </>
  );
}
