import { scanPackage } from '../../src/parameters/package-scanner';
import { canonical, LIMITS, scan } from './support/scanning';

/** Of the last days of 2017: in no other unit. */
const T = '1514764800000000000';

describe('scanPackage', () => {
  it('counts timestamps and samples, and finds the least and the greatest time', () => {
    const text = `{"epoch":1000,"timestamps":[${T},-5,7],"numericValues":{"Speed":[1,null,3],"Gear":[null,null,null]},
      "stringValues":{"Mood":["","b",null]},"binaryValues":{"Raw":["",null,"QQ=="]},"tagValues":{"lap":["1","2",null]}}`;
    expect(scan(text)).toMatchObject({
      count: 3,
      samples: 6,
      minTimestamp: 995n,
      maxTimestamp: BigInt(T) + 1000n,
    });
  });

  it('keeps a canonical text as it is, in the same memory', () => {
    const text = Buffer.from(
      `  { "timestamps" : [ ${T}, 1 ] ,\n"numericValues":{"a":[1.10, -0.0 ],"b":[1E+5,null]},"tagValues":{}} `,
    );
    const { json } = scan(text);
    expect(Buffer.from(json).toString()).toBe(text.toString().trim());
    expect(json.buffer).toBe(text.buffer);
  });

  it.each([
    [
      'PascalCase',
      '{"Epoch":1,"Timestamps":[1],"NumericValues":{"A":[1]}}',
      '{"epoch":1,"timestamps":[1],"numericValues":{"A":[1]}}',
    ],
    ['a member with escapes', '{"\\u0074imestamps":[1],"TagV\\u0061lues":{}}', '{"timestamps":[1],"tagValues":{}}'],
    ['digits in quotes', `{"epoch":"12","timestamps":["${T}","\\u0031",2]}`, `{"epoch":12,"timestamps":[${T},1,2]}`],
    [
      'ISO 8601',
      '{"timestamps":["2024-05-06T07:08:09.123456789+02:00","1969-12-31T23:59:59.999999999Z",3,"\\u0032021-04-11 09:37Z"]}',
      '{"timestamps":[1714972089123456789,-1,3,1618133820000000000]}',
    ],
    [
      'ISO 8601 beside an epoch of 0',
      '{"epoch":0,"timestamps":["2024-05-06T05:08:09Z"]}',
      '{"epoch":0,"timestamps":[1714972089000000000]}',
    ],
    [
      'ISO 8601 as epoch',
      '{"timestamps":[0,-1],"epoch":"2024-05-06T05:08:09Z"}',
      '{"timestamps":[0,-1],"epoch":1714972089000000000}',
    ],
    ['minus zero as a time', '{"epoch":-0,"timestamps":["-0",-0,0]}', '{"epoch":0,"timestamps":[0,0,0]}'],
    ['a null at the start', '{"epoch":null , "timestamps":[1]}', '{ "timestamps":[1]}'],
    ['a null in the middle', '{"timestamps":[1], "epoch":null, "tagValues":{}}', '{"timestamps":[1], "tagValues":{}}'],
    ['nulls at the end', '{"timestamps":[1],"tagValues":null,"numericValues":null}', '{"timestamps":[1]}'],
    [
      'base64 with escapes',
      '{"timestamps":[1],"binaryValues":{"a":["\\u002b\\/8="]}}',
      '{"timestamps":[1],"binaryValues":{"a":["+/8="]}}',
    ],
    ['a byte order mark', '\ufeff{"timestamps":[1]}', '{"timestamps":[1]}'],
  ])('writes %s canonically', (_, text, expected) => {
    expect(canonical(text)).toBe(expected);
    expect(canonical(expected)).toBe(expected);
  });

  it.each([
    [
      'numbers',
      '[-0,-0.0,1.10,1e-400,1.7976931348623157e308,123456789012345678901234567890.5,0E0,1e+2]',
      'numericValues',
    ],
    ['white space', '[ 1 ,\t2\n,\r3, 4 ,5,6,7,8 ]', 'numericValues'],
    ['strings', '["","null","000012","\\u0000","é","\\ud83d\\ude00","]","\\""]', 'stringValues'],
    ['base64', '["","QQ==","QUI=","QUJD","+/+/","AAAA","//8=",null]', 'binaryValues'],
  ])('keeps every character of %s', (_, column, member) => {
    const text = `{"timestamps":[1,2,3,4,5,6,7,8],"${member}":{"a":${column}}}`;
    expect(canonical(text)).toBe(text);
  });

  it('takes a number of many digits that a float can hold, and no other', () => {
    const column = (number: string) => `{"timestamps":[1],"numericValues":{"a":[${number}]}}`;
    const [held, beyond] = ['9'.repeat(308), '9'.repeat(310)];
    expect(canonical(column(held))).toBe(column(held));
    expect(canonical(column(`${held}.${beyond}`))).toBe(column(`${held}.${beyond}`));
    expect(() => canonical(column(beyond))).toThrow('beyond the range of 64-bit floats');
  });

  it('takes columns in front of the timestamps, and the epoch behind them', () => {
    const text = '{"numericValues":{"a":[1,2]},"timestamps":[5,6],"epoch":9223372036854775801}';
    expect(scan(text)).toMatchObject({ count: 2, minTimestamp: 2n ** 63n - 2n, maxTimestamp: 2n ** 63n - 1n });
  });

  it.each(['__proto__', '10', 'a.b', 'a/b', '\\u0061', ' ', 'ü'.repeat(127), 'x'.repeat(255), 'toString', '\\u0000'])(
    'takes the id %s, in every kind',
    (id) => {
      const columns = ['numeric', 'string', 'binary', 'tag'].map((kind) => `"${kind}Values":{"${id}":[null]}`);
      const text = `{"timestamps":[1],${columns.join(',')}}`;
      expect(canonical(text)).toBe(text);
    },
  );

  it.each(['{"timestamps":[]}', '{"timestamps":[ ],"numericValues":{"a":[]}}', '{"epoch":1,"Timestamps":[]}'])(
    'gives nothing for a package without timestamps: %s',
    (text) => {
      expect(scanPackage(Buffer.from(text), LIMITS)).toBeUndefined();
    },
  );

  it('takes timestamps without values', () => {
    expect(scan(`{"timestamps":[${T}]}`)).toMatchObject({ count: 1, samples: 0 });
  });
});

