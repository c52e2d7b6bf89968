import { useState } from 'preact/hooks';
import { useConsole } from '../../app/console-context';
import { href, setQuery } from '../../app/router';
import type { PageProps } from '../../app/page-route';
import { useLoaded } from '../../app/use-loaded';
import { formatBytes, formatCount } from '../../exact/numbers';
import { Button } from '../../ui/button';
import { EmptyState } from '../../ui/empty-state';
import { ErrorText } from '../../ui/error-text';
import { SearchField } from '../../ui/search-field';
import { type Column, Table } from '../../ui/table';
import { CreateDataSource } from './create-data-source';
import { type ListedSource, listSources } from './listed-sources';

/** How many stand in the list at first, and how many more each time. */
const PAGE = 100;

const COLUMNS: readonly Column<ListedSource>[] = [
  { title: 'Data source', cell: ({ name }) => <SourceLink name={name} /> },
  { title: 'Rows', isNumber: true, cell: ({ rows }) => (rows === undefined ? '' : formatCount(rows)) },
  { title: 'Size', isNumber: true, cell: ({ bytes }) => (bytes === undefined ? '' : formatBytes(bytes)) },
  { title: 'Columns', isNumber: true, cell: ({ columns }) => formatCount(columns.length) },
];

/** A column that most have no use for. */
const UNKNOWN: Column<ListedSource> = {
  title: '',
  cell: ({ hasUnknown }) => (hasUnknown ? <span class="muted">has fields without a column</span> : ''),
};

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
        {all.length > 0 && (
          <SearchField
            label="Find a data source"
            value={search}
            onChange={(value) => {
              setQuery({ search: value });
            }}
          />
        )}
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
          <Table
            label="Data sources"
            columns={found.some(({ hasUnknown }) => hasUnknown) ? [...COLUMNS, UNKNOWN] : COLUMNS}
            rows={found.slice(0, limit)}
            keyOf={({ name }) => name}
          />
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

function SourceLink({ name }: { readonly name: string }) {
  return (
    <a class="topic-link" href={href(['data-sources', name])}>
      {name}
    </a>
  );
}
