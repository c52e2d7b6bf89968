import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';
import { join } from 'node:path';

const PYTHON = process.env['PYTHON'] ?? 'python3';

/** Why ClickHouse cannot be asked on this machine; `undefined` when it can. */
export function missing(): string | undefined {
  const { error, status } = spawnSync(PYTHON, ['-c', 'import chdb'], { stdio: 'ignore' });
  if (error !== undefined) return `there is no ${PYTHON}`;
  return status === 0 ? undefined : `${PYTHON} has no chdb (pip install chdb)`;
}

/** What ClickHouse says to a query. */
export interface ClickHouseAnswer {
  readonly text?: string;
  readonly error?: string;
}

/** ClickHouse in a process of its own. */
export class ClickHouse {
  readonly #process: ChildProcess;
  readonly #lines: Interface;
  readonly #waiting: ((answer: ClickHouseAnswer) => void)[] = [];
  #ended = false;

  constructor() {
    this.#process = spawn(PYTHON, [join(__dirname, 'chdb-server.py')], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#lines = createInterface(this.#process.stdout!);
    this.#lines.on('line', (line) => this.#waiting.shift()?.(JSON.parse(line) as ClickHouseAnswer));
    this.#process.on('exit', (code) => {
      this.#ended = true;
      for (const answer of this.#waiting.splice(0)) answer({ error: `chdb has ended with ${String(code)}` });
    });
  }

  ask(query: string, format = 'TabSeparatedWithNamesAndTypes'): Promise<ClickHouseAnswer> {
    if (this.#ended) return Promise.reject(new Error('chdb has ended'));
    const answer = new Promise<ClickHouseAnswer>((resolve) => this.#waiting.push(resolve));
    this.#process.stdin!.write(`${JSON.stringify([query, format])}\n`);
    return answer;
  }

  /** Runs a statement that has to succeed. */
  async run(statement: string): Promise<void> {
    const { error } = await this.ask(statement);
    if (error !== undefined) throw new Error(error);
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#process.stdin!.end();
    await ended;
  }
}
