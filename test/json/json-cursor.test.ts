import { JsonCursor } from '../../src/json/json-cursor';

/** Reads one value of a text that goes on behind it, from an offset that is not its start. */
class Reader extends JsonCursor {
  constructor(text: string | Buffer, maxDepth = 8) {
    super(Buffer.from(text), maxDepth);
  }

  value(at: number): number {
    return this.skipValue(at, 0);
  }

  /** What is known of the string at an offset. */
  string(at: number): { end: number; escaped: boolean; loneSurrogate: boolean } {
    const end = this.skipString(at);
    return { end, escaped: this.escaped, loneSurrogate: this.loneSurrogate };
  }

  number(at: number): { end: number; fraction: boolean; exponent: boolean } {
    const end = this.skipNumber(at);
    return { end, fraction: this.fraction, exponent: this.exponent };
  }

  key(at: number): number {
    return this.skipColon(this.skipString(at));
  }

  decoded(start: number, end: number): string {
    return this.decode(start, end);
  }

  whole(): void {
    this.checkUtf8();
    this.checkEnd(this.skipValue(this.skipSpace(0), 0));
  }

  /** What is known of strings and numbers. */
  known(): boolean[] {
    return [this.escaped, this.loneSurrogate, this.fraction, this.exponent];
  }
}

function failure(text: string, maxDepth?: number): string {
  try {
    new Reader(text, maxDepth).whole();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return 'none';
}

const VALUES = [
  'true',
  'false',
  'null',
  '0',
  '-0',
  '-12.5e+30',
  '""',
  '"a b"',
  '{}',
  '[]',
  '{ \t\r\n}',
  '[ \t\r\n]',
  '{"a":{},"b":[]}',
  '[[],{},[0,1]]',
  ' { "a" : [ 1 , "b" , null ] , "c" : { "d" : false } } '.trim(),
  '\r\n[\r\n\ttrue\t,\r\n\tfalse\r\n]'.trim(),
];

describe('JsonCursor › values', () => {
  it.each(VALUES)('ends behind %s, whatever is before and behind it', (value) => {
    for (const behind of ['', ',', ']', '}', ' ', 'x', '"', '{}', '\u00ff']) {
      expect(new Reader(`,,${value}${behind}`).value(2)).toBe(2 + value.length);
    }
  });

  it.each(VALUES.filter((value) => !/^-?\d/.test(value)))('says where %s ends too early', (value) => {
    for (let length = 0; length < value.length; length += 1) {
      expect(failure(value.slice(0, length))).toBe(
        `malformed JSON at byte ${length}: the text ends before its value does`,
      );
    }
  });

  it.each([' ', '\t', '\n', '\r', ' \t\r\n \t\r\n'])(
    'takes %j for white space before, in and behind a value',
    (space) => {
      expect(
        failure(`${space}[${space}1${space},${space}{${space}"a"${space}:${space}2${space}}${space}]${space}`),
      ).toBe('none');
    },
  );

  it.each(['\v', '\f', '\0', '\u00a0', '\u2028', '\ufeff'])('does not take %j for white space', (space) => {
    for (const text of [`${space}1`, `1${space}`, `[${space}1]`, `[1${space}]`]) expect(failure(text)).not.toBe('none');
  });

  it('counts the nesting of arrays and objects together', () => {
    expect(failure('[{"a":[1]}]', 3)).toBe('none');
    expect(failure('[{"a":[1]}]', 2)).toBe('malformed JSON at byte 6: arrays and objects are nested more than 2 deep');
    expect(failure('[[],[],{},[]]', 2)).toBe('none');
  });

  it.each([
    ['[1 2]', 3, 'expected "," or "]", found "2"'],
    ['{"a" 1}', 5, 'expected ":", found "1"'],
    ['{"a":1 "b":2}', 7, 'expected "," or "}", found a quote'],
    ['{"a":1,}', 7, 'expected a property name in quotes, found "}"; the comma before it is one too many'],
    ['nulL', 3, 'expected the word null, found "L"'],
    ['[truee]', 5, 'expected "," or "]", found "e"'],
    ['1 !', 2, 'expected the end of the text, found "!"'],
    ['1 ~', 2, 'expected the end of the text, found "~"'],
    ['1 \x7f', 2, 'expected the end of the text, found byte 0x7f'],
    ['[\x01]', 1, 'expected a value, found byte 0x01'],
    ['"\\ "', 2, 'expected one of "\\/bfnrtu, found byte 0x20'],
    ['00', 0, 'a number begins with a needless 0'],
    ['-012', 1, 'a number begins with a needless 0'],
  ])('refuses %j and names what is found', (text, position, reason) => {
    expect(failure(text)).toBe(`malformed JSON at byte ${position}: ${reason}`);
  });

  it('takes the bytes of another array without copying them', () => {
    const bytes = new Uint8Array(Buffer.from('xx"é"x'));
    class Window extends JsonCursor {
      text_(): string {
        return this.decode(0, this.skipString(0));
      }
    }
    expect(new Window(bytes.subarray(2, 6), 1).text_()).toBe('é');
  });
});

describe('JsonCursor › strings', () => {
  it.each<[string, boolean, boolean]>([
    ['', false, false],
    [' !~', false, false],
    ['é€😀\x7f', false, false],
    ...['"', '\\', '/', 'b', 'f', 'n', 'r', 't'].map((letter): [string, boolean, boolean] => [
      `\\${letter}`,
      true,
      false,
    ]),
    ['\\u0000', true, false],
    ['\\ud7ff', true, false],
    ['\\ue000', true, false],
    ['\\uFFFF', true, false],
    ['\\ud800', true, true],
    ['\\udbff', true, true],
    ['\\udc00', true, true],
    ['\\uDFFF', true, true],
    ['\\ud800\\udc00', true, false],
    ['\\uDBFF\\uDFFF', true, false],
    ['\\ud83d\\ude00\\ud83d', true, true],
    ['\\ud83d\\ud83d\\ude00', true, true],
    ['\\ud83dx', true, true],
    ['\\ud83d\\n', true, true],
    ['\\ud83d\\\\ude00', true, true],
    ['\\ud83dxude00', true, true],
    ['\\ud83d\\udbff', true, true],
    ['\\ud83d\\ue000', true, true],
    ['\\ud83d\\u0041', true, true],
    ['\\ude00\\ude00', true, true],
    ['\\udc00\\udc00', true, true],
  ])('knows of "%s" whether it has escapes (%s) and a lone surrogate (%s)', (inner, escaped, loneSurrogate) => {
    const reader = new Reader(`["\\ud800","a","${inner}",`);
    expect(reader.string(1)).toMatchObject({ escaped: true, loneSurrogate: true });
    const end = 14 + Buffer.byteLength(inner) + 2;
    expect(reader.string(14)).toEqual({ end, escaped, loneSurrogate });
    expect(reader.decoded(14, end)).toBe(JSON.parse(`"${inner}"`));
    expect(reader.string(10)).toMatchObject({ end: 13, escaped: false, loneSurrogate: false });
  });

  it('takes hexadecimal digits in either case, and nothing next to them', () => {
    const isDigit = (character: string): boolean => failure(`"\\u${character.repeat(4)}"`) === 'none';
    const ascii = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index));
    expect(ascii.filter((character) => /["\\]/.test(character) || isDigit(character)).join('')).toBe(
      '"0123456789ABCDEF\\abcdef',
    );
    for (const one of '09afAF') expect(failure(`"\\ud83d\\ude0${one}"`)).toBe('none');
  });

  it('takes after a backslash what RFC 8259 names, and nothing else', () => {
    const letters = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte));
    expect(letters.filter((letter) => failure(`"\\${letter}"!`).startsWith('malformed JSON at byte 4:')).join('')).toBe(
      '"/\\bfnrt',
    );
  });

  it('refuses control characters, and takes what is next to them', () => {
    expect(failure('"\x1f"')).toBe(
      'malformed JSON at byte 1: a string holds the control character byte 0x1f unescaped',
    );
    expect(failure('" \x7f"')).toBe('none');
  });

  it('goes from a key to its value over the colon', () => {
    expect(new Reader('{"a":1}').key(1)).toBe(5);
    expect(new Reader('{"a" \n : \t1}').key(1)).toBe(10);
  });
});

