const DIGITS = /^\d+$/;

/**
 * Which of two positions comes first, as `sort` wants it; undefined when that cannot be told. The positions of the
 * embedded store are digits that grow; those of another engine may be opaque.
 */
export function comparePositions(one: string, other: string): number | undefined {
  if (one === other) return 0;
  if (!DIGITS.test(one) || !DIGITS.test(other)) return undefined;
  if (one.length !== other.length && !one.startsWith('0') && !other.startsWith('0')) return one.length - other.length;
  const [left, right] = [BigInt(one), BigInt(other)];
  return left < right ? -1 : Number(left > right);
}

/** The stretch of positions that a scrollbar stands for. Elements end at some million pixels, positions do not. */
export interface Extent {
  readonly first: string;
  readonly last: string;
}

/** Parts that a scrollbar can tell apart. */
const PARTS = 1_000_000;

/** How far along a position is, 0 to 1; undefined when positions cannot be reckoned with. */
export function fractionOf(position: string, { first, last }: Extent): number | undefined {
  if (![position, first, last].every((text) => DIGITS.test(text))) return undefined;
  const length = BigInt(last) - BigInt(first);
  if (length <= 0n) return 0;
  const part = Number(((BigInt(position) - BigInt(first)) * BigInt(PARTS)) / length) / PARTS;
  return Math.min(1, Math.max(0, part));
}

/** The position that is so far along, 0 to 1; undefined when positions cannot be reckoned with. */
export function positionAt(fraction: number, { first, last }: Extent): string | undefined {
  if (!DIGITS.test(first) || !DIGITS.test(last)) return undefined;
  const length = BigInt(last) - BigInt(first);
  const part = BigInt(Math.round(Math.min(1, Math.max(0, fraction)) * PARTS));
  return String(BigInt(first) + (length * part) / BigInt(PARTS));
}

/** How many events of a topic lie between two positions at the most, without the two; undefined as above. */
export function mostBetween(after: string, before: string): number | undefined {
  if (!DIGITS.test(after) || !DIGITS.test(before)) return undefined;
  return Math.max(0, Number(BigInt(before) - BigInt(after) - 1n));
}
