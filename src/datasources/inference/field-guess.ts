/** Counts what the values of a field, or the elements of an array, are, so that a type can be guessed for them. */
export class FieldGuess {
  numbers = 0;
  strings = 0;
  booleans = 0;
  arrays = 0;
  objects = 0;
  nulls = 0;
  /** Of the numbers: how many have a fraction or an exponent, and the least and the greatest of the others. */
  fractions = 0;
  least = 0;
  greatest = 0;
  leastBig = 0n;
  greatestBig = 0n;
  /** Of the strings: how many are days, how many are times, and the most digits of a fraction of a second. */
  days = 0;
  times = 0;
  precision = 0;
  /** The fields in the objects, by key, and the elements of the arrays. */
  readonly members = new Map<string, FieldGuess>();
  elements: FieldGuess | undefined;
  /** The length of its path: of its key and those of the fields around it. */
  readonly pathLength: number;

  constructor(pathLength = 0) {
    this.pathLength = pathLength;
  }

  /** The number of values that are not null. */
  get values(): number {
    return this.numbers + this.strings + this.booleans + this.arrays + this.objects;
  }

  /** Adds an integer that is exact in a double. */
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

/** The kinds of values; of two kinds that are equally frequent, the first counts. */
export const GUESSED_KINDS = ['strings', 'numbers', 'booleans', 'arrays', 'objects'] as const;

/** The most frequent kind of values; `undefined` when all are null. */
export function mainKind(guess: FieldGuess): (typeof GUESSED_KINDS)[number] | undefined {
  let main: (typeof GUESSED_KINDS)[number] | undefined;
  for (const kind of GUESSED_KINDS) if (guess[kind] > (main === undefined ? 0 : guess[main])) main = kind;
  return main;
}