describe('JsonCursor › numbers', () => {
  it.each([
    ['0', false, false],
    ['-0', false, false],
    ['1234567890', false, false],
    ['0.5', true, false],
    ['-10.0', true, false],
    ['1e5', false, true],
    ['1E5', false, true],
    ['1e+5', false, true],
    ['1E-5', false, true],
    ['1e05', false, true],
    ['-1.25e-30', true, true],
  ])('knows of %s whether it has a fraction (%s) and an exponent (%s)', (text, fraction, exponent) => {
    const reader = new Reader(`[1.5e5,1,${text}`);
    expect(reader.number(1)).toEqual({ end: 6, fraction: true, exponent: true });
    expect(reader.number(9)).toEqual({ end: 9 + text.length, fraction, exponent });
    expect(reader.number(7)).toEqual({ end: 8, fraction: false, exponent: false });
    expect(new Reader(`${text}]`).number(0).end).toBe(text.length);
    expect(new Reader(`${text}+`).number(0).end).toBe(text.length);
  });

  it.each(['-', '1.', '1e', '1e+', '1E-', '-1.', '0.0e'])('says that %s ends too early', (text) => {
    expect(failure(text)).toBe(`malformed JSON at byte ${text.length}: the text ends before its value does`);
  });

  it.each([
    ['-x', 1],
    ['1.x', 2],
    ['1.e5', 2],
    ['1ex', 2],
    ['1e+-5', 3],
    ['1e5.5', 3],
    ['1-', 1],
    ['--1', 1],
  ])('refuses %s', (text, position) => {
    expect(failure(text)).toMatch(new RegExp(`^malformed JSON at byte ${position}: `));
  });

  it('knows nothing before it has read', () => {
    expect(new Reader('1').known()).toEqual([false, false, false, false]);
  });
});
