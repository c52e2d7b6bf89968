import type { Row } from '../result-column';
import type { FormatOptions, ResultText } from './result-format';
import { plainText } from './separated';

/** Rows a table shows; what is left out is said below it. */
const MOST_ROWS = 10_000;

interface Cell {
  readonly text: string;
  readonly width: number;
  readonly isNumber: boolean;
}

/** A table drawn for people. It is held whole, since the widest value of a column makes its width. */
export class PrettyCompact implements ResultText {
  readonly #lines: Cell[][] = [];
  readonly #options: FormatOptions;

  constructor(options: FormatOptions) {
    this.#options = options;
  }

  start(): string {
    return '';
  }

  row(row: Row): string {
    if (this.#lines.length < MOST_ROWS) this.#lines.push(row.map((value, index) => this.#cell(value, index)));
    return '';
  }

  end(rows: number): string {
    const names = this.#options.columns.map(({ name }) => toCell(name, false));
    const widths = names.map(({ width }, index) =>
      this.#lines.reduce((most, line) => Math.max(most, line[index]!.width), width),
    );
    const rule = (cell: Cell, index: number): string => `─${cell.text}${'─'.repeat(widths[index]! - cell.width + 1)}`;
    const top = `┌${names.map(rule).join('┬')}┐\n`;
    const bottom = `└${widths.map((width) => '─'.repeat(width + 2)).join('┴')}┘\n`;
    const body = this.#lines.map((line) => `│${line.map((cell, index) => pad(cell, widths[index]!)).join('│')}│\n`);
    const note = rows > MOST_ROWS ? ` Showed first ${MOST_ROWS}.\n` : '';
    return `${top}${body.join('')}${bottom}${note}`;
  }

  front(): string {
    return '';
  }

  #cell(value: Row[number], index: number): Cell {
    if (value === null) return toCell('ᴺᵁᴸᴸ', false);
    const text = plainText(this.#options.columns[index]!, value);
    return toCell(text, typeof value === 'bigint' || typeof value === 'number');
  }
}

function toCell(text: string, isNumber: boolean): Cell {
  return { text, width: characters(text), isNumber };
}

/** How many characters a text has: a pair of surrogates is one. */
function characters(text: string): number {
  return text.length - (text.match(/[\uD800-\uDBFF][\uDC00-\uDFFF]/g)?.length ?? 0);
}

function pad({ text, width, isNumber }: Cell, to: number): string {
  const space = ' '.repeat(to - width);
  return isNumber ? ` ${space}${text} ` : ` ${text}${space} `;
}
