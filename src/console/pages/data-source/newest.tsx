import { useMemo, useRef, useState } from 'preact/hooks';
import { cellOf } from '../../exact/cells';
import { excerptOf } from '../../exact/excerpt';
import { formatCount } from '../../exact/numbers';
import { CellText } from '../../ui/cell-text';
import { CodeBlock } from '../../ui/code-block';
import { CopyButton } from '../../ui/copy-button';
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
  /** JSON text of it, with its position. */
  readonly text: string;
  /** Empty if the text is too long to be parsed for a list. */
  readonly row: ExactObject;
}

/** Characters of a row from which on it is not parsed for the list: that would take longer than a frame. */
const LARGE = 64 * 1024;

/** Characters of a row that its detail shows. */
const SHOWN = 100_000;

/** The newest rows, live. */
export function Newest({ name, status }: PanelProps) {
  const { texts, state } = useRowTail(name);
  const [opened, setOpened] = useState<ShownRow>();
  const rows = useShownRows(texts);
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
        <RowDetail
          row={opened}
          onClose={() => {
            setOpened(undefined);
          }}
        />
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
    ...names.map((title, index) => ({
      title,
      isNumber: isNumber(title),
      cell: ({ row, text }: ShownRow) =>
        text.length > LARGE ? largeCell(text, index) : <CellText cell={cellOf(row[title])} />,
    })),
  ];
}

/** The first cell of a large row says how large it is; the others are empty. */
function largeCell(text: string, index: number) {
  return index === 0 && <span class="muted">a row of {formatCount(text.length)} characters</span>;
}

/** Rows of texts, of which each is parsed once as long as it is shown. */
function useShownRows(texts: readonly string[]): readonly ShownRow[] {
  const known = useRef(new Map<string, ShownRow>());
  return useMemo(() => {
    known.current = new Map(texts.map((text) => [text, known.current.get(text) ?? shownRow(text)]));
    return [...known.current.values()];
  }, [texts]);
}

function shownRow(text: string): ShownRow {
  const [, offset = ''] = /^\{"offset":"([^"]*)"/.exec(text) ?? [];
  if (text.length > LARGE) return { offset, text, row: {} };
  const { row } = parseRow(text) as unknown as Pick<ShownRow, 'row'>;
  return { offset, text, row };
}

function RowDetail({ row: { offset, text, row }, onClose }: { readonly row: ShownRow; readonly onClose: () => void }) {
  const isLarge = text.length > LARGE;
  return (
    <Dialog title={`Row ${offset}`} onClose={onClose}>
      <CodeBlock text={isLarge ? excerptOf(text, SHOWN) : renderRow(row, 2)} label="row" />
      {text.length > SHOWN && (
        <p class="muted">
          The first {formatCount(SHOWN)} characters of {formatCount(text.length)}.
        </p>
      )}
      <div class="buttons">
        {isLarge && <CopyButton text={text} label="all of the row" />}
        <Button onClick={onClose}>Close</Button>
      </div>
    </Dialog>
  );
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
