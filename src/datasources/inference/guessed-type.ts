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

function guessText({ strings, days, times, precision }: FieldGuess): string {
  if (days === strings) return 'Date';
  if (days + times < strings) return 'String';
  if (precision === 0) return 'DateTime';
  return `DateTime64(${precision <= 3 ? 3 : precision <= 6 ? 6 : 9})`;
}

function guessNumber(guess: FieldGuess): string {
  if (guess.fractions > 0) return 'Float64';
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

function min(one: bigint, other: bigint): bigint {
  return one < other ? one : other;
}

function max(one: bigint, other: bigint): bigint {
  return one > other ? one : other;
}