describe('scanPackage and times in January 1970', () => {
  const early = (text: string) => scan(text).early;

  it.each([
    ['seconds', '{"timestamps":[1618133869,1618133870]}', { count: 2, first: 1618133869 }],
    ['milliseconds as epoch', '{"epoch":1618133869000,"timestamps":[5,6]}', { count: 2, first: 1618133869005 }],
    ['an epoch behind them', '{"timestamps":[5,6],"epoch":1618133869000}', { count: 2, first: 1618133869005 }],
    ['digits in quotes', `{"timestamps":["\\u0035","${T}"]}`, { count: 1, first: 5 }],
    [
      'the last nanosecond',
      '{"timestamps":[2678399999999999,2678400000000000,-1]}',
      { count: 1, first: 2678399999999999 },
    ],
  ])('notices %s', (_, text, expected) => {
    expect(early(text)).toEqual(expected);
  });

  it.each([
    '{"timestamps":["1970-01-02T00:00:00Z"]}',
    `{"epoch":${T},"timestamps":[0,5]}`,
    '{"timestamps":[-5,2678400000000000]}',
    `{"timestamps":[${T}]}`,
  ])('notices nothing in %s', (text) => {
    expect(early(text)).toBeUndefined();
  });
});

describe('the shape of a package', () => {
  const shape = (values: string, shapeSeed = 7) => scan(`{"timestamps":[1],${values}}`, { shapeSeed }).shape;
  const speed = '"numericValues":{"Speed":[1],"Gear":[2]}';

  it('is the same for the same ids, whatever the values, the tags and the way of writing', () => {
    expect(shape(speed)).toBe(shape('"NumericValues": {"Sp\\u0065ed": [7.5], "Gear":[null]}, "tagValues":{"a":["b"]}'));
  });

  it.each([
    ['another kind', '"stringValues":{"Speed":["1"],"Gear":["2"]}'],
    ['another id', '"numericValues":{"Speed":[1],"Gears":[2]}'],
    ['one id less', '"numericValues":{"Speed":[1]}'],
    ['ids cut elsewhere', '"numericValues":{"SpeedG":[1],"ear":[2]}'],
  ])('differs for %s', (_, values) => {
    expect(shape(values)).not.toBe(shape(speed));
  });

  it('is an integer below 2^53, another one with another seed', () => {
    const shapes = Array.from({ length: 1000 }, (_, seed) => shape(speed, seed * 4_294_967));
    expect(shapes.every(Number.isSafeInteger)).toBe(true);
    expect(new Set(shapes).size).toBe(shapes.length);
  });

  it('has no collisions among many ids', () => {
    const shapes = Array.from({ length: 20_000 }, (_, n) => shape(`"numericValues":{"p${n}":[1]}`));
    expect(new Set(shapes).size).toBe(shapes.length);
  });
});
