import type { Cell } from '../../exact/cells';

/** Signs with which a spreadsheet takes a text for a formula (OWASP, CSV injection). */
const FORMULA = /^[=+\-@\t\r]/;

/** What is a number, and nothing else, to a spreadsheet as well. */
const NUMERAL = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** What has to stand in quotes (RFC 4180, 2.6), and spaces that would be taken away. */
const QUOTED = /[",\r\n]|^\s|\s$/;

/** A line of CSV (RFC 4180) with its end. Nothing stands for NULL, and `""` for an empty text. */
export function csvLine(cells: readonly Cell[]): string {
  return `${cells.map(csvValue).join(',')}\r\n`;
}

/** The line of the names of the columns. */
export function csvHeader(names: readonly string[]): string {
  return csvLine(names.map((text) => ({ kind: 'text', text })));
}

function csvValue(cell: Cell): string {
  if (cell.kind === 'null') return '';
  const { kind, text } = cell;
  if (kind === 'number' || kind === 'bool') return text;
  const guarded = FORMULA.test(text) && !NUMERAL.test(text) ? `'${text}` : text;
  return guarded === '' || guarded !== text || QUOTED.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded;
}
