/** Where January 1970 ends, in nanoseconds. */
const JANUARY_1970 = 31n * 24n * 3600n * 1_000_000_000n;

/** From which number on a time of 1973 or later is in a unit, the largest first; as the server warns its senders. */
const UNITS = [
  { least: 100_000_000_000_000n, unit: 'microseconds', factor: 1_000n },
  { least: 100_000_000_000n, unit: 'milliseconds', factor: 1_000_000n },
  { least: 100_000_000n, unit: 'seconds', factor: 1_000_000_000n },
] as const;

/** The unit that a timestamp seems to be in, and what it is in nanoseconds then. */
export interface EvidentUnit {
  readonly unit: (typeof UNITS)[number]['unit'];
  readonly nanoseconds: bigint;
}

/**
 * Which other unit a timestamp evidently is in: as nanoseconds it lies in January 1970, where present-day times in
 * seconds, milliseconds and microseconds lie. Undefined for all others.
 */
export function evidentUnit(timestamp: bigint): EvidentUnit | undefined {
  if (timestamp >= JANUARY_1970) return undefined;
  const found = UNITS.find(({ least }) => timestamp >= least);
  return found && { unit: found.unit, nanoseconds: timestamp * found.factor };
}
