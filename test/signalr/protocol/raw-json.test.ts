import { decode } from '@msgpack/msgpack';
import fc from 'fast-check';
import { RawJson } from '../../../src/signalr';
import { JsonProtocol } from '../../../src/signalr/protocol/json-protocol';
import { MessagePackProtocol } from '../../../src/signalr/protocol/messagepack-protocol';
import { MESSAGE_TYPE } from '../../../src/signalr/protocol/hub-messages';

const SEED = 20261;
const json = new JsonProtocol();
const messagePack = new MessagePackProtocol();
const NANOSECONDS = '1618133869000000001';

/** The JSON text of a written result, without the message around it. */
function writeJson(result: unknown): string {
  const text = json.write({ type: MESSAGE_TYPE.Completion, invocationId: '1', result });
  return text.slice('{"type":3,"invocationId":"1","result":'.length, -'}\x1e'.length);
}

/** The bytes of a written result, without the message around it, which must be shorter than 128 bytes. */
function writeHex(result: unknown): string {
  const bytes = messagePack.write({ type: MESSAGE_TYPE.Completion, invocationId: '1', result });
  return bytes.subarray('00950380a13103'.length / 2).toString('hex');
}

describe('RawJson', () => {
  it.each([
    [NANOSECONDS],
    ['-9223372036854775808'],
    ['1e400'],
    ['0.10'],
    ['"a\\u0041\\n\\/"'],
    ['true'],
    ['null'],
    [' \r\n[ 1 ,\t{ "a" : [ ] , "a" : { } } ]\n'],
    ['"ü\u2028😀\u007f"'],
    ['{"__proto__":1}'],
  ])('is written as it is in JSON: %j', (text) => {
    expect(new RawJson(text).text).toBe(text);
    expect(new RawJson(Buffer.from(text)).text).toBe(text);
    expect(String(new RawJson(text))).toBe(text);
    expect(writeJson(new RawJson(text))).toBe(text);
    expect(writeJson({ a: [new RawJson(text), 1] })).toBe(`{"a":[${text},1]}`);
  });

  it('takes any text that JSON.parse takes, and no other', () => {
    const token = fc.constantFrom(...'[]{},:"0123456789.eE+-\\u/ \n\t\x1e\x00aé'.split(''), 'true', 'null', '"a"', '1');
    const text = fc.oneof(
      fc.json(),
      fc.array(token, { maxLength: 12 }).map((tokens) => tokens.join('')),
    );
    fc.assert(
      fc.property(text, (candidate) => {
        let valid = true;
        try {
          JSON.parse(candidate);
        } catch {
          valid = false;
        }
        if (valid) expect(new RawJson(candidate).text).toBe(candidate);
        else expect(() => new RawJson(candidate)).toThrow(TypeError);
      }),
      { seed: SEED, numRuns: 1500 },
    );
  });

  const malformed = 'the text is not well-formed JSON, at character';
  it.each<[string, string | Uint8Array, string]>([
    ['nothing', '', `${malformed} 0`],
    ['white space', ' \n', `${malformed} 2`],
    ['two values', '1 2', `${malformed} 2`],
    ['a record separator behind the value', '1\x1e', `${malformed} 1`],
    ['a record separator in a string', '"a\x1eb"', `${malformed} 2`],
    ['a line break in a string', '["\n"]', `${malformed} 2`],
    ['an array without end', '[1', `${malformed} 2`],
    ['an array with a comma at its end', '[1,]', `${malformed} 3`],
    ['a property without a name', '{1:2}', `${malformed} 1`],
    ['a property without a colon', '{"a" 2}', `${malformed} 5`],
    ['a property without a value', '{"a":}', `${malformed} 5`],
    ['a string without end', '"a', `${malformed} 2`],
    ['a string that ends in a backslash', '"\\', `${malformed} 2`],
    ['an unknown escape', '"\\x"', `${malformed} 2`],
    ['an escape of three digits', '"\\u00e"', `${malformed} 3`],
    ['a leading zero', '01', `${malformed} 1`],
    ['a plus sign', '+1', `${malformed} 0`],
    ['a fraction without digits', '1.', `${malformed} 1`],
    ['an exponent without digits', '[1e]', `${malformed} 2`],
    ['a hexadecimal number', '0x1', `${malformed} 1`],
    ['NaN', 'NaN', `${malformed} 0`],
    ['a comment', '1//', `${malformed} 1`],
    ['single quotes', "'a'", `${malformed} 0`],
    ['a byte order mark', '\ufeff1', `${malformed} 0`],
    ['a lone surrogate', '["\ud800"]', 'the text holds a lone surrogate, at character 2'],
    ['surrogates in the wrong order', '"\udc00\ud800"', 'the text holds a lone surrogate, at character 1'],
    ['bytes that are not UTF-8', Buffer.of(0x22, 0xff, 0x22), 'the bytes are not valid UTF-8'],
    ['too deep a nesting', '['.repeat(501), 'the text is nested deeper than 500, at character 500'],
  ])('refuses %s', (_, text, reason) => {
    expect(() => new RawJson(text)).toThrow(new TypeError(`RawJson: ${reason}`));
  });

  it('is not written by JSON.stringify, which would change its numbers', () => {
    const raw = new RawJson(NANOSECONDS);
    expect(() => JSON.stringify({ raw })).toThrow(new TypeError('JSON.stringify cannot write a RawJson; use its text'));
    expect(() => JSON.stringify({ toJSON: () => raw })).toThrow(TypeError);
  });
});

