/** Gives memory that a column of numbers is read into. */
export interface ColumnMemory {
  take(count: number): Float64Array;
}

/** New memory for each column. */
export const OWN_MEMORY: ColumnMemory = { take: (count) => new Float64Array(count) };

/** A column has about so many numbers. */
const USUAL = 256;

/**
 * The same memory again and again, for those who read many columns and keep none: what was taken before `reset` is
 * overwritten by what is read after it.
 */
export class ColumnSpace implements ColumnMemory {
  readonly #columns: Float64Array[] = [];
  #taken = 0;

  take(count: number): Float64Array {
    let column = this.#columns[this.#taken];
    if (column === undefined || column.length < count) {
      column = new Float64Array(Math.max(USUAL, count));
      this.#columns[this.#taken] = column;
    }
    this.#taken += 1;
    return column.length === count ? column : column.subarray(0, count);
  }

  reset(): void {
    this.#taken = 0;
  }
}
