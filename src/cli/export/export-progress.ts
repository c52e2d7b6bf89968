import { SingleBar } from 'cli-progress';
import type { EntryCounts, MovePhase } from '../../moving/moved-store';
import type { Surroundings } from '../surroundings';

/** Where stderr is no terminal, so often a line says how far it is (milliseconds). */
const LINE_EVERY = 5000;

const VERBS: Readonly<Record<MovePhase, string>> = {
  checking: 'checked what is there already',
  copying: 'copied, or there already',
  comparing: 'compared',
};

/** Says on stderr how far a move is: a bar on a terminal, else a line now and then. */
export class ExportProgress {
  readonly #stderr: Surroundings['stderr'];
  /** Events, rows and quarantined rows of the source. */
  readonly #total: number;
  #phase: MovePhase | undefined;
  #done = { events: 0, packages: 0, rows: 0, quarantinedRows: 0 };
  #bar: SingleBar | undefined;
  #startedAt = 0;
  #saidAt = 0;

  constructor(stderr: Surroundings['stderr'], total: number) {
    this.#stderr = stderr;
    this.#total = total;
  }

  add(phase: MovePhase, counts: EntryCounts): void {
    if (phase !== this.#phase) this.#begin(phase);
    for (const kind of ['events', 'packages', 'rows', 'quarantinedRows'] as const) this.#done[kind] += counts[kind];
    if (this.#bar !== undefined) this.#bar.update(Math.min(this.#counted, this.#total), { text: this.#text() });
    else if (performance.now() - this.#saidAt >= LINE_EVERY) this.#say();
  }

  /** The phase is over. */
  stop(): void {
    if (this.#phase === undefined) return;
    this.#bar?.stop();
    this.#bar = undefined;
    this.#say();
    this.#phase = undefined;
  }

  #begin(phase: MovePhase): void {
    this.stop();
    this.#phase = phase;
    this.#done = { events: 0, packages: 0, rows: 0, quarantinedRows: 0 };
    this.#startedAt = this.#saidAt = performance.now();
    if (this.#stderr.isTTY !== true) return;
    const format = '{bar} {percentage}% | {text}';
    this.#bar = new SingleBar({ format, stream: this.#stderr, hideCursor: true, clearOnComplete: true });
    this.#bar.start(Math.max(1, this.#total), 0, { text: '' });
  }

  /** Packages are not among the total. */
  get #counted(): number {
    const { events, rows, quarantinedRows } = this.#done;
    return events + rows + quarantinedRows;
  }

  #say(): void {
    this.#saidAt = performance.now();
    const percent = this.#total === 0 ? 100 : Math.min(100, Math.floor((100 * this.#counted) / this.#total));
    this.#stderr.write(`${this.#text()} (${percent} %)\n`);
  }

  #text(): string {
    const { events, packages, rows, quarantinedRows } = this.#done;
    const seconds = (performance.now() - this.#startedAt) / 1000;
    const rate = Math.round((this.#counted + packages) / Math.max(seconds, 0.001));
    const all = `${number(events)} events, ${number(packages)} packages, ${number(rows + quarantinedRows)} rows`;
    return `${this.#phase === undefined ? '' : VERBS[this.#phase]}: ${all}, ${number(rate)}/s`;
  }
}

function number(value: number): string {
  return value.toLocaleString('en');
}
