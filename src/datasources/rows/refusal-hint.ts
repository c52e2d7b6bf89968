import { JSON_BYTES } from '../../json/json-bytes';
import { kindOf } from '../../json/json-kind';
import { type CompiledType, READING } from './compiled-type';

const { QUOTE, BACKSLASH, LETTER_T, LETTER_F, LETTER_N, UPPER_I, UPPER_N, MINUS, ZERO, NINE } = JSON_BYTES;
const { STRING, INTEGER, FLOAT, DATE_TIME, DATE, BOOL, DECIMAL, UUID, FIXED_STRING, ARRAY, MAP } = READING;

/** How much of a text is looked at. */
const LOOKED_AT = 100;

const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;
const WHOLE = /^-?\d+$/;

/** The start of a day, and what may stand behind it. */
const DAY = /^(\d{4})-(\d\d)-(\d\d)(?:$|[Tt ](.*)$)/;
const CLOCK = /^(\d\d):(\d\d)(?::(\d\d)([.,]\d*)?)?(.*)$/;

const ZONE = /^(Z|z|[+-]([01]\d|2[0-3])(:?[0-5]\d)?)$/;

const NO_NUMBER = 'JSON has no such number: send null, or leave the field out';

const DAY_FORM = 'write it as "2024-01-23"';
const TIME_FORM = 'write ISO 8601, such as "2024-01-23 10:30:00" or "2024-01-23T10:30:00Z"';

/**
 * Why the value that begins at an offset is not of a type, where the name of the type does not say it: what to send
 * instead. Empty where nothing is known. It is for what has been refused already, and costs accepted values nothing.
 */
export function refusalHint(type: CompiledType, text: Buffer, start: number): string {
  const byte = text[start] ?? 0;
  if (byte === LETTER_N) return '';
  if (byte === QUOTE) return ofText(type, textAt(text, start));
  if (byte === LETTER_T || byte === LETTER_F) return ofBoolean(type);
  if (byte === UPPER_N || byte === UPPER_I || (byte === MINUS && text[start + 1] === UPPER_I)) return NO_NUMBER;
  if (byte === MINUS || (byte >= ZERO && byte <= NINE)) return ofNumber(type);
  return wanted(type, `it is ${kindOf(byte)}`);
}

/** What a string holds, as far as it is looked at and has no escapes. */
function textAt(text: Buffer, start: number): string {
  let end = start + 1;
  while (end < text.length && end <= start + LOOKED_AT && text[end] !== QUOTE && text[end] !== BACKSLASH) end++;
  return text.toString('utf8', start + 1, end);
}

function ofText(type: CompiledType, text: string): string {
  // eslint-disable-next-line @typescript-eslint/switch-exhaustiveness-check -- all others want no text
  switch (type.code) {
    case DATE_TIME:
      return ofTime(
        text,
        TIME_FORM,
        type.textsOnly ? 'digits in a text are no time' : 'digits in a text: send a number',
      );
    case DATE:
      return ofTime(text, DAY_FORM, 'digits in a text are no day');
    case INTEGER:
      return WHOLE.test(text) && !isWithin(type, text)
        ? `it is out of range (${type.least} to ${type.greatest})`
        : numberInText(text);
    case FLOAT:
      return numberInText(text);
    case BOOL:
      return /^(true|false)$/i.test(text) ? `it is a text: send ${text.toLowerCase()} without quotes` : 'it is a text';
    case UUID:
      return 'a UUID has 32 hexadecimal digits, such as "123e4567-e89b-12d3-a456-426614174000"';
    default:
      return wanted(type, 'it is a text');
  }
}

function isWithin({ least, greatest }: CompiledType, digits: string): boolean {
  const value = BigInt(digits);
  return value >= least && value <= greatest;
}

function numberInText(text: string): string {
  return NUMBER.test(text) || WHOLE.test(text) ? 'digits in a text: send a number' : 'it is a text, and no number';
}

function ofTime(text: string, form: string, digits: string): string {
  if (text === '') return 'an empty text is no time: leave the field out, or send null to a Nullable column';
  if (WHOLE.test(text)) return `${digits}; or ${form}`;
  if (/^([+-]\d{4,}|\d{5,}|0000)-\d\d-/.test(text)) return 'years go from 0001 to 9999';
  const [, year, month, day, clock] = DAY.exec(text) ?? [];
  if (year === undefined) return form;
  const days = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
  if (Number(month) < 1 || Number(month) > 12) return 'months go from 01 to 12';
  if (Number(day) < 1 || Number(day) > days) return 'there is no such day';
  return (clock === undefined ? undefined : ofClock(clock)) ?? form;
}

function ofClock(text: string): string | undefined {
  const [, hour, minute, second, , zone = ''] = CLOCK.exec(text) ?? [];
  if (hour === undefined) return undefined;
  if (hour === '24') return 'hours go from 00 to 23: write 00:00:00 of the next day';
  if (Number(hour) > 23) return 'hours go from 00 to 23';
  if (Number(minute) > 59) return 'minutes go from 00 to 59';
  if (second === '60') return 'a leap second, second 60, is not kept: write 59 or 00 of the next minute';
  if (Number(second) > 59) return 'seconds go from 00 to 59';
  if (second === undefined) return 'it has no seconds: write them as well';
  if (/\[/.test(zone)) return 'it names a zone in brackets: write Z or an offset such as +02:00 alone';
  if (zone === '') return undefined;
  return ZONE.test(zone)
    ? 'in UTC it is outside the years 0001 to 9999'
    : 'its zone is none of Z, +02:00, +0200 and +02';
}

function ofBoolean(type: CompiledType): string {
  const isNumber = type.code === INTEGER || type.code === FLOAT || type.code === DECIMAL;
  return isNumber
    ? 'it is a truth value: send 1 or 0, or push the column as Bool'
    : wanted(type, 'it is a truth value');
}

function ofNumber(type: CompiledType): string {
  if (type.code === STRING) {
    return 'it is a number, and texts alone are taken, also where the column was inferred from texts, times and numbers: send it in quotes';
  }
  return type.code === BOOL ? 'of numbers only 0 and 1 are truth values' : wanted(type, 'it is a number');
}

function wanted({ code }: CompiledType, found: string): string {
  if (code === ARRAY) return `${found}, not an array`;
  if (code === MAP) return `${found}, not an object`;
  if (code === STRING || code === FIXED_STRING) return `${found}: send it in quotes`;
  return found;
}
