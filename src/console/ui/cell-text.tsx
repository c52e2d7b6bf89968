import type { Cell } from '../exact/cells';

/** How many characters of a value stand in a table; its detail has the rest. */
const LONGEST = 160;

/** A value in a table: every digit of a number, the beginning of a long text. */
export function CellText({ cell }: { readonly cell: Cell }) {
  if (cell.kind === 'null') return <span class="cell-null">NULL</span>;
  const { kind, text } = cell;
  const isLong = text.length > LONGEST;
  return (
    <span class={`cell-${kind}`}>
      {isLong ? `${text.slice(0, LONGEST)}… ` : text}
      {isLong && <span class="muted">({text.length.toLocaleString('en')} characters)</span>}
    </span>
  );
}
