/** The timestamps a read asks for, both ends included, within int64. */
export interface TimeWindow {
  readonly least: bigint;
  readonly greatest: bigint;
}

const LEAST_INT64 = -(2n ** 63n);
const GREATEST_INT64 = 2n ** 63n - 1n;

/** `from <= timestamp < to`, either of which may be absent, as a window. */
export function timeWindow(from: bigint | undefined, to: bigint | undefined): TimeWindow {
  return {
    least: from === undefined || from < LEAST_INT64 ? LEAST_INT64 : from,
    greatest: to === undefined || to > GREATEST_INT64 ? GREATEST_INT64 : to - 1n,
  };
}

/** Whether no int64 timestamp can lie in the window. */
export function isEmpty({ least, greatest }: TimeWindow): boolean {
  return least > greatest || least > GREATEST_INT64 || greatest < LEAST_INT64;
}

/** The window as two int64 timestamps: the first is behind the second where there is none between. */
export function int64Window(from: bigint | undefined, to: bigint | undefined): TimeWindow {
  const window = timeWindow(from, to);
  return isEmpty(window) ? { least: 1n, greatest: 0n } : window;
}

export function isInt64(timestamp: bigint): boolean {
  return timestamp >= LEAST_INT64 && timestamp <= GREATEST_INT64;
}
