/** The timestamps a read asks for, both ends included, within int64. */
export interface TimeWindow {
  readonly least: bigint;
  readonly greatest: bigint;
}

const leastInt64 = -(2n ** 63n);
const greatestInt64 = 2n ** 63n - 1n;

/** `from <= timestamp < to`, either of which may be absent, as a window. */
export function timeWindow(from: bigint | undefined, to: bigint | undefined): TimeWindow {
  return {
    least: from === undefined || from < leastInt64 ? leastInt64 : from,
    greatest: to === undefined || to > greatestInt64 ? greatestInt64 : to - 1n,
  };
}

/** Whether no int64 timestamp can lie in the window. */
export function isEmpty({ least, greatest }: TimeWindow): boolean {
  return least > greatest || least > greatestInt64 || greatest < leastInt64;
}
