import { canonical, refusal } from './support/scanning';

/** Problems as `index path message`. */
const problems = (text: string): string[] =>
  (refusal(text).problems ?? []).map(({ index, path, message }) => `${index} ${path} ${message}`);

const T = '1514764800000000000';
const column = (member: string, values: string, count = 1): string =>
  `{"timestamps":[${Array.from({ length: count }, () => T).join(',')}],"${member}":{"Speed":${values}}}`;

describe('scanPackage refuses', () => {
  it.each([
    ['an array', '[]', '0 $ the text is an array, not a package'],
    ['a number', '7', '0 $ the text is a number, not a package'],
    ['null', 'null', '0 $ the text is null, not a package'],
    [
      'JSON in a string',
      '"{}"',
      '0 $ the text is a string, not a package; it is JSON that has been encoded twice: send what the string holds',
    ],
    ['no timestamps', '{}', '0 $.timestamps timestamps is missing'],
    ['timestamps of null', '{"timestamps":null}', '0 $.timestamps timestamps is missing'],
    ['timestamps that are no array', '{"timestamps":{}}', '0 $.timestamps timestamps is an object, not an array'],
    [
      'an unknown member',
      '{"timestamps":[],"values":1}',
      '0 $.values unknown property "values"; a package has epoch, timestamps, numericValues, stringValues, binaryValues, tagValues',
    ],
    ['a member twice', '{"timestamps":[],"Timestamps":[1]}', '0 $.timestamps timestamps is given twice'],
    ['a member twice, once null', '{"timestamps":[],"epoch":null,"epoch":1}', '0 $.epoch epoch is given twice'],
    [
      'columns that are no object',
      '{"timestamps":[],"tagValues":[]}',
      '0 $.tagValues tagValues is an array, not an object of arrays',
    ],
  ])('%s', (_, text, problem) => {
    expect(problems(text)).toEqual([problem]);
  });

  it.each([
    ['1.5', '1.5, not an integer of nanoseconds'],
    ['1.0', '1.0, not an integer of nanoseconds'],
    ['1e3', '1e3, with an exponent; write all digits of the nanoseconds'],
    ['9223372036854775808', '9223372036854775808, out of int64'],
    ['"-9223372036854775809"', '"-9223372036854775809", out of int64'],
    ['true', 'true, not an integer of nanoseconds'],
    ['[]', 'an array, not an integer of nanoseconds'],
  ])('%s as a timestamp and as epoch', (written, reason) => {
    expect(problems(`{"timestamps":[1,${written}]}`)).toEqual([`1 $.timestamps[1] timestamps[1] is ${reason}`]);
    expect(problems(`{"epoch":${written},"timestamps":[]}`)).toEqual([`0 $.epoch epoch is ${reason}`]);
  });

  const NO_TIME = 'is not an integer of nanoseconds, nor ISO 8601 with a zone';

  it.each([
    ['""', NO_TIME],
    ['" 1"', NO_TIME],
    ['"01"', NO_TIME],
    ['"06/05/2024"', NO_TIME],
    ['"2024-05-06"', 'is a date without a time: write 2024-05-06T00:00:00Z'],
    ['"2024-05-06T07:08:09"', 'has no zone, so it is not certain which instant it is: end it with Z or +02:00'],
    ['"2024-05-06T07:08:09.1234567891Z"', 'is finer than nanoseconds: more than nine digits'],
    ['"2262-04-11T23:47:16.854775808Z"', 'is out of int64'],
    ['"1677-09-21T00:12Z"', 'is out of int64'],
    ['"1901-05-06T07:08Z"', 'has no seconds: write them as well'],
  ])('%s as a timestamp and as epoch', (written, reason) => {
    expect(problems(`{"timestamps":[1,${written}]}`)).toEqual([`1 $.timestamps[1] timestamps[1] ${written} ${reason}`]);
    expect(problems(`{"epoch":${written},"timestamps":[]}`)).toEqual([`0 $.epoch epoch ${written} ${reason}`]);
  });

  it.each([
    ['in front', '{"epoch":1,"timestamps":[5,"2024-05-06T07:08:09Z"]}'],
    ['behind', '{"timestamps":[5,"2024-05-06T07:08:09Z"],"epoch":"2024-05-06T07:08:09Z"}'],
  ])('ISO 8601 beside an epoch %s', (_, text) => {
    expect(problems(text)).toEqual([
      '1 $.timestamps[1] timestamps[1] is ISO 8601, a time by itself: leave out the epoch, or send nanoseconds that it is added to',
    ]);
  });

  it('a timestamp of null', () => {
    expect(problems('{"timestamps":[null]}')).toEqual([
      '0 $.timestamps[0] timestamps[0] is null, not an integer of nanoseconds',
    ]);
  });

  it.each([
    [
      'above',
      '{"epoch":9223372036854775807,"timestamps":[-1,0,1,2]}',
      [
        '2 $.timestamps[2] timestamps[2] is 9223372036854775808 with the epoch, out of int64',
        '3 $.timestamps[3] timestamps[3] is 9223372036854775809 with the epoch, out of int64',
      ],
    ],
    [
      'below, with the epoch behind',
      '{"timestamps":["\\u002d1",0],"epoch":"-9223372036854775808"}',
      ['0 $.timestamps[0] timestamps[0] is -9223372036854775809 with the epoch, out of int64'],
    ],
  ])('times that are out of int64 with the epoch: %s', (_, text, expected) => {
    expect(problems(text)).toEqual(expected);
  });

  it('takes the outermost times', () => {
    const text = '{"epoch":-1,"timestamps":[-9223372036854775807,9223372036854775807]}';
    expect(canonical(text)).toBe(text);
  });

  it.each([
    ['numericValues', '[1,"1"]', 1, 'is a string, not a number or null'],
    ['numericValues', '[1,true]', 1, 'is true, not a number or null'],
    ['numericValues', '[false,1]', 0, 'is false, not a number or null'],
    ['numericValues', '[1,[1]]', 1, 'is an array, not a number or null'],
    ['numericValues', '[1,1e400]', 1, 'is 1e400, beyond the range of 64-bit floats'],
    ['numericValues', '[-1e309,1]', 0, 'is -1e309, beyond the range of 64-bit floats'],
    ['stringValues', '["a",1]', 1, 'is a number, not a string or null'],
    ['stringValues', '["a",{}]', 1, 'is an object, not a string or null'],
    ['stringValues', '["a","\\ud800"]', 1, 'holds half of a surrogate pair'],
    ['tagValues', '[1,"a"]', 0, 'is a number, not a string or null'],
    ['tagValues', '["a","\\udc00"]', 1, 'holds half of a surrogate pair'],
    ['binaryValues', '["QQ==",1]', 1, 'is a number, not base64 in a string or null'],
    ['binaryValues', '["QR==",null]', 0, 'is "QR==", base64 of which its last bits are lost'],
    ['binaryValues', '["QUJ=",null]', 0, 'is "QUJ=", base64 of which its last bits are lost'],
    ['binaryValues', '["QQ",null]', 0, 'is "QQ", base64 without its padding'],
    ['binaryValues', '["QUI",null]', 0, 'is "QUI", base64 without its padding'],
    ['binaryValues', '["Q",null]', 0, 'is "Q", base64 of a length that no bytes give'],
    ['binaryValues', '["QQ=",null]', 0, 'is "QQ=", base64 of a length that no bytes give'],
    ['binaryValues', '["Q===",null]', 0, 'is "Q===", base64 with an equals sign before its end'],
    ['binaryValues', '["====",null]', 0, 'is "====", base64 with an equals sign before its end'],
    ['binaryValues', '["QQ==QQ==",null]', 0, 'is "QQ==QQ==", base64 with an equals sign before its end'],
    ['binaryValues', '["Q-_=",null]', 0, 'is "Q-_=", base64 of the alphabet for URLs, with "-": write + and /'],
    ['binaryValues', '["QQ==\\n",null]', 0, 'is "QQ==\\n", base64 with white space'],
    ['binaryValues', '["Q Q=",null]', 0, 'is "Q Q=", base64 with white space'],
    ['binaryValues', '["QQ==é",null]', 0, 'is "QQ==é", base64 with a letter beyond ASCII'],
    ['binaryValues', '["\\ud800===",null]', 0, 'holds half of a surrogate pair'],
  ])('%s of %s', (member, values, index, reason) => {
    const place = `${member}.Speed[${index}]`;
    expect(problems(column(member, values, 2))).toEqual([`${index} $.${place} ${place} ${reason}`]);
  });

  it.each(['numericValues', 'stringValues', 'binaryValues', 'tagValues'])('%s of another length', (member) => {
    const told = `0 $.${member}.Speed ${member}.Speed has 2 values for 3 timestamps`;
    expect(problems(column(member, '[null,null]', 3))).toEqual([told]);
    expect(problems(`{"${member}":{"Speed":[null,null]},"timestamps":[1,2,3]}`)).toEqual([told]);
    expect(problems(column(member, '[null]', 0))).toEqual([
      `0 $.${member}.Speed ${member}.Speed has 1 value for 0 timestamps`,
    ]);
    expect(problems(column(member, '[]', 1))).toEqual([
      `0 $.${member}.Speed ${member}.Speed has 0 values for 1 timestamp`,
    ]);
  });

  it('a column that is no array', () => {
    expect(problems(column('numericValues', 'null'))).toEqual([
      '0 $.numericValues.Speed numericValues.Speed is null, not an array',
    ]);
    expect(problems(column('tagValues', '"a"'))).toEqual([
      '0 $.tagValues.Speed tagValues.Speed is a string, not an array',
    ]);
  });

  it.each([
    ['an empty one', '""', 'numericValues[""] has an empty id', 'tagValues[""] has an empty name'],
    [
      'a long one',
      `"${'ü'.repeat(128)}"`,
      `numericValues["${'ü'.repeat(39)}…"] has an id of more than 255 bytes of UTF-8`,
      `tagValues["${'ü'.repeat(39)}…"] has a name of more than 255 bytes of UTF-8`,
    ],
    [
      'half of a surrogate pair',
      '"a\\ud800"',
      'numericValues["a\\ud800"] has half of a surrogate pair in its id',
      'tagValues["a\\ud800"] has half of a surrogate pair in its name',
    ],
    ['one that is given twice', '"a":[1],"\\u0061"', 'numericValues.a is given twice', 'tagValues.a is given twice'],
  ])('ids and names of tags: %s', (_, key, ofId, ofTag) => {
    const text = (member: string, value: string) =>
      `{"timestamps":[1],"${member}":{${key.replace('1', value)}:[${value}]}}`;
    expect(refusal(text('numericValues', '1')).message).toBe(ofId);
    expect(refusal(text('tagValues', '"t"')).message).toBe(ofTag);
  });

  it('an id that is given twice among very many', () => {
    const ids = Array.from({ length: 100 }, (_, n) => `"p${n}":[1]`);
    expect(refusal(`{"timestamps":[1],"numericValues":{${ids.join(',')},"p50":[1]}}`).message).toBe(
      'numericValues.p50 is given twice',
    );
  });

  it('more parameters than a package may have, of all kinds together, and more tags', () => {
    const limits = { maxParameters: 2, maxTags: 1 };
    const text = (last: string) =>
      `{"timestamps":[1],"numericValues":{"a":[1],"b":[1]},"tagValues":{"t":["x"]}${last}}`;
    expect(refusal(text(',"stringValues":{"a":["x"],"b":["x"]}'), limits)).toMatchObject({
      code: 'invalid_parameters',
      message: 'the package has more than 2 parameters',
      problems: [{ index: 0, path: '$.stringValues', message: 'the package has more than 2 parameters' }],
    });
    const tags = '{"timestamps":[1],"tagValues":{"t":["x"],"u":["x"],"v":1}}';
    expect(refusal(tags, limits).message).toBe('the package has more than 1 tags');
  });

  it('all problems at once, up to 20 of them', () => {
    const error = refusal(column('numericValues', `[${'"x",'.repeat(30)}1]`, 3));
    expect(error.code).toBe('invalid_parameters');
    expect(error.problems).toHaveLength(20);
    expect(error.message).toBe('numericValues.Speed[0] is a string, not a number or null (and 19 more at least)');
  });

  it('times in January 1970 where it is to be strict', () => {
    const error = refusal(`{"timestamps":[${T},1618133869]}`, { strict: true });
    expect(error.problems).toEqual([
      {
        index: 1,
        path: '$.timestamps[1]',
        message:
          'timestamps[1] is 1618133869, which lies in January 1970, as timestamps are nanoseconds; it seems to be in seconds: append 9 zeros',
      },
    ]);
    expect(refusal('{"epoch":1618133869000,"timestamps":[5]}', { strict: true }).message).toBe(
      'timestamps[0] is 1618133869005 with the epoch, which lies in January 1970, as timestamps are nanoseconds; it seems to be in milliseconds: append 6 zeros',
    );
  });
});

