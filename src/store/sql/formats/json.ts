import type { Row } from '../result-column';
import { jsonValue } from './json-value';
import type { FormatOptions, ResultText } from './result-format';

/** Rows as JSON objects, or as arrays of their values. */
export type RowShape = 'object' | 'array';

/** Writes rows as JSON. */
export class JsonRows {
  readonly #keys: readonly string[];
  readonly #options: Omit<FormatOptions, 'elapsed'>;
  readonly #shape: RowShape;

  constructor(options: Omit<FormatOptions, 'elapsed'>, shape: RowShape) {
    this.#options = options;
    this.#shape = shape;
    this.#keys = options.columns.map(({ name }) => `${JSON.stringify(name)}:`);
  }

  row(row: Row): string {
    const { columns, quoteLargeIntegers } = this.#options;
    const object = this.#shape === 'object';
    let text = object ? '{' : '[';
    for (const [index, value] of row.entries()) {
      const column = columns[index]!;
      column.observe(value);
      if (index > 0) text += ',';
      if (object) text += this.#keys[index]!;
      text += jsonValue(column, value, quoteLargeIntegers);
    }
    return text + (object ? '}' : ']');
  }
}

/** One JSON document with `meta`, `data`, `rows`, `rows_before_limit_at_least` and `statistics`. */
export class JsonDocument implements ResultText {
  readonly #rows: JsonRows;
  #separator = '';
  readonly #options: FormatOptions;

  constructor(options: FormatOptions, shape: RowShape) {
    this.#options = options;
    this.#rows = new JsonRows(options, shape);
  }

  start(): string {
    return '"data":[';
  }

  row(row: Row): string {
    const text = `${this.#separator}\n${this.#rows.row(row)}`;
    this.#separator = ',';
    return text;
  }

  /** SQLite does not count what a query scans, so `rows_read` and `bytes_read` are those of the result. */
  end(rows: number, bytes: number): string {
    const statistics = { elapsed: this.#options.elapsed(), rows_read: rows, bytes_read: bytes };
    return `\n],"rows":${rows},"rows_before_limit_at_least":${rows},"statistics":${JSON.stringify(statistics)}}\n`;
  }

  preamble(): string {
    const meta = this.#options.columns.map(({ name, type }) => ({ name, type }));
    return `{"meta":${JSON.stringify(meta)},\n`;
  }
}

/** A line of JSON for each row. */
export class JsonLines implements ResultText {
  readonly #rows: JsonRows;

  constructor(options: FormatOptions, shape: RowShape) {
    this.#rows = new JsonRows(options, shape);
  }

  start(): string {
    return '';
  }

  row(row: Row): string {
    return `${this.#rows.row(row)}\n`;
  }

  end(): string {
    return '';
  }

  preamble(): string {
    return '';
  }
}
