import type { Cell } from '../../exact/cells';
import { csvCell } from '../../exact/csv';

/** A line of CSV (RFC 4180) with its end. Nothing stands for NULL, and `""` for an empty text. */
export function csvRow(cells: readonly Cell[]): string {
  return `${cells.map(csvValue).join(',')}\r\n`;
}

function csvValue(cell: Cell): string {
  if (cell.kind === 'null') return '';
  const { kind, text } = cell;
  if (kind === 'number' || kind === 'bool') return text;
  return text === '' ? '""' : csvCell(text);
}
