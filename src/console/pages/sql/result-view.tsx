import { useEffect, useState } from 'preact/hooks';
import type { Cell } from '../../exact/cells';
import { formatBytes, formatCount, formatElapsed } from '../../exact/numbers';
import { Button } from '../../ui/button';
import { CellText } from '../../ui/cell-text';
import { type Column, Table } from '../../ui/table';
import { Tabs } from '../../ui/tabs';
import { ResultChart } from './result-chart';
import type { QueryResult } from './run-query';

interface Props {
  readonly result: QueryResult;
  readonly limit: number;
  /** Another query is running. */
  readonly isStale: boolean;
}

/** A result as a table and as a chart. */
export function ResultView({ result, limit, isStale }: Props) {
  const [tab, setTab] = useState<'table' | 'chart'>('table');
  return (
    <section
      class={isStale ? 'result table-long result-stale' : 'result table-long'}
      aria-label="Result"
      aria-busy={isStale}
    >
      <p class="result-said numbers" role="status">
        {sayRows(result, limit)} · {formatElapsed(result.elapsed)} · {formatBytes(result.bytes)}
      </p>
      <Tabs
        label="Result"
        chosen={tab}
        onChoose={setTab}
        tabs={[
          { id: 'table', text: 'Table' },
          { id: 'chart', text: 'Chart' },
        ]}
      >
        {tab === 'table' ? <ResultTable result={result} /> : <ResultChart result={result} />}
      </Tabs>
    </section>
  );
}

/** Rows that are drawn at a time: more of them in one table make a page slow. */
const DRAWN = 500;

function ResultTable({ result: { columns, rows } }: { readonly result: QueryResult }) {
  const [first, setFirst] = useState(0);
  useEffect(() => {
    setFirst(0);
  }, [rows]);
  const shown = columns.map(({ name, type }, index): Column<NumberedRow> => ({
    title: name,
    isNumber: /^(?:Nullable\()?(?:U?Int|Float|Decimal)/.test(type),
    cell: ({ cells }) => <CellText cell={cells[index] ?? NULL} />,
  }));
  if (rows.length === 0) return <p class="muted">No row fits.</p>;
  return (
    <>
      <Table
        label="Rows of the result"
        columns={shown}
        rows={rows.slice(first, first + DRAWN).map((cells, index) => ({ cells, index: first + index }))}
        keyOf={({ index }) => String(index)}
      />
      {rows.length > DRAWN && (
        <div class="result-pages">
          <Button
            disabled={first === 0}
            onClick={() => {
              setFirst(Math.max(0, first - DRAWN));
            }}
          >
            Before
          </Button>
          <span class="muted numbers" role="status">
            {`${formatCount(first + 1)} to ${formatCount(Math.min(first + DRAWN, rows.length))}`}
          </span>
          <Button
            disabled={first + DRAWN >= rows.length}
            onClick={() => {
              setFirst(first + DRAWN);
            }}
          >
            After
          </Button>
        </div>
      )}
    </>
  );
}

interface NumberedRow {
  readonly index: number;
  readonly cells: readonly Cell[];
}

const NULL: Cell = { kind: 'null' };

function sayRows({ count, rows }: QueryResult, limit: number): string {
  if (count <= rows.length) return `${formatCount(count)} ${count === 1 ? 'row' : 'rows'}`;
  return `The first ${formatCount(limit)} of ${formatCount(count)} rows`;
}
