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
  /** How many numbers would be rounded in a double, and the most digits any has before its point and behind it. */
  inexact = 0;
  wholeDigits = 0;
  fractionDigits = 0;
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

  /** Adds a number with a fraction or an exponent, or an integer that is larger than any type. */
  addFraction(): void {
    this.numbers++;
    this.fractions++;
  }

  /** Notes the digits of a number, and whether it is exact in a double. */
  addDigits(whole: number, fraction: number, isExact: boolean): void {
    if (!isExact) this.inexact++;
    if (whole > this.wholeDigits) this.wholeDigits = whole;
    if (fraction > this.fractionDigits) this.fractionDigits = fraction;
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
