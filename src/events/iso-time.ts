/**
 * ISO 8601 in its extended form with a zone, as RFC 3339, section 5.6, has it. Some languages leave out seconds that
 * are zero; a space may stand for the T.
 */
const FORM = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?(Z|z|[+-]\d\d(?::?\d\d)?)?$/;

/** The start of what is meant as a date, so that a refusal can say what is missing in it. */
const DATE = /^[+-]?\d{4,6}-\d\d-\d\d/;

/** Years that hold a time within int64 nanoseconds. */
const FIRST_YEAR = 1677;
const LAST_YEAR = 2262;

const NANOSECOND_DIGITS = 9;
const NANOSECONDS_PER_SECOND = 10n ** BigInt(NANOSECOND_DIGITS);

/** The most characters of a text that is looked at as a time. */
const LONGEST_TIME = 256;

const NO_SUCH = 'is a date, a time or an offset that there is not';

/** Why a text that is no time at all is refused. */
export const NO_TIME = 'is not an integer of nanoseconds, nor ISO 8601 with a zone';

/** Reads a time as nanoseconds since 1970, exactly; a text says why it is refused, as the end of a sentence. */
export function readIsoTime(text: string): bigint | string {
  const match = FORM.exec(text);
  if (match === null) return whyNot(text);
  const [, year = '', month = '', day = '', hour = '', minute = '', second = '00', fraction = '', zone] = match;
  if (zone === undefined) return 'has no zone, so it is not certain which instant it is: end it with Z or +02:00';
  if (Number(year) < FIRST_YEAR || Number(year) > LAST_YEAR) return 'is out of int64 nanoseconds: 1677 to 2262';
  if (second === '60') return 'is a leap second, which nanoseconds since 1970 do not count';
  const milliseconds = Date.UTC(+year, +month - 1, +day, +hour, +minute, +second);
  const offset = offsetOf(zone);
  // The 30th of February would be counted on to the 1st of March.
  const isDay = +month >= 1 && +month <= 12 && new Date(milliseconds).getUTCDate() === +day;
  if (!isDay || +hour > 23 || +minute > 59 || +second > 59 || offset === undefined) return NO_SUCH;
  const digits = fraction.padEnd(NANOSECOND_DIGITS, '0');
  if (/[1-9]/.test(digits.slice(NANOSECOND_DIGITS))) return 'is finer than nanoseconds: more than nine digits';
  const seconds = milliseconds / 1000 - offset;
  return BigInt(seconds) * NANOSECONDS_PER_SECOND + BigInt(digits.slice(0, NANOSECOND_DIGITS));
}

/** The digits of a time's nanoseconds, at most `room` of them; a text says why it is refused. */
export function isoTimeDigits(text: string, room: number): Buffer | string {
  const time = text.length > LONGEST_TIME ? NO_TIME : readIsoTime(text);
  if (typeof time === 'string') return time;
  if (BigInt.asIntN(64, time) !== time) return 'is out of int64';
  const digits = Buffer.from(String(time));
  // Only before 1939, where a minus sign comes in front of 19 digits.
  return digits.length > room ? 'has no seconds: write them as well' : digits;
}

/** In seconds; `undefined` when there is none such. */
function offsetOf(zone: string): number | undefined {
  if (zone === 'Z' || zone === 'z') return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(3).replace(':', ''));
  if (hours > 23 || minutes > 59) return undefined;
  const seconds = hours * 3600 + minutes * 60;
  return zone.startsWith('-') ? -seconds : seconds;
}

function whyNot(text: string): string {
  if (!DATE.test(text)) return NO_TIME;
  if (/^[+-]|^\d{5}/.test(text)) return 'is out of int64 nanoseconds: 1677 to 2262';
  if (text.length === '2024-05-06'.length) return 'is a date without a time: write 2024-05-06T00:00:00Z';
  if (text.endsWith(']')) return 'names a zone in brackets: end it with Z or an offset such as +02:00 alone';
  return 'is not ISO 8601 with a zone such as 2024-05-06T07:08:09.123456789Z';
}
