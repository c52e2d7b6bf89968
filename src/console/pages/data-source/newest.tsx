import { useState } from 'preact/hooks';
import { type Cell, cellOf } from '../../exact/cells';
import { CellText } from '../../ui/cell-text';
import { CodeBlock } from '../../ui/code-block';
import { Dialog } from '../../ui/dialog';
import { Button } from '../../ui/button';
import { EmptyState } from '../../ui/empty-state';
import { type Column, Table } from '../../ui/table';
import type { PanelProps } from './panel-props';
import { type ExactObject, parseRow, renderRow } from './raw-row';
import type { TailState } from './row-tail';
import { NEWEST_ROWS, useRowTail } from './use-row-tail';

/** A row as it is shown. */
interface ShownRow {
  readonly offset: string;
  readonly row: ExactObject;
}

/** The newest rows, live. */
export function Newest({ name, status }: PanelProps) {
  const { texts, state } = useRowTail(name);
  const [opened, setOpened] = useState<ShownRow>();
  const rows = texts.map(shownRow);
  return (
    <section aria-label="Newest rows" class="table-long">
      <TailStatus state={state} count={rows.length} />
      {rows.length === 0 && state.kind === 'live' && <NoRows name={name} quarantined={status.quarantine_rows} />}
      {rows.length > 0 && (
        <Table
          label={`Newest rows of ${name}`}
          columns={columnsOf(status, rows, setOpened)}
          rows={rows}
          keyOf={({ offset }) => offset}
        />
      )}
      {opened !== undefined && (
        <Dialog
          title={`Row ${opened.offset}`}
          onClose={() => {
            setOpened(undefined);
          }}
        >
          <CodeBlock text={renderRow(opened.row, 2)} label="row" />
          <div class="buttons">
            <Button
              onClick={() => {
                setOpened(undefined);
              }}
            >
              Close
            </Button>
          </div>
        </Dialog>
      )}
    </section>
  );
}

function columnsOf(
  { columns }: PanelProps['status'],
  rows: readonly ShownRow[],
  onOpen: (row: ShownRow) => void,
): readonly Column<ShownRow>[] {
  const hasRest = rows.some(({ row }) => (row['_rest'] ?? null) !== null);
  const names = [...columns.map(({ name }) => name), ...(hasRest ? ['_rest'] : [])];
  const isNumber = (name: string): boolean => rows.some(({ row }) => cellOf(row[name]).kind === 'number');
  return [
    {
      title: 'Position',
      cell: (row) => (
        <button
          type="button"
          class="link-button numbers"
          onClick={() => {
            onOpen(row);
          }}
        >
          {row.offset}
        </button>
      ),
    },
    ...names.map((title) => ({
      title,
      isNumber: isNumber(title),
      cell: ({ row }: ShownRow) => <CellText cell={cellOf(row[title]) satisfies Cell} />,
    })),
  ];
}

function shownRow(text: string): ShownRow {
  const { offset, row } = parseRow(text) as unknown as ShownRow;
  return { offset, row };
}

function TailStatus({ state, count }: { readonly state: TailState; readonly count: number }) {
  if (state.kind === 'refused') {
    return (
      <p class="error-text" role="alert">
        {state.reason}
      </p>
    );
  }
  return (
    <p class={`tail-state tail-${state.kind}`} role="status">
      {state.kind === 'live' && `Live · ${count === NEWEST_ROWS ? `the newest ${NEWEST_ROWS}` : `all ${count}`} rows`}
      {state.kind === 'connecting' && 'Connecting…'}
      {state.kind === 'lost' && `Not live: ${state.reason}. It comes back by itself.`}
    </p>
  );
}

function NoRows({ name, quarantined }: { readonly name: string; readonly quarantined: number }) {
  return (
    <EmptyState title="No rows yet">
      {quarantined > 0 ? (
        <p>What was sent did not fit the schema: it is in the quarantine.</p>
      ) : (
        <>
          <p>Rows appear here the moment they are stored.</p>
          <CodeBlock
            label="command"
            text={`curl -H "Authorization: Bearer $TOKEN" -d '{"city": "Chicago"}' \\\n  '${new URL('v0/events', document.baseURI).href}?name=${encodeURIComponent(name)}'`}
          />
        </>
      )}
    </EmptyState>
  );
}
