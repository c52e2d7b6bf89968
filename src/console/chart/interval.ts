/** Lengths of buckets, in nanoseconds, so that labels of buckets are round times. */
const LENGTHS: readonly bigint[] = [
  ...Array.from({ length: 9 }, (_, exponent) => [1n, 2n, 5n].map((digit) => digit * 10n ** BigInt(exponent))).flat(),
  ...[1n, 2n, 5n, 10n, 15n, 30n].map((seconds) => seconds * 1_000_000_000n),
  ...[1n, 2n, 5n, 10n, 15n, 30n].map((minutes) => minutes * 60_000_000_000n),
  ...[1n, 2n, 3n, 6n, 12n].map((hours) => hours * 3_600_000_000_000n),
  ...[1n, 2n, 7n, 30n, 90n, 365n, 3650n].map((days) => days * 86_400_000_000_000n),
];

const UNITS = [
  ['d', 86_400_000_000_000n],
  ['h', 3_600_000_000_000n],
  ['m', 60_000_000_000n],
  ['s', 1_000_000_000n],
  ['ms', 1_000_000n],
  ['us', 1_000n],
  ['ns', 1n],
] as const;

/** A stretch of time: `from` ≤ t < `to`, in nanoseconds since 1970. */
export interface TimeRange {
  readonly from: bigint;
  readonly to: bigint;
}

/** How much of an axis is on either side of an instant. */
const BESIDE_INSTANT = 30_000_000_000n;

/** A range of one instant, of which no axis can be drawn, reaches to both sides of it; any other is as it is. */
export function aroundInstant({ from, to }: TimeRange): TimeRange {
  return to - from > 1n ? { from, to } : { from: from - BESIDE_INSTANT, to: from + BESIDE_INSTANT };
}

/** The shortest round length of which a range has at most so many. */
export function bucketLength({ from, to }: TimeRange, most: number): bigint {
  const least = (to - from) / BigInt(Math.max(1, most));
  return LENGTHS.find((length) => length >= least) ?? LENGTHS.at(-1)!;
}

/** A length as the query parameter `interval` takes it, and as people read it: `90s`, `1h`. */
export function intervalText(length: bigint): string {
  const [unit, size] = UNITS.find(([, size]) => length % size === 0n) ?? UNITS[UNITS.length - 1]!;
  return `${String(length / size)}${unit}`;
}
