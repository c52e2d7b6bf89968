/** What the elements of an array or the values of a field are, told by all of them. */
export class FieldGuess {
  numbers = 0;
  strings = 0;
  booleans = 0;
  arrays = 0;
  objects = 0;
  nulls = 0;
  /** Of the numbers: how many are no plain integers, and the least and the greatest of those that are. */
  fractions = 0;
  least = 0;
  greatest = 0;
  leastBig = 0n;
  greatestBig = 0n;
  /** Of the strings: how many are days, or days with a time, and the most digits of a second. */
  days = 0;
  times = 0;
  precision = 0;
  /** What is in the objects, by key, and what the elements of the arrays are. */
  readonly members = new Map<string, FieldGuess>();
  elements: FieldGuess | undefined;

  /** How many values there are besides nulls. */
  get values(): number {
    return this.numbers + this.strings + this.booleans + this.arrays + this.objects;
  }

  /** Takes an integer that a double holds exactly. */
  addInteger(value: number): void {
    this.numbers++;
    if (value < this.least) this.least = value;
    if (value > this.greatest) this.greatest = value;
  }

  addBigInteger(value: bigint): void {
    this.numbers++;
    if (value < this.leastBig) this.leastBig = value;
    if (value > this.greatestBig) this.greatestBig = value;
  }
}

/** Kinds of values; of two that are equally frequent the first counts. */
export const GUESSED_KINDS = ['strings', 'numbers', 'booleans', 'arrays', 'objects'] as const;

/** The kind most values are of; `undefined` when there are none. */
export function mainKind(guess: FieldGuess): (typeof GUESSED_KINDS)[number] | undefined {
  let main: (typeof GUESSED_KINDS)[number] | undefined;
  for (const kind of GUESSED_KINDS) if (guess[kind] > (main === undefined ? 0 : guess[main])) main = kind;
  return main;
}
