import { readIsoTime } from '../../src/events/iso-time';

describe('readIsoTime', () => {
  it.each([
    ['toISOString of JavaScript', '2024-05-06T07:08:09.123Z', 1714979289123000000n],
    ["C#'s DateTime of kind Utc", '2024-05-06T07:08:09.1234567Z', 1714979289123456700n],
    ["C#'s DateTimeOffset", '2024-05-06T09:08:09.1234567+02:00', 1714979289123456700n],
    ["Python's isoformat", '2024-05-06T07:08:09.654321+00:00', 1714979289654321000n],
    ["Python's str", '2024-05-06 07:08:09.654321+00:00', 1714979289654321000n],
    ["Python's strftime with %z", '2024-05-06T07:08:09+0000', 1714979289000000000n],
    ["Java's Instant", '2024-05-06T07:08:09.123456789Z', 1714979289123456789n],
    ["Java's OffsetDateTime on the minute", '2024-05-06T07:08Z', 1714979280000000000n],
    ["PostgreSQL's short offset", '2024-05-06 07:08:09-05', 1714997289000000000n],
    ['small letters (RFC 3339)', '2024-05-06t07:08:09z', 1714979289000000000n],
    ['a comma (ISO 8601)', '2024-05-06T07:08:09,5Z', 1714979289500000000n],
    ['nine digits and zeros behind them', '2024-05-06T07:08:09.123456789000Z', 1714979289123456789n],
    ['a leap day', '2024-02-29T23:59:59.999999999Z', 1709251199999999999n],
    ['the nanosecond before 1970', '1969-12-31T23:59:59.999999999Z', -1n],
    ['before 1970 with a fraction', '1969-12-31T23:59:58.25Z', -1750000000n],
    ['the least', '1677-09-21T00:12:43.145224192Z', -9223372036854775808n],
    ['the greatest', '2262-04-11T23:47:16.854775807Z', 9223372036854775807n],
    ['an offset over midnight', '2024-01-01T00:30:00+05:45', 1704048300000000000n],
    ['an unknown local offset', '2024-05-06T07:08:09-00:00', 1714979289000000000n],
  ])('reads %s', (_, text, expected) => {
    expect(readIsoTime(text)).toBe(expected);
  });

  it.each([
    ['2024-05-06T07:08:09', /has no zone/],
    ['2024-05-06 07:08:09.123456', /has no zone/],
    ['2024-05-06', /date without a time/],
    ['2024-05-06T07:08:09.1234567891Z', /finer than nanoseconds/],
    ['2024-05-06T07:08:09.0000000001Z', /finer than nanoseconds/],
    ['2023-02-29T00:00:00Z', /there is not/],
    ['2024-13-01T00:00:00Z', /there is not/],
    ['2024-05-06T24:00:00Z', /there is not/],
    ['2024-05-06T07:60:00Z', /there is not/],
    ['2024-05-06T07:08:75Z', /there is not/],
    ['2024-00-06T07:08:09Z', /there is not/],
    ['2024-05-00T07:08:09Z', /there is not/],
    ['2024-04-31T07:08:09Z', /there is not/],
    ['2024-05-06T25:08:09Z', /there is not/],
    ['2024-05-06T07:08:09+02:60', /there is not/],
    ['2024-05-06T07:08:09+24:00', /there is not/],
    ['2016-12-31T23:59:60Z', /leap second/],
    ['1676-01-01T00:00:00Z', /1677 to 2262/],
    ['9999-12-31T23:59:59.9999999Z', /1677 to 2262/],
    ['+010000-01-01T00:00:00.000Z', /1677 to 2262/],
    ['2024-05-06T07:08:09+02:00[Europe/Paris]', /zone in brackets/],
    ['2024-05-06T07Z', /is not ISO 8601 with a zone/],
    ['2024-05-06T07:08:09 Z', /is not ISO 8601 with a zone/],
    ['20240506T070809Z', /nor ISO 8601/],
    ['Mon, 06 May 2024 07:08:09 GMT', /nor ISO 8601/],
    ['/Date(1714979289123)/', /nor ISO 8601/],
    ['now', /nor ISO 8601/],
    ['1714979289.5', /nor ISO 8601/],
    ['', /nor ISO 8601/],
  ])('refuses %s', (text, reason) => {
    expect(readIsoTime(text)).toMatch(reason);
  });
});
