import { refusal, scan } from './support/scanning';

const ID = '"id":"a"';
const TIME = '"timestamp":1';
const LONG = 'x'.repeat(100);

/** The members of an event, the path of the problem, and its message. */
const rows: [string, string, string][] = [
  ['', '$.id', 'id is missing'],
  [TIME, '$.id', 'id is missing'],
  [ID, '$.timestamp', 'timestamp is missing'],
  [`"id":1,${TIME}`, '$.id', 'id is a number, not a string'],
  [`"id":null,${TIME}`, '$.id', 'id is null, not a string'],
  [`"Id":{},${TIME}`, '$.id', 'id is an object, not a string'],
  [`"id":["a"],${TIME}`, '$.id', 'id is an array, not a string'],
  [`"id":false,${TIME}`, '$.id', 'id is false, not a string'],
  [String.raw`"id":"\ud83d",${TIME}`, '$.id', 'id holds half of a surrogate pair'],
  [String.raw`"id":"\ude00\ud83d",${TIME}`, '$.id', 'id holds half of a surrogate pair'],
  [String.raw`"id":"\ud83d\ud83d\ude00",${TIME}`, '$.id', 'id holds half of a surrogate pair'],
  [String.raw`"id":"\ude00\ude01",${TIME}`, '$.id', 'id holds half of a surrogate pair'],
  [String.raw`"id":"\ud83d\uffff",${TIME}`, '$.id', 'id holds half of a surrogate pair'],
  [String.raw`"id":"\ud83dude00",${TIME}`, '$.id', 'id holds half of a surrogate pair'],
  [String.raw`"id":"\ud83d\n",${TIME}`, '$.id', 'id holds half of a surrogate pair'],
  [`${ID},"timestamp":1.5`, '$.timestamp', 'timestamp 1.5 is not an integer of nanoseconds'],
  [`${ID},"timestamp":1.0`, '$.timestamp', 'timestamp 1.0 is not an integer of nanoseconds'],
  [
    `${ID},"timestamp":1618133869000000000.5`,
    '$.timestamp',
    'timestamp 1618133869000000000.5 is not an integer of nanoseconds',
  ],
  [`${ID},"timestamp":1e18`, '$.timestamp', 'timestamp 1e18 has an exponent; write all digits of the nanoseconds'],
  [
    `${ID},"timestamp":-1.5E-7`,
    '$.timestamp',
    'timestamp -1.5E-7 has an exponent; write all digits of the nanoseconds',
  ],
  [
    `${ID},"timestamp":1618133869000000000e0`,
    '$.timestamp',
    'timestamp 1618133869000000000e0 has an exponent; write all digits of the nanoseconds',
  ],
  [`${ID},"timestamp":9223372036854775808`, '$.timestamp', 'timestamp 9223372036854775808 is out of int64'],
  [`${ID},"timestamp":-9223372036854775809`, '$.timestamp', 'timestamp -9223372036854775809 is out of int64'],
  [`${ID},"timestamp":9223372037000000000`, '$.timestamp', 'timestamp 9223372037000000000 is out of int64'],
  [`${ID},"timestamp":10000000000000000000`, '$.timestamp', 'timestamp 10000000000000000000 is out of int64'],
  [`${ID},"timestamp":"9223372036854775808"`, '$.timestamp', 'timestamp "9223372036854775808" is out of int64'],
  [`${ID},"timestamp":${'9'.repeat(100)}`, '$.timestamp', `timestamp ${'9'.repeat(39)}… is out of int64`],
  [
    `${ID},"timestamp":"now"`,
    '$.timestamp',
    'timestamp "now" is not an integer of nanoseconds, nor ISO 8601 with a zone',
  ],
  [`${ID},"timestamp":""`, '$.timestamp', 'timestamp "" is not an integer of nanoseconds, nor ISO 8601 with a zone'],
  [`${ID},"timestamp":"-"`, '$.timestamp', 'timestamp "-" is not an integer of nanoseconds, nor ISO 8601 with a zone'],
  [
    `${ID},"timestamp":"+1"`,
    '$.timestamp',
    'timestamp "+1" is not an integer of nanoseconds, nor ISO 8601 with a zone',
  ],
  [
    `${ID},"timestamp":"01"`,
    '$.timestamp',
    'timestamp "01" is not an integer of nanoseconds, nor ISO 8601 with a zone',
  ],
  [
    `${ID},"timestamp":" 1"`,
    '$.timestamp',
    'timestamp " 1" is not an integer of nanoseconds, nor ISO 8601 with a zone',
  ],
  [
    `${ID},"timestamp":"1.0"`,
    '$.timestamp',
    'timestamp "1.0" is not an integer of nanoseconds, nor ISO 8601 with a zone',
  ],
  [
    `${ID},"timestamp":"1e3"`,
    '$.timestamp',
    'timestamp "1e3" is not an integer of nanoseconds, nor ISO 8601 with a zone',
  ],
  [`${ID},"timestamp":"٣"`, '$.timestamp', 'timestamp "٣" is not an integer of nanoseconds, nor ISO 8601 with a zone'],
  [
    String.raw`${ID},"timestamp":"\u0031\u0000"`,
    '$.timestamp',
    String.raw`timestamp "\u0031\u0000" is not an integer of nanoseconds, nor ISO 8601 with a zone`,
  ],
  [
    String.raw`${ID},"timestamp":"\ud800"`,
    '$.timestamp',
    String.raw`timestamp "\ud800" is not an integer of nanoseconds, nor ISO 8601 with a zone`,
  ],
  [
    `${ID},"timestamp":"${LONG}"`,
    '$.timestamp',
    `timestamp "${'x'.repeat(38)}… is not an integer of nanoseconds, nor ISO 8601 with a zone`,
  ],
  [
    `${ID},"timestamp":"${'é'.repeat(50)}"`,
    '$.timestamp',
    `timestamp "${'é'.repeat(38)}… is not an integer of nanoseconds, nor ISO 8601 with a zone`,
  ],
  [
    `${ID},"timestamp":"2021-04-11T09:37:49"`,
    '$.timestamp',
    'timestamp "2021-04-11T09:37:49" has no zone, so it is not certain which instant it is: end it with Z or +02:00',
  ],
  [`${ID},"timestamp":null`, '$.timestamp', 'timestamp is null, not an integer of nanoseconds'],
  [`${ID},"timestamp":true`, '$.timestamp', 'timestamp is true, not an integer of nanoseconds'],
  [`${ID},"timestamp":[1]`, '$.timestamp', 'timestamp is an array, not an integer of nanoseconds'],
  [`${ID},"timestamp":{"n":1}`, '$.timestamp', 'timestamp is an object, not an integer of nanoseconds'],
  [`${ID},${TIME},"value":1.5`, '$.value', 'value is a number, not a string'],
  [`${ID},${TIME},"value":{"a":["b"]}`, '$.value', 'value is an object, not a string'],
  [String.raw`${ID},${TIME},"Value":"\udc00"`, '$.value', 'value holds half of a surrogate pair'],
  [`${ID},${TIME},"tags":"a"`, '$.tags', 'tags is a string, not an object of strings'],
  [`${ID},${TIME},"tags":["a"]`, '$.tags', 'tags is an array, not an object of strings'],
  [`${ID},${TIME},"tags":{"capacity":null}`, '$.tags.capacity', 'the tag is null, not a string'],
  [`${ID},${TIME},"tags":{"capacity":1}`, '$.tags.capacity', 'the tag is a number, not a string'],
  [`${ID},${TIME},"tags":{"a":{"b":"c"}}`, '$.tags.a', 'the tag is an object, not a string'],
  [`${ID},${TIME},"tags":{"odd key":true}`, '$.tags["odd key"]', 'the tag is true, not a string'],
  [`${ID},${TIME},"tags":{"":false}`, '$.tags[""]', 'the tag is false, not a string'],
  [`${ID},${TIME},"tags":{"${LONG}":1}`, `$.tags["${'x'.repeat(39)}…"]`, 'the tag is a number, not a string'],
  [String.raw`${ID},${TIME},"tags":{"a\u0000":1}`, '$.tags["a\ufffd"]', 'the tag is a number, not a string'],
  [String.raw`${ID},${TIME},"tags":{"a":"\ud800"}`, '$.tags.a', 'the tag holds half of a surrogate pair'],
  [
    String.raw`${ID},${TIME},"tags":{"\ud800":"a"}`,
    String.raw`$.tags["\ud800"]`,
    'the name of the tag holds half of a surrogate pair',
  ],
  [`${ID},${TIME},"tags":{"a":"1","a":"2"}`, '$.tags.a', 'the tag is given twice'],
  [String.raw`${ID},${TIME},"tags":{"a":"1","\u0061":"2"}`, '$.tags.a', 'the tag is given twice'],
  [String.raw`${ID},${TIME},"tags":{"\u0061":"1","b":"","a":"2"}`, '$.tags.a', 'the tag is given twice'],
  [String.raw`${ID},${TIME},"tags":{"é":"1","\u00e9":"2"}`, '$.tags["é"]', 'the tag is given twice'],
  [`${ID},${TIME},"id":"b"`, '$.id', 'id is given twice'],
  [`${ID},${TIME},"Id":"b"`, '$.id', 'id is given twice'],
  [String.raw`${ID},${TIME},"i\u0064":"b"`, '$.id', 'id is given twice'],
  [`${ID},${TIME},"Timestamp":2`, '$.timestamp', 'timestamp is given twice'],
  [`${ID},${TIME},"value":null,"value":"v"`, '$.value', 'value is given twice'],
  [`${ID},${TIME},"tags":{},"Tags":null`, '$.tags', 'tags is given twice'],
  [`${ID},${TIME},"foo":1`, '$.foo', 'unknown property "foo"; an event has id, timestamp, value and tags'],
  [`${ID},${TIME},"foo":null`, '$.foo', 'unknown property "foo"; an event has id, timestamp, value and tags'],
  [`${ID},${TIME},"ID":"b"`, '$.ID', 'unknown property "ID"; an event has id, timestamp, value and tags'],
  [
    `${ID},${TIME},"timeStamp":1`,
    '$.timeStamp',
    'unknown property "timeStamp"; an event has id, timestamp, value and tags',
  ],
  [
    `${ID},${TIME},"timestamps":1`,
    '$.timestamps',
    'unknown property "timestamps"; an event has id, timestamp, value and tags',
  ],
  [`${ID},${TIME},"valuf":"v"`, '$.valuf', 'unknown property "valuf"; an event has id, timestamp, value and tags'],
  [`${ID},${TIME},"tag":{}`, '$.tag', 'unknown property "tag"; an event has id, timestamp, value and tags'],
  [`${ID},${TIME},"":""`, '$[""]', 'unknown property ""; an event has id, timestamp, value and tags'],
  [
    `${ID},${TIME},"a\u202eb\u007f":1`,
    '$["a\u202eb\ufffd"]',
    'unknown property "a\u202eb\ufffd"; an event has id, timestamp, value and tags',
  ],
  [
    String.raw`${ID},${TIME},"\udfff":1`,
    String.raw`$["\udfff"]`,
    String.raw`unknown property "\udfff"; an event has id, timestamp, value and tags`,
  ],
  [
    `${ID},${TIME},"${LONG}":{"a":[1,2,{}]}`,
    `$["${'x'.repeat(39)}…"]`,
    `unknown property "${'x'.repeat(39)}…"; an event has id, timestamp, value and tags`,
  ],
];

