import { type FieldGuess, mainKind } from './field-guess';

/** The integer types that may be guessed, narrowest first, with their bounds. */
const INTEGER_TYPES: readonly (readonly [string, bigint, bigint])[] = [
  ['Int16', -(2n ** 15n), 2n ** 15n - 1n],
  ['Int32', -(2n ** 31n), 2n ** 31n - 1n],
  ['Int64', -(2n ** 63n), 2n ** 63n - 1n],
  ['UInt64', 0n, 2n ** 64n - 1n],
  ['Int128', -(2n ** 127n), 2n ** 127n - 1n],
  ['Int256', -(2n ** 255n), 2n ** 255n - 1n],
];

/** The precisions of decimals that may be guessed. */
const DECIMAL_PRECISIONS = [38, 76];

/** A guessed decimal has so many digits behind its point if there is room for them. */
const ROOMY_SCALE = 9;

/**
 * The type, without `Nullable`, of values that are not objects; `undefined` when nothing shows it, because all values
 * are null or empty arrays.
 */
export function guessType(guess: FieldGuess): string | undefined {
  switch (mainKind(guess)) {
    case 'strings':
      return guess.arrays + guess.objects > 0 ? 'String' : guessText(guess);
    case 'numbers':
      return guessNumber(guess);
    case 'booleans':
      return 'Bool';
    case 'arrays':
      return guessArray(guess);
    case 'objects':
    case undefined:
      return undefined;
  }
}

/**
 * Microseconds even where no time has a fraction: the next one may, as serialisers leave out a fraction of zeros. What
 * a number beside texts means nobody can tell.
 */
function guessText({ strings, days, times, precision, numbers }: FieldGuess): string {
  if (days + times < strings || numbers > 0) return 'String';
  if (days === strings) return 'Date';
  return `DateTime64(${precision <= 6 ? 6 : 9})`;
}

function guessNumber(guess: FieldGuess): string {
  if (guess.fractions > 0) return guess.inexact > 0 ? guessDecimal(guess) : 'Float64';
  const least = min(BigInt(guess.least), guess.leastBig);
  const greatest = max(BigInt(guess.greatest), guess.greatestBig);
  const fitting = INTEGER_TYPES.find(([, from, to]) => from <= least && greatest <= to);
  return fitting?.[0] ?? 'Float64';
}

/** Arrays whose elements are of different types are kept as JSON text. */
function guessArray({ elements, strings, objects }: FieldGuess): string | undefined {
  if (strings + objects > 0) return 'String';
  if (elements === undefined) return undefined;
  const kind = mainKind(elements);
  if (kind === undefined) return undefined;
  if (elements[kind] < elements.values || kind === 'objects') return 'String';
  const type = guessType(elements);
  if (type === undefined) return undefined;
  if (kind !== 'arrays') return elements.nulls > 0 ? `Array(Nullable(${type}))` : `Array(${type})`;
  return elements.nulls > 0 || type === 'String' ? 'String' : `Array(${type})`;
}

/**
 * The type that keeps fractions beside integers that no double is. Its scale leaves room for fractions to come; where
 * it would keep not all that was seen, it is `Float64`, which refuses what it would have to round.
 */
function guessDecimal({ wholeDigits, fractionDigits }: FieldGuess): string {
  for (const precision of DECIMAL_PRECISIONS) {
    const scale = Math.max(fractionDigits, Math.min(ROOMY_SCALE, precision - wholeDigits));
    if (wholeDigits + scale <= precision) return `Decimal(${precision}, ${scale})`;
  }
  return 'Float64';
}

function min(one: bigint, other: bigint): bigint {
  return one < other ? one : other;
}

function max(one: bigint, other: bigint): bigint {
  return one > other ? one : other;
}
