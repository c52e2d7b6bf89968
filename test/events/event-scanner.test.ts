import { scanEvents } from '../../src/events/event-scanner';
import { canonical, scan } from './support/scanning';

const PLAIN = '{"id":"a","timestamp":1}';
const FULL = '{"id":"Alert","timestamp":1618133869000000000,"tags":{"capacity":"over"},"value":"Help"}';

describe('scanEvents › canonical text', () => {
  it.each([
    ['an array of one', `[${PLAIN}]`, PLAIN],
    ['an array of several', `[${PLAIN},${FULL}]`, `${PLAIN},${FULL}`],
    ['whitespace around everything', ` \t[\r\n ${PLAIN} , ${FULL} \n] `, `${PLAIN} , ${FULL}`],
    ['whitespace inside an event', '[{ "id" : "a" ,\n"timestamp"\t:\r1 }]', '{ "id" : "a" ,\n"timestamp"\t:\r1 }'],
    ['one bare event', FULL, FULL],
    ['a bare event with whitespace around', `\n${FULL}\t`, FULL],
    [
      'properties in any order',
      '[{"value":"v","tags":{},"timestamp":1,"id":""}]',
      '{"value":"v","tags":{},"timestamp":1,"id":""}',
    ],
    ['the shortest key at the end', '{"timestamp":1,"id":""}', '{"timestamp":1,"id":""}'],
    [
      'legal escapes',
      String.raw`[{"id":"\"\\\/\b\f\n\r\t\u0000\ud83d\uDE00","timestamp":1}]`,
      String.raw`{"id":"\"\\\/\b\f\n\r\t\u0000\ud83d\uDE00","timestamp":1}`,
    ],
    [
      'characters of two, three and four bytes',
      '[{"id":"é€😀","timestamp":1,"value":"\u007f\u2028\ufeff"}]',
      '{"id":"é€😀","timestamp":1,"value":"\u007f\u2028\ufeff"}',
    ],
    [
      'many tags',
      '[{"id":"a","timestamp":1,"tags":{"":"","a":"1","A":"2","b":"3"}}]',
      '{"id":"a","timestamp":1,"tags":{"":"","a":"1","A":"2","b":"3"}}',
    ],
    [
      'the name of a property as tag or value',
      '[{"id":"timestamp","timestamp":1,"tags":{"id":"id","Id":"Id"}}]',
      '{"id":"timestamp","timestamp":1,"tags":{"id":"id","Id":"Id"}}',
    ],
  ])('keeps %s without a copy', (_, text, expected) => {
    const bytes = Buffer.from(text);
    const { json } = scan(bytes);
    expect(Buffer.from(json).toString()).toBe(expected);
    expect(json.buffer).toBe(bytes.buffer);
  });

  it.each([
    [
      'PascalCase properties',
      '[{"Id":"a","Timestamp":1,"Value":"v","Tags":{"Id":"x"}}]',
      '{"id":"a","timestamp":1,"value":"v","tags":{"Id":"x"}}',
    ],
    [
      'properties written in escapes',
      String.raw`[{"\u0069d":"a","\u0054imestam\u0070":1,"valu\u0065":"v"}]`,
      '{"id":"a","timestamp":1,"value":"v"}',
    ],
    [
      'a property written in escapes throughout',
      String.raw`[{"id":"a","\u0074\u0069\u006d\u0065\u0073\u0074\u0061\u006d\u0070":1}]`,
      '{"id":"a","timestamp":1}',
    ],
    [
      'a timestamp in a string',
      '[{"id":"a","timestamp":"1618133869000000001"}]',
      '{"id":"a","timestamp":1618133869000000001}',
    ],
    ['a negative timestamp in a string', '[{"id":"a","timestamp" : "-1" }]', '{"id":"a","timestamp" : -1 }'],
    [
      'a timestamp in a string with escapes',
      String.raw`[{"id":"a","timestamp":"\u002d1\u0032"}]`,
      '{"id":"a","timestamp":-12}',
    ],
    ['-0', '[{"id":"a","timestamp":-0}]', '{"id":"a","timestamp":0}'],
    ['-0 in a string', '[{"id":"a","timestamp":"-0"}]', '{"id":"a","timestamp":0}'],
    ['-0 in a string with escapes', String.raw`[{"id":"a","timestamp":"-\u0030"}]`, '{"id":"a","timestamp":0}'],
    [
      'a time in quotes',
      '[{"id":"a","timestamp":"2024-05-06T07:08:09.123456789Z","value":"v"}]',
      '{"id":"a","timestamp":1714979289123456789,"value":"v"}',
    ],
    [
      'a time with an escaped plus, as System.Text.Json writes it',
      String.raw`[{"id":"a","timestamp":"2024-05-06T09:08:09.1234567\u002B02:00"}]`,
      '{"id":"a","timestamp":1714979289123456700}',
    ],
    [
      'times of 1970 and before',
      '[{"id":"a","timestamp":"1970-01-01T00:00:00Z"},{"id":"b","timestamp":"1677-09-21T00:12:43.145224192Z"}]',
      '{"id":"a","timestamp":0},{"id":"b","timestamp":-9223372036854775808}',
    ],
    ['the shortest time', '{"id":"a","timestamp":"1970-01-01T00:01Z"}', '{"id":"a","timestamp":60000000000}'],
    ['null at the end', '[{"id":"a","timestamp":1,"value":null}]', '{"id":"a","timestamp":1}'],
    ['null in the middle', '[{"id":"a" , "tags":null , "timestamp":1}]', '{"id":"a"  , "timestamp":1}'],
    ['null at the start', '[{"value":null, "id":"a","timestamp":1}]', '{ "id":"a","timestamp":1}'],
    ['two nulls at the start', '[{"value":null,"tags":null,"id":"a","timestamp":1}]', '{"id":"a","timestamp":1}'],
    ['nulls at both ends', '[{"tags":null,"id":"a","timestamp":1,"value":null}]', '{"id":"a","timestamp":1}'],
    ['two nulls in the middle', '[{"id":"a","tags":null,"value":null,"timestamp":1}]', '{"id":"a","timestamp":1}'],
    ['a null under a PascalCase name', '[{"Id":"a","Value":null,"Timestamp":"7"}]', '{"id":"a","timestamp":7}'],
    [
      'only the event that needs it',
      `[${FULL}, {"Id":"a","timestamp":1}, ${PLAIN}]`,
      `${FULL}, {"id":"a","timestamp":1}, ${PLAIN}`,
    ],
    ['a bare event', '  {"Id":"a","timestamp":"1"}  ', '{"id":"a","timestamp":1}'],
  ])('rewrites %s', (_, text, expected) => {
    expect(canonical(text)).toBe(expected);
  });

  it('rewrites long events piece by piece', () => {
    const long = 'x'.repeat(5000);
    expect(canonical(`[{"Value":"${long}","Id":"a","timestamp":"1","tags":{"t":"${long}"}},${PLAIN}]`)).toBe(
      `{"value":"${long}","id":"a","timestamp":1,"tags":{"t":"${long}"}},${PLAIN}`,
    );
  });

  it('leaves the text as it was', () => {
    const text = Buffer.from('[{"Id":"a","timestamp":"1","value":null}]');
    const before = Buffer.from(text);
    scan(text);
    expect(text).toEqual(before);
  });

  it('reads a view into the middle of a larger buffer', () => {
    const around = Buffer.from(`xx[{"\\u0069d":"a","timestamp":"5"}]xx`);
    expect(canonical(around.subarray(2, -2))).toBe('{"id":"a","timestamp":5}');
    expect(canonical(new Uint8Array(around).subarray(2, -2))).toBe('{"id":"a","timestamp":5}');
  });
});

