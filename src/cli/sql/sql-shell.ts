import { createInterface, type Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { Table } from '../../sql-tables';
import { CommandError } from '../command-error';
import { ServerError } from '../server-error';
import { textTable } from '../text-table';
import { complete } from './completion';
import { isSqlFormat, SQL_FORMATS, type SqlFormat } from './formats';
import type { SqlHistory } from './history';
import type { Query } from './run-query';
import { quoted } from './sql-names';

/** What the shell works with. */
export interface SqlShellParts {
  readonly input: Readable;
  readonly output: Writable;
  readonly history: SqlHistory;
  /** Carries out a query; resolves with what is printed. */
  readonly run: (query: Query) => Promise<string>;
  /** The tables that there are. */
  readonly tables: () => Promise<readonly Table[]>;
}

const PROMPT = 'sql> ';
const MORE = '...> ';
/** Rows of a table, unless more are asked for. */
const SHOWN_ROWS = 100;

const HELP = `A query may have several lines; a semicolon ends it.
  \\d            the tables: topics and data sources
  \\d <table>    the columns of one
  \\f <format>   how results are printed: ${Object.keys(SQL_FORMATS).join(', ')}
  \\limit <n>    how many rows of a table are shown, 0: all
  \\? or help    this
  \\q            end; so does Ctrl-D
Tab completes names. Ctrl-C stops a query that runs, or drops what was typed.
`;

/** Queries that are typed on a terminal, one after another. */
export class SqlShell {
  #text = '';
  #format: SqlFormat = 'table';
  #limit: number | undefined = SHOWN_ROWS;
  #running: AbortController | undefined;
  #tables: readonly Table[] | undefined;
  /** What `readline` goes through with the arrow keys; changing it is how it is told. */
  #shown: string[] = [];
  readonly #parts: SqlShellParts;
  readonly #lines: Interface;

  constructor(parts: SqlShellParts, format: SqlFormat = 'table') {
    this.#parts = parts;
    this.#format = format;
    const { input, output, history } = parts;
    this.#lines = createInterface({
      ...{ input, output, terminal: true, prompt: PROMPT, historySize: history.lines.length + 1000 },
      history: [...history.lines],
      removeHistoryDuplicates: true,
      completer: (line: string, done: (error: null, result: [string[], string]) => void) => {
        void this.#complete(line).then((result) => {
          done(null, result);
        });
      },
    });
    this.#lines.on('history', (lines: string[]) => {
      this.#shown = lines;
      this.#showHistory();
    });
    this.#lines.on('SIGINT', () => {
      this.#interrupt();
    });
  }

  /** Resolves when the user ends it. */
  async run(): Promise<void> {
    this.#print('Queries end with a semicolon; \\? says what else there is.\n');
    this.#lines.prompt();
    for await (const line of this.#lines) {
      if (!(await this.#take(line))) break;
      this.#lines.setPrompt(this.#text === '' ? PROMPT : MORE);
      this.#lines.prompt();
    }
    this.#lines.close();
    this.#parts.history.save();
  }

  /** Resolves with whether to go on. */
  async #take(line: string): Promise<boolean> {
    const command = line.trim();
    if (this.#text === '') {
      if (command === '') return true;
      if (command.startsWith('\\') || /^(?:help|quit|exit)$/i.test(command))
        return this.#obey(command.replace(/;$/, ''));
    }
    this.#text += `${line}\n`;
    if (!command.endsWith(';')) return true;
    const text = this.#text;
    this.#text = '';
    this.#remember(text);
    await this.#query(text);
    return true;
  }

  async #obey(command: string): Promise<boolean> {
    const [name = '', argument = ''] = command.split(/\s+/, 2);
    if (/^(?:\\q|quit|exit)$/i.test(name)) return false;
    this.#remember(command);
    if (name === '\\d') await this.#describe(argument);
    else if (name === '\\f') this.#setFormat(argument);
    else if (name === '\\limit') this.#setLimit(argument);
    else if (/^(?:\\\?|\\h|help)$/i.test(name)) this.#print(HELP);
    else this.#print(`${command} is not known; \\? says what there is\n`);
    return true;
  }

  #remember(query: string): void {
    this.#parts.history.add(query);
    this.#showHistory();
  }

  /** A query is remembered as one, not as the lines that it was typed in. */
  #showHistory(): void {
    this.#shown.splice(0, this.#shown.length, ...this.#parts.history.lines);
  }

  #setFormat(name: string): void {
    if (isSqlFormat(name)) this.#format = name;
    else this.#print(`the format is one of ${Object.keys(SQL_FORMATS).join(', ')}; it is ${this.#format}\n`);
  }

  #setLimit(text: string): void {
    if (/^\d{1,9}$/.test(text)) this.#limit = Number(text) || undefined;
    else this.#print(`the limit is a whole number of up to 9 digits, 0 for all rows; it is ${this.#limit ?? 0}\n`);
  }

  #query(text: string): Promise<void> {
    return this.#try(async (signal) => {
      const started = performance.now();
      const result = await this.#parts.run({ text, format: this.#format, limit: this.#limit, signal });
      this.#print(`${result}${((performance.now() - started) / 1000).toFixed(2)} s\n`);
    });
  }

  #describe(name: string): Promise<void> {
    return this.#try(async () => {
      this.#tables = await this.#parts.tables();
      if (name === '') {
        const columns = [
          { name: 'table', isNumber: false },
          { name: 'holds', isNumber: false },
        ];
        this.#print(
          textTable(
            columns,
            this.#tables.map((table) => [quoted(table.name), table.kind]),
          ),
        );
        return;
      }
      const wanted = this.#tables.find((table) => table.name === name || quoted(table.name) === name);
      if (wanted === undefined) throw new CommandError(`there is no table ${name}`);
      const columns = [
        { name: 'column', isNumber: false },
        { name: 'type', isNumber: false },
      ];
      this.#print(
        textTable(
          columns,
          wanted.columns.map((column) => [quoted(column.name), column.type]),
        ),
      );
    });
  }

  /** What goes wrong is said, and the shell goes on. */
  async #try(action: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const running = new AbortController();
    this.#running = running;
    try {
      await action(running.signal);
    } catch (error) {
      if (running.signal.aborted) this.#print('stopped\n');
      else if (error instanceof CommandError || error instanceof ServerError) this.#print(`${error.message}\n`);
      else throw error;
    } finally {
      this.#running = undefined;
    }
  }

  #interrupt(): void {
    if (this.#running !== undefined) {
      this.#running.abort();
      return;
    }
    const isEmpty = this.#text === '' && this.#lines.line === '';
    this.#text = '';
    this.#print(isEmpty ? '\n(\\q or Ctrl-D ends)\n' : '^C\n');
    this.#lines.write(null, { ctrl: true, name: 'e' });
    this.#lines.write(null, { ctrl: true, name: 'u' });
    this.#lines.setPrompt(PROMPT);
    this.#lines.prompt();
  }

  async #complete(line: string): Promise<[string[], string]> {
    try {
      this.#tables ??= await this.#parts.tables();
    } catch {
      // Typing goes on; a query tells what is wrong.
      this.#tables = [];
    }
    return complete(line, this.#text, this.#tables);
  }

  #print(text: string): void {
    this.#parts.output.write(text);
  }
}
