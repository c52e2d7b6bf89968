import { useMemo } from 'preact/hooks';
import { useConsole } from '../../app/console-context';
import { href, setQuery } from '../../app/router';
import type { PageProps } from '../../app/page-route';
import { UnknownTab } from '../../app/unknown-tab';
import { useLoaded } from '../../app/use-loaded';
import { useWhenMade } from '../../app/use-when-made';
import { useWhileVisible } from '../../app/use-while-visible';
import { formatCount, formatNumberOf } from '../../exact/numbers';
import { ErrorText } from '../../ui/error-text';
import { Tabs, type Tab } from '../../ui/tabs';
import { dataSourceApi, type DataSourceStatus } from './data-source-api';
import { Newest } from './newest';
import type { PanelProps } from './panel-props';
import { Quarantine } from './quarantine';
import { RemoveData } from './remove-data';
import { SchemaView } from './schema-view';

const TABS = [
  { id: 'rows', text: 'Newest rows' },
  { id: 'quarantine', text: 'Quarantine' },
  { id: 'schema', text: 'Schema' },
  { id: 'remove', text: 'Remove' },
] as const satisfies readonly Tab<string>[];
type TabId = (typeof TABS)[number]['id'];

/** How often counts are asked for, in milliseconds. */
const REFRESH = 5000;

/** A data source: its newest rows, what did not fit, its schema. */
export function DataSourcePage({ params, query }: PageProps) {
  const name = params['name']!;
  const { api } = useConsole();
  const calls = useMemo(() => dataSourceApi(api), [api]);
  const status = useLoaded((signal) => calls.status(name, signal), [calls, name]);
  useWhileVisible(status.reload, REFRESH);
  useWhenMade(name, status.error, status.reload);
  const chosen = TABS.find(({ id }) => id === query.get('tab'))?.id ?? 'rows';
  const { value } = status;
  return (
    <>
      <Heading name={name} status={value} />
      <ErrorText error={status.error} onRetry={status.reload} />
      <UnknownTab asked={query.get('tab')} tabs={TABS} />
      {value !== undefined && (
        <Tabs<TabId>
          label={name}
          chosen={chosen}
          onChoose={(tab) => {
            setQuery({ tab: tab === 'rows' ? undefined : tab }, { replace: false });
          }}
          tabs={TABS.map(({ id, text }) => ({
            id,
            text:
              id === 'quarantine' && value.quarantine_rows > 0
                ? `${text} · ${formatCount(value.quarantine_rows)}`
                : text,
          }))}
        >
          {panelOf(chosen, { name, status: value, calls, onChanged: status.reload })}
        </Tabs>
      )}
    </>
  );
}

function panelOf(tab: TabId, props: PanelProps) {
  if (tab === 'rows') return <Newest {...props} />;
  if (tab === 'quarantine') return <Quarantine {...props} />;
  return tab === 'schema' ? <SchemaView {...props} /> : <RemoveData {...props} />;
}

function Heading({ name, status }: { readonly name: string; readonly status: DataSourceStatus | undefined }) {
  return (
    <header class="page-heading">
      <p class="breadcrumb">
        <a href={href(['data-sources'])}>Data sources</a>
      </p>
      <h1>{name}</h1>
      <p class="muted numbers">
        {status !== undefined && (
          <>
            {formatNumberOf(status.statistics.row_count, 'row')} · {formatNumberOf(status.columns.length, 'column')} ·{' '}
            {formatCount(status.quarantine_rows)} in quarantine ·{' '}
          </>
        )}
        <a href={href(['topics', name])}>The topic of the same name</a> ·{' '}
        <a href={href(['sql'], { q: `SELECT * FROM ${sqlName(name)} LIMIT 100` })}>Query it with SQL</a>
      </p>
      {status?.description !== undefined && status.description !== '' && <p>{status.description}</p>}
    </header>
  );
}

/** A name as SQL writes it. */
function sqlName(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}