describe('scanEvents › count and range', () => {
  it.each(['[]', ' [ ] ', '[\n]'])('returns nothing for an empty array: %j', (text) => {
    expect(scanEvents(Buffer.from(text), { maxDepth: 64, maxTags: 1000 })).toBeUndefined();
  });

  it('counts events', () => {
    expect(scan(PLAIN).count).toBe(1);
    expect(scan(`[${Array(250).fill(PLAIN).join(',')}]`).count).toBe(250);
  });

  it.each([
    [['0'], 0n, 0n],
    [['-0'], 0n, 0n],
    [['9223372036854775807'], 2n ** 63n - 1n, 2n ** 63n - 1n],
    [['-9223372036854775808'], -(2n ** 63n), -(2n ** 63n)],
    [['"9223372036854775807"', '"-9223372036854775808"'], -(2n ** 63n), 2n ** 63n - 1n],
    [['1618133869000000001', '1618133869000000000', '1618133869000000002'], 1618133869000000000n, 1618133869000000002n],
    [['999999999', '1000000000', '1000000001'], 999999999n, 1000000001n],
    [['-1', '1', '-1000000000'], -1000000000n, 1n],
    [['-1000000001', '-999999999'], -1000000001n, -999999999n],
    [['9007199254740993', '9007199254740992'], 9007199254740992n, 9007199254740993n],
    [['8999999999999999999', '9000000000000000000'], 8999999999999999999n, 9000000000000000000n],
    [['1000000000000000000', '999999999999999999'], 999999999999999999n, 1000000000000000000n],
  ])('finds the least and greatest timestamp of %j', (timestamps, min, max) => {
    const batch = scan(`[${timestamps.map((timestamp) => `{"id":"a","timestamp":${timestamp}}`).join(',')}]`);
    expect(batch.minTimestamp).toBe(min);
    expect(batch.maxTimestamp).toBe(max);
  });
});

