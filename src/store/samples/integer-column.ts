import type { ByteReader } from './byte-reader';
import { OWN_MEMORY, type ColumnMemory } from './column-space';
import { naturalLength, zigzag, type ByteWriter } from './byte-writer';

/** Whole numbers that are packed as such lie between -2^50 and 2^50: differences of differences are exact then. */
export const LARGEST_INTEGER = 2 ** 50;

/** How a column of whole numbers is written. */
const FORMS = { EVEN: 0, RUNS: 1, STEPS: 2, TURNS: 3 } as const;

/**
 * Writes whole numbers in the shortest of some forms: evenly spaced, as runs of equal ones, as differences, or as
 * differences of differences, the latter divided by what divides them all. Their count is not written.
 */
export function writeIntegers(writer: ByteWriter, values: ArrayLike<number>): void {
  if (isEven(values)) {
    writer.byte(FORMS.EVEN);
    if (values.length > 0) writer.integer(values[0]!);
    if (values.length > 1) writer.integer(values[1]! - values[0]!);
    return;
  }
  const unit = greatestDivisor(values);
  const [runs, steps, turns] = [runsLength(values), stepsLength(values, unit), turnsLength(values, unit)];
  if (runs <= steps && runs <= turns) writeRuns(writer, values);
  else writeDifferences(writer, values, unit, steps <= turns ? FORMS.STEPS : FORMS.TURNS);
}

/** Reads so many numbers. */
export function readIntegers(reader: ByteReader, count: number, memory: ColumnMemory = OWN_MEMORY): Float64Array {
  const values = memory.take(count);
  switch (reader.byte()) {
    case FORMS.EVEN: {
      const first = count > 0 ? reader.integer() : 0;
      const step = count > 1 ? reader.integer() : 0;
      for (let i = 0; i < count; i++) values[i] = first + i * step;
      return values;
    }
    case FORMS.RUNS:
      for (let i = 0; i < count;) {
        const value = reader.integer();
        const end = i + reader.natural();
        values.fill(value, i, end);
        i = end;
      }
      return values;
    case FORMS.STEPS: {
      const unit = reader.natural();
      let value = reader.integer();
      values[0] = value;
      for (let i = 1; i < count; i++) values[i] = value += unit * reader.integer();
      return values;
    }
    default: {
      const unit = reader.natural();
      let value = reader.integer();
      let step = 0;
      values[0] = value;
      for (let i = 1; i < count; i++) {
        step += unit * reader.integer();
        values[i] = value += step;
      }
      return values;
    }
  }
}

function writeRuns(writer: ByteWriter, values: ArrayLike<number>): void {
  writer.byte(FORMS.RUNS);
  for (let i = 0; i < values.length;) {
    const end = endOfRun(values, i);
    writer.integer(values[i]!);
    writer.natural(end - i);
    i = end;
  }
}

function writeDifferences(writer: ByteWriter, values: ArrayLike<number>, unit: number, form: number): void {
  writer.byte(form);
  writer.natural(unit);
  writer.integer(values[0]!);
  let before = 0;
  for (let i = 1; i < values.length; i++) {
    const step = (values[i]! - values[i - 1]!) / unit;
    writer.integer(form === FORMS.STEPS ? step : step - before);
    before = step;
  }
}

function isEven(values: ArrayLike<number>): boolean {
  const step = values[1]! - values[0]!;
  for (let i = 2; i < values.length; i++) if (values[i]! - values[i - 1]! !== step) return false;
  return true;
}

/** What divides all differences. */
function greatestDivisor(values: ArrayLike<number>): number {
  let divisor = 0;
  for (let i = 1; i < values.length && divisor !== 1; i++) {
    let [a, b] = [Math.abs(values[i]! - values[i - 1]!), divisor];
    while (b !== 0) [a, b] = [b, a % b];
    divisor = a;
  }
  return divisor === 0 ? 1 : divisor;
}

function endOfRun(values: ArrayLike<number>, start: number): number {
  let end = start + 1;
  while (end < values.length && values[end] === values[start]) end += 1;
  return end;
}

function runsLength(values: ArrayLike<number>): number {
  let length = 0;
  for (let i = 0; i < values.length;) {
    const end = endOfRun(values, i);
    length += naturalLength(zigzag(values[i]!)) + naturalLength(end - i);
    i = end;
  }
  return length;
}

function stepsLength(values: ArrayLike<number>, unit: number): number {
  let length = naturalLength(unit);
  for (let i = 1; i < values.length; i++) length += naturalLength(zigzag((values[i]! - values[i - 1]!) / unit));
  return length;
}

function turnsLength(values: ArrayLike<number>, unit: number): number {
  let length = naturalLength(unit);
  let before = 0;
  for (let i = 1; i < values.length; i++) {
    const step = (values[i]! - values[i - 1]!) / unit;
    length += naturalLength(zigzag(step - before));
    before = step;
  }
  return length;
}
