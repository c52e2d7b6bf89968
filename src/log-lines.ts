import { pino } from 'pino';

const RED = '31';
const YELLOW = '33';
const GREEN = '32';
const GREY = '90';

/** From which level on which colour. */
const COLOURS: readonly (readonly [number, string])[] = [
  [50, RED],
  [40, YELLOW],
  [30, GREEN],
];

/** What a terminal would take for orders, or for the end of the line. */
const NOT_PRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** A text that is written as it is. */
const PLAIN = /^[\w./:@+*~%?&,;-]+$/;

/** An error as the log holds it. */
interface LoggedError {
  readonly stack?: unknown;
  readonly message?: unknown;
}

/** Writes a JSON line of the log for people: time, level, message, then what belongs to it; an error's stack below. */
export function readableLine(line: string, withColours: boolean): string {
  const { level, time, msg, err, ...fields } = JSON.parse(line) as Record<string, unknown>;
  const paint = (text: string, colour: string | undefined): string =>
    withColours && colour !== undefined ? `\u001b[${colour}m${text}\u001b[0m` : text;
  const number = typeof level === 'number' ? level : 0;
  const label = (pino.levels.labels[number] ?? String(number)).toUpperCase().padEnd(5);
  const colour = COLOURS.find(([least]) => number >= least)?.[1];
  const details = Object.entries(fields).map(([name, value]) => `${paint(`${name}=`, GREY)}${rendered(value)}`);
  const head = [paint(clockTime(time), GREY), paint(label, colour), printable(textOf(msg)), ...details].join(' ');
  return `${[head, ...stackOf(err)].join('\n')}\n`;
}

/** The time of day here. */
function clockTime(time: unknown): string {
  const date = new Date(typeof time === 'string' || typeof time === 'number' ? time : NaN);
  if (Number.isNaN(date.getTime())) return '--:--:--.---';
  const [hours, minutes, seconds] = [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) =>
    String(part).padStart(2, '0'),
  );
  return `${hours}:${minutes}:${seconds}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

function rendered(value: unknown): string {
  if (typeof value === 'string' && PLAIN.test(value)) return value;
  return printable(JSON.stringify(value));
}

function stackOf(error: unknown): string[] {
  if (typeof error !== 'object' || error === null) return [];
  const { stack, message } = error as LoggedError;
  return textOf(stack ?? message)
    .split('\n')
    .map((line) => `    ${printable(line)}`);
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === undefined ? '' : JSON.stringify(value);
}

function printable(text: string): string {
  return text.replace(NOT_PRINTABLE, (sign) => `\\u${sign.codePointAt(0)!.toString(16).padStart(4, '0')}`);
}