describe('RawJson › in MessagePack', () => {
  it.each([
    [NANOSECONDS, 'cf1674c42e3cc60201'],
    ['18446744073709551615', 'cfffffffffffffffff'],
    ['-9223372036854775808', 'd38000000000000000'],
    ['9007199254740991', 'cf001fffffffffffff'],
    ['-1', 'ff'],
    ['-0', '00'],
    ['1.0', '01'],
    ['1e3', 'cd03e8'],
    ['0.1', 'cb3fb999999999999a'],
    ['1e300', 'cb7e37e43c8800759c'],
    ['18446744073709552000', 'cb43f0000000000000'],
    ['true', 'c3'],
    [' null ', 'c0'],
    ['"a\\u0041\\"\\\\"', 'a46141225c'],
    ['[ ]', '90'],
    ['[1,[false]]', '920191c2'],
    ['{ }', '80'],
    ['{ "a" : 1 , "b" : "ü" }', '82a16101a162a2c3bc'],
    ['{"a":1,"a":2}', '81a16102'],
    ['{"__proto__":1}', '81a95f5f70726f746f5f5f01'],
  ])('is the same value: %s', (text, hex) => {
    expect(writeHex(new RawJson(text))).toBe(hex);
    expect(writeHex([{ a: new RawJson(text) }])).toBe(`9181a161${hex}`);
  });

  it('is what its text says, whatever that is', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        const text = JSON.stringify(value);
        fc.pre(!text.includes('__proto__'));
        const bytes = messagePack.write({ type: MESSAGE_TYPE.StreamItem, invocationId: '1', item: new RawJson(text) });
        const prefix = bytes.findIndex((byte) => byte < 0x80) + 1;
        expect((decode(bytes.subarray(prefix)) as unknown[])[3]).toEqual(JSON.parse(text));
      }),
      { seed: SEED, numRuns: 300 },
    );
  });

  it.each([
    ['an integer above 64 bits', '18446744073709551616'],
    ['an integer below 64 bits', '-9223372036854775809'],
    ['a number beyond 64-bit floats', '[1e999]'],
    ['an escaped lone surrogate', '"\\ud800"'],
  ])('has no form for %s, which JSON has', (_, text) => {
    expect(writeJson(new RawJson(text))).toBe(text);
    expect(() => writeHex(new RawJson(text))).toThrow(TypeError);
  });

  it('counts what lies around it against the greatest depth', () => {
    const raw = new RawJson('['.repeat(500) + ']'.repeat(500));
    expect(() => messagePack.write({ type: MESSAGE_TYPE.Completion, invocationId: '1', result: raw })).not.toThrow();
    expect(() => writeHex([raw])).toThrow('a value that is nested deeper than 500 has no MessagePack form');
  });
});

describe('a result with a bigint or a RawJson', () => {
  const raw = new RawJson(NANOSECONDS);

  it.each<[string, unknown, string]>([
    ['a bigint', 1618133869000000001n, NANOSECONDS],
    ['a bigint of more than 64 bits', -(2n ** 100n), '-1267650600228229401496703205376'],
    ['a bigint in an object', { a: [2n ** 60n] }, '{"a":[1152921504606846976]}'],
    ['a boxed bigint', [Object(5n)], '[5]'],
    ['an object whose toJSON gives a RawJson', { toJSON: () => raw }, NANOSECONDS],
    ['an object whose toJSON gives a bigint', [{ toJSON: () => 1n }], '[1]'],
    ['a toJSON that is told its name', [1n, { toJSON: (name: string) => name }], '[1,"1"]'],
    ['a property that is undefined', { u: undefined, raw }, `{"raw":${NANOSECONDS}}`],
    ['a zero with a sign', [-0, raw], `[0,${NANOSECONDS}]`],
    ['boxed values', [Object(1), Object('a'), Object(true), raw], `[1,"a",true,${NANOSECONDS}]`],
    ['a date', [new Date(0), raw], `["1970-01-01T00:00:00.000Z",${NANOSECONDS}]`],
    ['names and texts to be escaped', { 'ü"\n': '\x1e', raw }, `{"ü\\"\\n":"\\u001e","raw":${NANOSECONDS}}`],
    ['names that are integers', { b: raw, 2: 1, 1: 1 }, `{"1":1,"2":1,"b":${NANOSECONDS}}`],
    ['the same twice', [[raw, raw], raw], `[[${NANOSECONDS},${NANOSECONDS}],${NANOSECONDS}]`],
  ])('is written as JSON.stringify would, but exactly: %s', (_, result, text) => {
    expect(writeJson(result)).toBe(text);
  });

  it('is written as JSON.stringify writes what has neither', () => {
    const anything = fc.anything({ withDate: true, withBoxedValues: true });
    fc.assert(
      fc.property(anything, (value) => {
        const text: unknown = JSON.stringify([value]);
        let written: string;
        try {
          written = writeJson([value, raw]);
        } catch (error) {
          // What becomes null or nothing there is refused here.
          expect(error).toBeInstanceOf(TypeError);
          return;
        }
        expect(written).toBe(`${String(text).slice(0, -1)},${NANOSECONDS}]`);
      }),
      { seed: SEED, numRuns: 1000 },
    );
  });

  it('throws when it contains itself', () => {
    const circular: unknown[] = [1n];
    circular.push({ circular });
    expect(() => writeJson(circular)).toThrow('at [1]["circular"]: a value that contains itself has no JSON form');
  });

  it('throws what a property throws', () => {
    const result = {
      get a(): never {
        throw new TypeError('mine');
      },
    };
    expect(() => writeJson(result)).toThrow(new TypeError('mine'));
  });
});
