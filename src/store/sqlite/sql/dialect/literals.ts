import { WriterHubError } from '../../../../errors';
import { bare, type Expression, type Literal } from './nodes';

/** The literal that an expression is, with a sign in front of a number. */
export function literalOf(expression: Expression): { readonly is: Literal['is']; readonly text: string } | undefined {
  const inner = bare(expression);
  if (inner.kind === 'literal') return inner;
  if (inner.kind !== 'unary' || inner.operator !== '-') return undefined;
  const number = bare(inner.operand);
  const isNumber = number.kind === 'literal' && (number.is === 'integer' || number.is === 'float');
  return isNumber ? { is: number.is, text: `-${number.text}` } : undefined;
}

const ESCAPES: Readonly<Record<string, string>> = {
  b: '\b',
  f: '\f',
  r: '\r',
  n: '\n',
  t: '\t',
  a: '\u0007',
  v: '\v',
  e: '\u001B',
  '\\': '\\',
  "'": "'",
};

/** What ClickHouse reads where a text holds backslashes. */
export function unescape(text: string): string {
  if (/(?:^|[^\\])(?:\\\\)*\\$/.test(text)) {
    throw refused('a backslash before the closing quote is part of an escape in ClickHouse; write char(92) for one');
  }
  return text.replace(/\\([^])/g, (both, sign: string) => {
    if (sign === '0' || sign === 'x') throw refused(`${both} in a text is not read here; write char(…)`);
    return ESCAPES[sign] ?? both;
  });
}

const TIME = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(?:\s*(Z|[+-]\d\d:?\d\d))?)?$/;

/** The text by which a time column holds the instant in a literal. Throws `invalid_sql`. */
export function timeText(text: string, precision: number): string {
  const match = TIME.exec(text.trim());
  if (match === null) throw noTime(text);
  const [, year, month, day, hour = '00', minute = '00', second = '00', fraction = '', zone = 'Z'] = match;
  const utc = Date.parse(`${year!}-${month!}-${day!}T${hour}:${minute}:${second}Z`);
  const valid = !Number.isNaN(utc) && new Date(utc).toISOString().startsWith(`${year!}-${month!}-${day!}`);
  if (!valid) throw noTime(text);
  if (/[^0]/.test(fraction.slice(precision))) {
    throw refused(`${excerpt(text)} is finer than the column, which holds ${precision} digits of a second; round it`);
  }
  return instantText(utc - offsetOf(zone), fraction, precision);
}

/** The same for seconds since 1970. */
export function secondsText(digits: string, precision: number): string {
  const seconds = Number(digits);
  if (!Number.isSafeInteger(seconds) || Math.abs(seconds) > 253402300799) {
    throw refused(`${digits} is no time in seconds since 1970; write '2024-03-10 10:00:00'`);
  }
  return instantText(seconds * 1000, '', precision);
}

/** The text by which a date column holds a day. Throws `invalid_sql`. */
export function dateText(text: string): string {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) throw refused(`${excerpt(text)} is no date; write '2024-03-10', or date(…)`);
  return timeText(text, 0).slice(0, 10);
}

function instantText(milliseconds: number, fraction: string, precision: number): string {
  const seconds = new Date(milliseconds).toISOString().slice(0, 19).replace('T', ' ');
  return precision === 0 ? seconds : `${seconds}.${fraction.padEnd(precision, '0').slice(0, precision)}`;
}

function offsetOf(zone: string): number {
  if (zone === 'Z') return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000;
}

function noTime(text: string): WriterHubError {
  return refused(`${excerpt(text)} is no time; write '2024-03-10 10:00:00', or with T and a zone`);
}

function excerpt(text: string): string {
  return JSON.stringify(text.slice(0, 40));
}

export function refused(why: string): WriterHubError {
  return new WriterHubError('invalid_sql', why);
}
