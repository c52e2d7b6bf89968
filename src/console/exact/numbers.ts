/** Counts and sizes as people read them. What has to be exact stays its digits: see `nanoseconds.ts` and `json.ts`. */

const COUNT = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const SHORT = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 });
const UNITS = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'] as const;

/** `1,204,000` */
export function formatCount(count: number | bigint): string {
  return COUNT.format(count);
}

/** `1 event`, `1,204 events` */
export function formatNumberOf(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** `1.2M` */
export function formatShortCount(count: number): string {
  return SHORT.format(count);
}

/** `1.5 MB`: powers of 1000, three digits at most. */
export function formatBytes(bytes: number): string {
  let size = bytes;
  let unit = 0;
  while (size >= 999.5 && unit < UNITS.length - 1) {
    size /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2;
  return `${String(Number(size.toFixed(digits)))} ${UNITS[unit]!}`;
}

/** Events a second: `0`, `0.4`, `12`, `1.2K`. */
export function formatRate(rate: number): string {
  if (rate >= 1000) return formatShortCount(rate);
  if (rate >= 10) return String(Math.round(rate));
  return String(Number(rate.toFixed(1)));
}

/** How long something took: `12 ms`, `1.2 s`. */
export function formatElapsed(seconds: number): string {
  return seconds < 1 ? `${Math.max(1, Math.round(seconds * 1000))} ms` : `${seconds.toFixed(1)} s`;
}

const SINCE: readonly (readonly [number, string])[] = [
  [86_400, 'd'],
  [3600, 'h'],
  [60, 'min'],
  [1, 's'],
];

/** How long ago, in the largest whole unit: `5 min ago`; `now` below a second. Both in milliseconds since 1970. */
export function formatAgo(then: number, now: number): string {
  const seconds = (now - then) / 1000;
  const [size, unit] = SINCE.find(([least]) => seconds >= least) ?? [0, ''];
  return size === 0 ? 'now' : `${Math.floor(seconds / size)} ${unit} ago`;
}
