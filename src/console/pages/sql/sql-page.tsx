import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { useConsole } from '../../app/console-context';
import { setQuery } from '../../app/router';
import type { PageProps } from '../../app/page-route';
import { useLoaded } from '../../app/use-loaded';
import { formatElapsed } from '../../exact/numbers';
import { EmptyState } from '../../ui/empty-state';
import type { Table } from '../../../sql-tables';
import { Downloads } from './downloads';
import { placesOf } from './error-place';
import { HistoryList } from './history-list';
import { QueryHistory } from './history';
import { loadCatalogue, loadFormats } from './load-catalogue';
import { QueryBox, type QueryBoxHandle } from './query-box';
import { QueryError } from './query-error';
import { ResultView } from './result-view';
import { RunBar } from './run-bar';
import { useQuery } from './use-query';

/** How many rows of a result are shown, unless another number is chosen. */
const DEFAULT_LIMIT = 100;

/** SQL over all that the token may read. The query that was run stands in the address. */
export function SqlPage({ query: address }: PageProps) {
  const { api } = useConsole();
  const asked = address.get('q') ?? '';
  const limit = Number(address.get('limit') ?? DEFAULT_LIMIT) || DEFAULT_LIMIT;
  const [text, setText] = useState(asked);
  const history = useMemo(() => new QueryHistory(localStorage), []);
  const [past, setPast] = useState(() => history.list());
  const catalogue = useLoaded((signal) => loadCatalogue(api, signal), [api]);
  const formats = useLoaded((signal) => loadFormats(api, signal), [api]);
  const box = useRef<QueryBoxHandle>(null);
  const outcome = useQuery(asked, limit);

  useEffect(() => {
    setText(asked);
    setPast(history.add(asked, Date.now()));
  }, [asked, history]);

  const run = (query: string): void => {
    if (query.trim() === '') return;
    setText(query);
    if (query === asked) outcome.again();
    else setQuery({ q: query }, { replace: false });
  };
  const { error } = outcome;
  const places = error === undefined || text !== asked ? [] : placesOf(error.message, asked);
  return (
    <>
      <h1>SQL</h1>
      <section class="sql-query" aria-label="Query">
        <QueryBox
          handle={box}
          asked={asked}
          places={places}
          tables={catalogue.value ?? []}
          onChange={setText}
          onRun={run}
        />
        <RunBar
          {...{ limit }}
          isRunning={outcome.isRunning}
          onRun={() => {
            run(text);
          }}
          onCancel={() => {
            outcome.cancel();
          }}
          onLimit={(rows) => {
            setQuery({ limit: rows === DEFAULT_LIMIT ? undefined : rows });
          }}
        >
          <Downloads query={text} formats={formats.value ?? []} />
        </RunBar>
      </section>
      {error !== undefined && (
        <QueryError
          {...{ error, places }}
          query={asked}
          onShow={(place) => {
            box.current?.goTo(place);
          }}
        />
      )}
      {outcome.cancelledAfter !== undefined && (
        <p class="notice" role="status">
          Cancelled after {formatElapsed(outcome.cancelledAfter)}, here and at the server.
          {outcome.result !== undefined && ' What stands below is the result before it.'}
        </p>
      )}
      {outcome.result !== undefined && (
        <ResultView
          result={outcome.result}
          {...{ limit }}
          isStale={outcome.isRunning || outcome.cancelledAfter !== undefined}
        />
      )}
      {asked === '' && <Examples tables={catalogue.value ?? []} onRun={run} />}
      <HistoryList
        {...{ past }}
        onChoose={run}
        onClear={() => {
          history.clear();
          setPast([]);
        }}
      />
    </>
  );
}

/** How many tables are offered to begin with. */
const OFFERED = 8;

function Examples({ tables, onRun }: { readonly tables: readonly Table[]; readonly onRun: (query: string) => void }) {
  const offered = tables.filter(({ kind }) => kind === 'topic' || kind === 'data source').slice(0, OFFERED);
  return (
    <EmptyState title="Ask about what is stored">
      <p>
        One SELECT in SQLite’s dialect, read-only, over every topic and data source that your token may read. Ctrl and
        Enter, or Cmd and Enter, run it.
      </p>
      {offered.length > 0 && (
        <ul class="sql-examples">
          {offered.map(({ name }) => {
            const query = `SELECT * FROM ${/^[A-Za-z_]\w*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`} LIMIT 100`;
            return (
              <li key={name}>
                <button
                  type="button"
                  class="link-button mono"
                  onClick={() => {
                    onRun(query);
                  }}
                >
                  {query}
                </button>
              </li>
            );
          })}
        </ul>
      )}
    </EmptyState>
  );
}
