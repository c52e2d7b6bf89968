import type { Row } from '../result-column';
import type { FormatOptions, ResultText } from './result-format';
import { plainText } from './separated';

/** How many rows a table shows. A note below it says that there are more. */
const MAX_ROWS = 10_000;

interface Cell {
  readonly text: string;
  readonly width: number;
  readonly isNumber: boolean;
}

/** A table drawn for people. It is kept until the end, since the widest value of a column decides its width. */
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
    if (this.#lines.length < MAX_ROWS) this.#lines.push(row.map((value, index) => this.#cell(value, index)));
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
    const note = rows > MAX_ROWS ? ` Showed first ${MAX_ROWS}.\n` : '';
    return `${top}${body.join('')}${bottom}${note}`;
  }

  preamble(): string {
    return '';
  }

  #cell(value: Row[number], index: number): Cell {
    if (value === null) return toCell('ᴺᵁᴸᴸ', false);
    const text = plainText(this.#options.columns[index]!, value);
    return toCell(text, typeof value === 'bigint' || typeof value === 'number');
  }
}

function toCell(text: string, isNumber: boolean): Cell {
  return { text, width: countCodePoints(text), isNumber };
}

/** How many code points a text has. */
function countCodePoints(text: string): number {
  return text.length - (text.match(/[\uD800-\uDBFF][\uDC00-\uDFFF]/g)?.length ?? 0);
}

function pad({ text, width, isNumber }: Cell, to: number): string {
  const space = ' '.repeat(to - width);
  return isNumber ? ` ${space}${text} ` : ` ${text}${space} `;
}
