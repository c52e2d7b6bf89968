import { weightOf, type Row } from './event';

/** How much a ring holds. */
export interface RingLimits {
  readonly rows: number;
  /** Characters of all texts together: a few events may be as large as all others. */
  readonly characters: number;
}

/**
 * Rows in a line, of which a bounded number is held: what is put on at one end pushes out what is at the other. Each
 * row has a number for as long as it is there, the one of the row before plus one.
 */
export class RowRing {
  readonly #limits: RingLimits;
  #rows: Row[] = [];
  #weights: number[] = [];
  #first = 0;
  #weight = 0;

  constructor(limits: RingLimits) {
    this.#limits = limits;
  }

  get rows(): readonly Row[] {
    return this.#rows;
  }

  get length(): number {
    return this.#rows.length;
  }

  /** The number of the first row. */
  get first(): number {
    return this.#first;
  }

  /** Puts rows behind the last one; answers with how many were pushed out in front. */
  append(rows: readonly Row[]): number {
    const weights = rows.map(weightOf);
    this.#rows = this.#rows.concat(rows);
    this.#weights = this.#weights.concat(weights);
    this.#weight += sum(weights);
    let cut = Math.max(0, this.#rows.length - this.#limits.rows);
    let weight = this.#weight - sum(this.#weights.slice(0, cut));
    while (weight > this.#limits.characters && cut < this.#rows.length - 1) weight -= this.#weights[cut++]!;
    this.#keep(cut, this.#rows.length, weight);
    return cut;
  }

  /** Puts rows before the first one; answers with how many were pushed out at the end. */
  prepend(rows: readonly Row[]): number {
    const weights = rows.map(weightOf);
    this.#rows = rows.concat(this.#rows);
    this.#weights = weights.concat(this.#weights);
    this.#first -= rows.length;
    this.#weight += sum(weights);
    let end = Math.min(this.#rows.length, this.#limits.rows);
    const cut = this.#rows.length;
    let weight = this.#weight - sum(this.#weights.slice(end));
    while (weight > this.#limits.characters && end > 1) weight -= this.#weights[--end]!;
    this.#keep(0, end, weight);
    return cut - end;
  }

  /** Puts rows where one was; rows behind it get other numbers, and those at the end may be pushed out. */
  replace(row: Row, rows: readonly Row[]): boolean {
    const index = this.#rows.indexOf(row);
    if (index < 0) return false;
    const behind = this.#rows.slice(index + 1);
    this.#keep(0, index, sum(this.#weights.slice(0, index)));
    this.append(rows);
    this.append(behind);
    return true;
  }

  clear(): void {
    // Numbers go on, so that no row is taken for one that was there before.
    this.#keep(this.#rows.length, this.#rows.length, 0);
  }

  #keep(start: number, end: number, weight: number): void {
    this.#weight = weight;
    if (start === 0 && end === this.#rows.length) return;
    this.#first += start;
    this.#rows = this.#rows.slice(start, end);
    this.#weights = this.#weights.slice(start, end);
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