describe('scanEvents › invalid events', () => {
  it.each(rows)('refuses {%s}', (members, path, message) => {
    for (const text of [`[{${members}}]`, `{${members}}`]) {
      const [problem, ...others] = refusal(text).problems ?? [];
      expect(problem).toEqual({ index: 0, path, message });
      expect(others).toEqual(
        members === '' ? [{ index: 0, path: '$.timestamp', message: 'timestamp is missing' }] : [],
      );
    }
  });

  it.each([
    ['1', 'the text is a number, not an array of events'],
    [
      '"[]"',
      'the text is a string, not an array of events; it is JSON that has been encoded twice: send what the string holds',
    ],
    ['null', 'the text is null, not an array of events'],
    ['true', 'the text is true, not an array of events'],
    [' false ', 'the text is false, not an array of events'],
    ['[1]', 'the event is a number, not an object'],
    ['["a"]', 'the event is a string, not an object'],
    ['[null]', 'the event is null, not an object'],
    ['[[{"id":"a","timestamp":1}]]', 'the event is an array, not an object'],
  ])('refuses %s', (text, message) => {
    expect(refusal(text).code).toBe('invalid_events');
    expect(refusal(text).problems).toEqual([{ index: 0, path: '$', message }]);
  });
});

describe('scanEvents › list of problems', () => {
  const good = `{${ID},${TIME}}`;

  it('says which event, counted from 0, and continues behind it', () => {
    const error = refusal(`[${good},{${ID},"timestamp":"x","tags":{"a":1,"b":"","c":2}},${good},7,{${ID}}]`);
    expect(error.problems?.map(({ index, path }) => `${index} ${path}`)).toEqual([
      '1 $.timestamp',
      '1 $.tags.a',
      '1 $.tags.c',
      '3 $',
      '4 $.timestamp',
    ]);
    expect(error.message).toBe(
      'event 1, $.timestamp: timestamp "x" is not an integer of nanoseconds, nor ISO 8601 with a zone (and 4 more)',
    );
  });

  it('checks every number by itself', () => {
    const error = refusal(
      `[{"id":1.5e3,"timestamp":7},{${ID},"timestamp":1.5},{${ID},"timestamp":-7},{${ID},"timestamp":1e3}]`,
    );
    expect(error.problems?.map(({ index, path }) => `${index} ${path}`)).toEqual([
      '0 $.id',
      '1 $.timestamp',
      '3 $.timestamp',
    ]);
  });

  it('has a message without a number when there is one problem', () => {
    expect(refusal(`[${good},{${TIME}}]`).message).toBe('event 1, $.id: id is missing');
  });

  it.each([
    ['events', `[${'{},'.repeat(1000)}{}]`],
    ['elements', `[${'1,'.repeat(1000)}1]`],
    ['tags', `{${ID},${TIME},"tags":{${'"a":1,'.repeat(1000)}"a":1}}`],
    ['properties', `{${ID},${TIME}${',"foo":1'.repeat(1000)}}`],
    [
      'tags of an event without properties',
      `{"tags":{${Array.from({ length: 20 }, (_, i) => `"${i}":${i}`).join(',')}}}`,
    ],
    ['timestamps', `[${`{${ID},"timestamp":1.5},`.repeat(1000)}${good}]`],
  ])('lists 20 problems at most when many %s have one', (_, text) => {
    const error = refusal(text);
    expect(error.problems).toHaveLength(20);
    expect(error.message).toMatch(/ \(and 19 more at least\)$/);
  });

  it('repeats only a little of what was sent', () => {
    const huge = 'é😀'.repeat(100_000);
    for (const members of [`"${huge}":1`, `"tags":{"${huge}":1}`, `"timestamp":"${huge}"`, `"value":["${huge}"]`]) {
      const error = refusal(`[{${ID},${members}}]`);
      expect(error.message.length).toBeLessThan(300);
      for (const { path, message } of error.problems ?? []) {
        expect(Array.from(path).length).toBeLessThan(60);
        expect(Array.from(message).length).toBeLessThan(120);
        expect(message).not.toMatch(/\p{Cs}/u);
      }
    }
  });
});

describe('an event with many tags', () => {
  const tags = (count: number) => Array.from({ length: count }, (_, n) => `"tag ${n}":"x"`).join(',');

  it('is accepted with as many as it may have', () => {
    expect(scan(`[{${ID},${TIME},"tags":{${tags(1000)}}}]`).count).toBe(1);
  });

  it('is refused with more, once, while its syntax is still checked', () => {
    expect(refusal(`[{${ID},${TIME},"tags":{${tags(1500)},"wrong":1}}]`)).toMatchObject({
      code: 'invalid_events',
      problems: [{ index: 0, path: '$.tags', message: 'the event has more than 1000 tags' }],
    });
    expect(refusal(`[{${ID},${TIME},"tags":{${tags(1500)},"wrong":}}]`)).toMatchObject({ code: 'malformed_json' });
  });
});
