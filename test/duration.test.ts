import { formatDuration, parseDuration } from '../src/duration';
import { refusal } from './auth/support/refusals';

describe('parseDuration', () => {
  it.each([
    ['1s', 1],
    ['90s', 90],
    ['15m', 900],
    ['24h', 86_400],
    ['30d', 2_592_000],
    ['36500d', 3_153_600_000],
    ['never', undefined],
  ])('reads %s as %s seconds', (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds);
  });

  it.each([
    '',
    '24',
    'h',
    '1.5h',
    '-1h',
    '+1h',
    ' 24h',
    '24h ',
    '24 h',
    '24H',
    '1h30m',
    '1w',
    '1e3s',
    'NEVER',
    '٣d',
    '24h\n',
  ])('refuses "%s"', async (text) => {
    expect(await refusal(() => parseDuration(text))).toMatch(
      /^invalid_query: .* is not a duration: write a whole number/s,
    );
  });

  it.each(['0s', '000d', '36501d', '99999999999999999999d'])('refuses "%s" as out of range', async (text) => {
    expect(await refusal(() => parseDuration(text))).toMatch(/^invalid_query: .* is out of range: .* 1s to 36500d/);
  });
});

describe('formatDuration', () => {
  it.each(['1s', '91s', '16m', '25h', '30d', '36500d', '61m'])('writes %s back', (text) => {
    expect(formatDuration(parseDuration(text)!)).toBe(text);
  });

  it('takes the largest unit', () => {
    expect(formatDuration(86_400)).toBe('1d');
    expect(formatDuration(7200)).toBe('2h');
  });
});