describe('scanPackage calls malformed, with the place', () => {
  it.each([
    [
      column('numericValues', '[1,NaN]', 2),
      'expected a value, found "N", in numericValues.Speed[1]; JSON has no such number: send null, or leave the field out',
    ],
    [column('numericValues', '[-Infinity]'), 'expected a digit, found "I", in numericValues.Speed[0]'],
    [column('numericValues', '[01]'), 'a number begins with a needless 0, in numericValues.Speed[0]'],
    [column('numericValues', '[1.]'), 'expected a digit, found "]", in numericValues.Speed[0]'],
    [column('numericValues', '[-]'), 'expected a digit, found "]", in numericValues.Speed[0]'],
    [column('numericValues', '[1 2]'), 'expected "," or "]", found "2", in numericValues.Speed[0]'],
    [column('numericValues', '[1,]'), 'expected a value, found "]", in numericValues.Speed[0]'],
    [column('numericValues', '[,1]'), 'expected a value, found ",", in numericValues.Speed[0]'],
    [column('stringValues', "['a']"), 'expected a value, found "\'", in stringValues.Speed[0]'],
    ['{"timestamps":[1,]}', 'expected a value, found "]", in timestamps[0]; the comma before it is one too many'],
    ['{"timestamps":[1514764800000000000x]}', 'expected "," or "]", found "x", in timestamps[0]'],
    ['{"timestamps":[1],}', 'expected a property name in quotes, found "}"; the comma before it is one too many'],
    ['{"timestamps":[1]', 'the text ends before its value does'],
    ['{"timestamps":[1]}}', 'expected the end of the text, found "}"'],
    ['{"timestamps":[1]}{}', 'expected the end of the text, found "{"'],
    ['', 'the text ends before its value does'],
  ])('%s', (text, reason) => {
    const error = refusal(text);
    expect(error).toMatchObject({ code: 'malformed_json', position: expect.any(Number) as number });
    expect(error.message).toContain(reason);
  });

  it('a text that ends anywhere', () => {
    const whole = `{"epoch":1,"timestamps":[${T},2],"numericValues":{"a":[1.5,null]},"stringValues":{"b":["x\\u0041",null]},"binaryValues":{"c":["QQ==",null]}}`;
    for (let end = 0; end < whole.length; end++) expect(refusal(whole.slice(0, end)).code).toBe('malformed_json');
  });

  it('a text that is not UTF-8, or nested too deep', () => {
    expect(refusal(Buffer.from('7b22ff227d', 'hex')).code).toBe('malformed_json');
    expect(refusal(`{"x":${'['.repeat(70)}`).message).toContain('nested more than 64 deep');
  });
});
