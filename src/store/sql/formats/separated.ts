import type { ResultColumn, Row } from '../result-column';
import { boolText, isNumeral } from './json-value';
import type { FormatOptions, ResultText } from './result-format';

/** How a line of values is written. */
export interface Dialect {
  readonly separator: string;
  text(text: string): string;
}

/** CSV as ClickHouse writes it: every text is in quotes. */
export const CSV: Dialect = { separator: ',', text: (text) => `"${text.replaceAll('"', '""')}"` };

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  "'": "\\'",
  '\t': '\\t',
  '\n': '\\n',
  '\r': '\\r',
  '\b': '\\b',
  '\f': '\\f',
  '\0': '\\0',
};

// eslint-disable-next-line no-control-regex -- these are what the format escapes
const ESCAPED = /[\\'\t\n\r\x08\f\0]/g;

/** TSV as ClickHouse writes it. */
export const TSV: Dialect = { separator: '\t', text: (text) => text.replace(ESCAPED, (sign) => ESCAPES[sign]!) };

/** Lines of values between separators; NULL is `\N`. */
export class SeparatedLines implements ResultText {
  readonly #options: FormatOptions;
  readonly #dialect: Dialect;
  readonly #withNames: boolean;

  constructor(options: FormatOptions, dialect: Dialect, withNames: boolean) {
    this.#options = options;
    this.#dialect = dialect;
    this.#withNames = withNames;
  }

  start(): string {
    const { columns } = this.#options;
    return this.#withNames ? this.#line(columns.map(({ name }) => this.#dialect.text(name))) : '';
  }

  row(row: Row): string {
    return this.#line(row.map((value, index) => this.#value(this.#options.columns[index]!, value)));
  }

  end(): string {
    return '';
  }

  preamble(): string {
    return '';
  }

  #line(values: readonly string[]): string {
    return `${values.join(this.#dialect.separator)}\n`;
  }

  #value(column: ResultColumn, value: Row[number]): string {
    if (value === null) return '\\N';
    if (typeof value === 'string' && !isNumeral(column, value)) return this.#dialect.text(value);
    const text = plainText(column, value);
    return Buffer.isBuffer(value) ? this.#dialect.text(text) : text;
  }
}

/** A value that is not null as text, without quotes. */
export function plainText(column: ResultColumn, value: Exclude<Row[number], null>): string {
  if (typeof value === 'bigint') return boolText(column, value) ?? String(value);
  if (typeof value === 'number') return floatText(value);
  return typeof value === 'string' ? value : value.toString('hex');
}

function floatText(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf';
}
