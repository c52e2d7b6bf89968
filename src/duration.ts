import { WriterHubError } from './errors';

const SECONDS_PER_UNIT = { s: 1, m: 60, h: 3_600, d: 86_400 } as const;

/** A hundred years; for longer there is `never`. */
const LONGEST = 36_500 * SECONDS_PER_UNIT.d;

/**
 * Reads how long something lasts, such as `90s`, `15m`, `24h` or `30d`, and returns it in seconds; `undefined` for
 * `never`, which is when it ends. Throws `invalid_query`.
 */
export function parseDuration(text: string): number | undefined {
  if (text === 'never') return undefined;
  const [, digits, unit] = /^(\d+)([smhd])$/.exec(text) ?? [];
  if (digits === undefined || !isUnit(unit)) {
    throw new WriterHubError(
      'invalid_query',
      `"${text}" is not a duration: write a whole number and s, m, h or d, as in 24h, or never`,
    );
  }
  const seconds = Number(digits) * SECONDS_PER_UNIT[unit];
  if (seconds < 1 || seconds > LONGEST) {
    throw new WriterHubError(
      'invalid_query',
      `"${text}" is out of range: write what lasts from 1s to 36500d, or never`,
    );
  }
  return seconds;
}

/** The shortest text that `parseDuration` reads as this many seconds, a whole number from 1 on. */
export function formatDuration(seconds: number): string {
  const unit = (['d', 'h', 'm', 's'] as const).find((each) => seconds % SECONDS_PER_UNIT[each] === 0) ?? 's';
  return `${seconds / SECONDS_PER_UNIT[unit]}${unit}`;
}

function isUnit(text: string | undefined): text is keyof typeof SECONDS_PER_UNIT {
  return text !== undefined && Object.hasOwn(SECONDS_PER_UNIT, text);
}
