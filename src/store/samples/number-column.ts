import type { ByteReader } from './byte-reader';
import type { ByteWriter } from './byte-writer';
import { OWN_MEMORY, type ColumnMemory } from './column-space';
import { LARGEST_INTEGER, readIntegers, writeIntegers } from './integer-column';
import { readTexts, writeTexts } from './text-column';

/** How a column of numbers is written: so that its texts come back, digit by digit. */
const FORMS = { TEXTS: 0, DOUBLES: 1, DECIMALS: 2, SHORTEST_DECIMALS: 3, MIXED_DECIMALS: 4 } as const;

/** The most places behind the point of numbers that are written as whole ones. */
const MOST_PLACES = 15;

const POWERS = Array.from({ length: MOST_PLACES + 1 }, (_, places) => 10 ** places);

/** Texts of numbers as whole numbers of a common unit, 10^-places. */
interface Decimals {
  readonly places: number;
  readonly units: Float64Array;
  /** How many places each has. */
  readonly own: Uint8Array;
}

/** Numbers, and the text of each. */
export interface Numbers {
  readonly values: Float64Array;
  /** Whether texts of equal doubles are the same number. */
  readonly isExact: boolean;
  readonly text: (index: number) => string;
}

/** Writes JSON texts of numbers, in the shortest form that keeps them. Their count is not written. */
export function writeNumbers(writer: ByteWriter, texts: readonly string[]): void {
  const decimals = toDecimals(texts);
  if (decimals !== undefined) {
    writeDecimals(writer, decimals);
  } else if (texts.every((text) => String(Number(text)) === text)) {
    writer.byte(FORMS.DOUBLES);
    for (const text of texts) writer.float64(Number(text));
  } else {
    writer.byte(FORMS.TEXTS);
    writeTexts(writer, texts);
  }
}

/** Reads so many numbers. */
export function readNumbers(reader: ByteReader, count: number, memory: ColumnMemory = OWN_MEMORY): Numbers {
  const form = reader.byte();
  if (form === FORMS.TEXTS) {
    const texts = readTexts(reader, count);
    return { values: Float64Array.from(texts, Number), isExact: false, text: (index) => texts[index]! };
  }
  if (form === FORMS.DOUBLES) {
    const values = Float64Array.from({ length: count }, () => reader.float64());
    return { values, isExact: true, text: (index) => String(values[index]!) };
  }
  const places = reader.byte();
  const units = readIntegers(reader, count, memory);
  const own = form === FORMS.MIXED_DECIMALS ? readIntegers(reader, count, memory) : undefined;
  const power = POWERS[places]!;
  // A quotient of two exact numbers is the nearest double, which is what the text means.
  const values = places === 0 ? units : quotients(units, power, memory.take(count));
  const placesOf = (index: number): number =>
    own?.[index] ?? (form === FORMS.DECIMALS ? places : shortestPlaces(units[index]!, places));
  return { values, isExact: true, text: (index) => decimalText(units[index]!, places, placesOf(index)) };
}

function quotients(units: Float64Array, power: number, values: Float64Array): Float64Array {
  for (let i = 0; i < units.length; i++) values[i] = units[i]! / power;
  return values;
}

function writeDecimals(writer: ByteWriter, { places, units, own }: Decimals): void {
  const isEqual = own.every((each) => each === places);
  const isShortest = !isEqual && own.every((each, index) => each === shortestPlaces(units[index]!, places));
  writer.byte(isEqual ? FORMS.DECIMALS : isShortest ? FORMS.SHORTEST_DECIMALS : FORMS.MIXED_DECIMALS);
  writer.byte(places);
  writeIntegers(writer, units);
  if (!isEqual && !isShortest) writeIntegers(writer, own);
}

/** `undefined` when one of the texts would not come back from a whole number. */
function toDecimals(texts: readonly string[]): Decimals | undefined {
  const own = new Uint8Array(texts.length);
  const units = new Float64Array(texts.length);
  let places = 0;
  for (let i = 0; i < texts.length; i++) {
    const text = texts[i]!;
    const point = text.indexOf('.');
    const behind = point < 0 ? 0 : text.length - point - 1;
    const whole = Number(point < 0 ? text : text.slice(0, point) + text.slice(point + 1));
    // An exponent makes it no whole number, or another one than its digits say.
    if (behind > MOST_PLACES || !isPlain(text) || Math.abs(whole) >= LARGEST_INTEGER) return undefined;
    if (whole === 0 && text[0] === '-') return undefined;
    own[i] = behind;
    units[i] = whole;
    if (behind > places) places = behind;
  }
  for (let i = 0; i < units.length; i++) {
    const unit = units[i]! * POWERS[places - own[i]!]!;
    if (Math.abs(unit) >= LARGEST_INTEGER) return undefined;
    units[i] = unit;
  }
  return { places, units, own };
}

const LETTER_E = 0x65;
const UPPER_E = 0x45;

/** Whether a number has no exponent. */
function isPlain(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === LETTER_E || code === UPPER_E) return false;
  }
  return true;
}

/** The least places that a whole number of units of 10^-places can be written with. */
function shortestPlaces(unit: number, places: number): number {
  let [rest, least] = [unit, places];
  while (least > 0 && rest % 10 === 0) {
    rest /= 10;
    least -= 1;
  }
  return least;
}

/** A whole number of units of 10^-places, with so many places of them. */
function decimalText(unit: number, places: number, own: number): string {
  const digits = String(Math.abs(unit) / POWERS[places - own]!);
  const sign = unit < 0 ? '-' : '';
  if (own === 0) return sign + digits;
  const padded = digits.padStart(own + 1, '0');
  return `${sign}${padded.slice(0, -own)}.${padded.slice(-own)}`;
}
