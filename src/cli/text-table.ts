import { printable } from './printable';

/** A column of a table on a terminal. */
export interface TextColumn {
  readonly name: string;
  /** Numbers stand at the right edge, so that their digits are under each other. */
  readonly isNumber: boolean;
}

/** The widest that a column grows: a longer text stands out of it. */
const WIDEST = 60;

/** Lines of a table: a header, and the cells of each row under it. Control characters are escaped. */
export function textTable(columns: readonly TextColumn[], rows: readonly (readonly string[])[]): string {
  const shown = rows.map((row) => row.map(printable));
  const names = columns.map(({ name }) => printable(name));
  const widths = names.map((name, index) =>
    shown.reduce((width, row) => Math.max(width, Math.min(WIDEST, row[index]?.length ?? 0)), name.length),
  );
  const lineOf = (cells: readonly string[]): string =>
    cells
      .map((cell, index) =>
        columns[index]?.isNumber === true ? cell.padStart(widths[index] ?? 0) : cell.padEnd(widths[index] ?? 0),
      )
      .join('  ')
      .trimEnd();
  const rule = widths.map((width) => '-'.repeat(width)).join('  ');
  return [lineOf(names), rule, ...shown.map(lineOf)].map((line) => `${line}\n`).join('');
}