describe('scanEvents › tags', () => {
  it('takes as many as the bound says', () => {
    const tags = (count: number) => Array.from({ length: count }, (_, index) => `"${index}":""`).join(',');
    const scanTags = (count: number) =>
      scanEvents(Buffer.from(`{"id":"a","timestamp":1,"tags":{${tags(count)}}}`), { maxDepth: 2, maxTags: 3 });
    expect(scanTags(3)).toHaveProperty('count', 1);
    expect(() => scanTags(4)).toThrow('the event has more than 3 tags');
    const wrong = Buffer.from('{"id":"a","timestamp":1,"tags":{"a":"","b":"","c":1}}');
    expect(() => scanEvents(wrong, { maxDepth: 2, maxTags: 3 })).toThrow('the tag is a number, not a string');
  });

  it('counts the nesting in those beyond the bound too', () => {
    const text = Buffer.from('{"id":"a","timestamp":1,"tags":{"a":"","b":[[1]]}}');
    expect(() => scanEvents(text, { maxDepth: 4, maxTags: 1 })).toThrow('the event has more than 1 tags');
    expect(() => scanEvents(text, { maxDepth: 3, maxTags: 1 })).toThrow('nested more than 3 deep');
  });
});

describe('scanEvents › nesting bound', () => {
  const tagged = '{"id":"a","timestamp":1,"tags":{"t":"v"}}';

  it('counts the array, the event and its tags', () => {
    expect(scan(`[${tagged}]`, 3).count).toBe(1);
    expect(() => scan(`[${tagged}]`, 2)).toThrow('nested more than 2 deep');
  });

  it('does not count an array that is not there', () => {
    expect(scan(tagged, 2).count).toBe(1);
    expect(() => scan(tagged, 1)).toThrow('nested more than 1 deep');
  });
});

describe('scanEvents › units', () => {
  const LIMITS = { maxDepth: 64, maxTags: 1000 };
  const event = (timestamp: string): Buffer => Buffer.from(`{"id":"a","timestamp":${timestamp}}`);

  it.each([
    ['seconds', '1714979291', 'it seems to be in seconds: append 9 zeros'],
    ['milliseconds', '1714979291123', 'it seems to be in milliseconds: append 6 zeros'],
    ['microseconds', '1714979291123456', 'it seems to be in microseconds: append 3 zeros'],
    ['milliseconds in quotes', '"1714979291123"', 'it seems to be in milliseconds: append 6 zeros'],
    ['the last nanosecond of January 1970', '2678399999999999', 'it seems to be in microseconds: append 3 zeros'],
    ['nothing that can be told', '0', 'lies in January 1970, as timestamps are nanoseconds since then'],
  ])('are noticed to be %s, and refused when that is asked for', (_, timestamp, reason) => {
    const batch = scanEvents(event(timestamp), LIMITS);
    expect(batch?.early).toEqual({ count: 1, first: Number(timestamp.replaceAll('"', '')) });
    expect(Buffer.from(batch!.json).toString()).toBe(`{"id":"a","timestamp":${timestamp.replaceAll('"', '')}}`);
    expect(() => scanEvents(event(timestamp), { ...LIMITS, strict: true })).toThrow(reason);
  });

  it.each([
    '2678400000000000',
    '-1',
    '-1714979291',
    '1714979291123456789',
    '"1970-01-02T00:00:00Z"',
    '"1969-12-31T23:59Z"',
  ])('are not doubted at %s', (timestamp) => {
    expect(scanEvents(event(timestamp), { ...LIMITS, strict: true })?.early).toBeUndefined();
  });

  it('are counted by event, among others of any age', () => {
    const events = ['-5', '1714979291', '1714979291123456789', '1714979292'].map((time) => event(time).toString());
    const batch = scanEvents(Buffer.from(`[${events.join(',')}]`), LIMITS);
    expect(batch).toMatchObject({ count: 4, early: { count: 2, first: 1714979291 }, minTimestamp: -5n });
    const strict = (): unknown => scanEvents(Buffer.from(`[${events.join(',')}]`), { ...LIMITS, strict: true });
    expect(strict).toThrow('event 1, $.timestamp: timestamp 1714979291 lies in January 1970');
  });

  it('refuse a time without seconds that has no room for its digits', () => {
    expect(() => scanEvents(event('"1930-01-01T00:00Z"'), LIMITS)).toThrow('has no seconds: write them as well');
    const batch = scanEvents(event('"1930-01-01T00:00+00:00"'), LIMITS);
    expect(batch?.minTimestamp).toBe(-1262304000000000000n);
  });
});
