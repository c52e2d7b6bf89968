import { VALUE_KINDS, type SampleColumns, type ValueKind } from '../contract/parameter-store';

/** Where a row is: the timestamp of a package that has samples. */
export interface RowPlace {
  readonly timestamp: bigint;
  readonly offset: number;
  readonly index: number;
}

/** A value at a row. */
export interface RowValue extends RowPlace {
  readonly id: string;
  readonly kind: ValueKind;
  readonly text: string;
  /** JSON text of the tags of the row; '' for none. */
  readonly tags: string;
}

/** Samples that lie together in time, and are read when their time comes. */
export interface SampleUnit {
  /** No sample of it is earlier. */
  readonly least: bigint;
  /** Its samples. */
  readonly read?: () => Iterable<RowValue>;
  /** Smaller units that are all of it. */
  readonly divide?: () => Iterable<SampleUnit>;
}

export function compareRows(a: RowPlace, b: RowPlace): number {
  if (a.timestamp !== b.timestamp) return a.timestamp < b.timestamp ? -1 : 1;
  return a.offset - b.offset || a.index - b.index;
}

/** Rows of values, complete and in order, and whether there are more. */
export interface MergedRows extends SampleColumns {
  /** Of the last row. */
  readonly last: RowPlace | undefined;
  readonly more: boolean;
}

/** Limits of a page of rows. */
export interface RowLimits {
  readonly rows: number;
  readonly characters: number;
}

/**
 * Puts the values of the same rows together and the rows in order. Units are divided and read in the order of their
 * least times, and no more of them than the rows take.
 */
export function mergeRows(units: Iterable<SampleUnit>, limits: RowLimits): MergedRows {
  const rows = new RowColumns();
  const heap = new UnitHeap(units);
  let pending: RowValue[] = [];
  // No pending value is earlier.
  let earliest: bigint | undefined;
  for (let unit = heap.take(); unit !== undefined; unit = heap.take()) {
    if (earliest !== undefined && earliest < unit.least) {
      const ready = takeBefore(pending, unit.least);
      pending = ready.rest;
      earliest = pending.length === 0 ? undefined : unit.least;
      if (rows.add(ready.taken, limits)) return rows.done(true);
    }
    for (const each of unit.divide?.() ?? []) heap.add(each);
    for (const value of unit.read?.() ?? []) {
      pending.push(value);
      if (earliest === undefined || value.timestamp < earliest) earliest = value.timestamp;
    }
  }
  return rows.done(rows.add(pending.sort(compareRows), limits));
}

/** Units, of which the one with the least time is taken first. */
class UnitHeap {
  readonly #units: SampleUnit[] = [];

  constructor(units: Iterable<SampleUnit>) {
    for (const unit of units) this.add(unit);
  }

  add(unit: SampleUnit): void {
    const units = this.#units;
    let at = units.push(unit) - 1;
    for (let parent = (at - 1) >> 1; at > 0 && unit.least < units[parent]!.least; parent = (at - 1) >> 1) {
      units[at] = units[parent]!;
      at = parent;
    }
    units[at] = unit;
  }

  take(): SampleUnit | undefined {
    const units = this.#units;
    const [first] = units;
    const last = units.pop();
    if (first === undefined || last === undefined || units.length === 0) return first;
    let at = 0;
    for (let child = 1; child < units.length; child = 2 * at + 1) {
      if (child + 1 < units.length && units[child + 1]!.least < units[child]!.least) child += 1;
      if (units[child]!.least >= last.least) break;
      units[at] = units[child]!;
      at = child;
    }
    units[at] = last;
    return first;
  }
}

function takeBefore(values: readonly RowValue[], time: bigint): { taken: RowValue[]; rest: RowValue[] } {
  const taken: RowValue[] = [];
  const rest: RowValue[] = [];
  for (const value of values) (value.timestamp < time ? taken : rest).push(value);
  return { taken: taken.sort(compareRows), rest };
}

type Column = (string | null)[];

class RowColumns {
  readonly #timestamps: bigint[] = [];
  readonly #values: Record<ValueKind, Map<string, Column>> = {
    numeric: new Map(),
    string: new Map(),
    binary: new Map(),
  };
  readonly #tags = new Map<string, Column>();
  #last: RowPlace | undefined;
  #characters = 0;

  /** Adds values in order of their rows; says whether there are more than the limits allow. */
  add(values: readonly RowValue[], { rows, characters }: RowLimits): boolean {
    for (const value of values) {
      const isNew = this.#last === undefined || compareRows(this.#last, value) !== 0;
      if (isNew) {
        if (this.#timestamps.length === rows || this.#characters > characters) return true;
        this.#begin(value);
      }
      this.#put(this.#values[value.kind], value.id, value.text);
      this.#characters += value.text.length;
    }
    return false;
  }

  done(more: boolean): MergedRows {
    const count = this.#timestamps.length;
    for (const column of [...VALUE_KINDS.flatMap((kind) => [...this.#values[kind].values()]), ...this.#tags.values()]) {
      while (column.length < count) column.push(null);
    }
    return { timestamps: this.#timestamps, values: this.#values, tags: this.#tags, last: this.#last, more };
  }

  #begin({ timestamp, offset, index, tags }: RowValue): void {
    this.#timestamps.push(timestamp);
    this.#last = { timestamp, offset, index };
    this.#characters += tags.length;
    if (tags === '') return;
    for (const [name, text] of JSON.parse(tags) as [string, string][]) this.#put(this.#tags, name, text);
  }

  #put(columns: Map<string, Column>, id: string, text: string): void {
    let column = columns.get(id);
    if (column === undefined) {
      column = [];
      columns.set(id, column);
    }
    const row = this.#timestamps.length - 1;
    while (column.length < row) column.push(null);
    column[row] = text;
  }
}
