import { checkDataSourceName, checkStreamId, checkTopicName } from '../../src/events/names';

const accepted = [
  'a',
  'cars',
  'Cars and bikes.2024_x-1',
  '...',
  '.a',
  '*',
  'é€😀',
  '%2F',
  '__proto__',
  '\u00a0',
  'a'.repeat(255),
  '€'.repeat(85),
  '😀'.repeat(63),
];

const refused: [string, unknown, string][] = [
  ['undefined', undefined, 'is not a string'],
  ['null', null, 'is not a string'],
  ['a number', 1, 'is not a string'],
  ['an array', ['a'], 'is not a string'],
  ['nothing', '', 'is empty'],
  ['256 bytes', 'a'.repeat(256), 'is longer than 255 bytes of UTF-8'],
  ['256 bytes in 86 characters', `${'€'.repeat(85)}a`, 'is longer than 255 bytes of UTF-8'],
  ['256 bytes in 128 characters', 'é'.repeat(128), 'is longer than 255 bytes of UTF-8'],
  ['256 bytes in 64 characters', '😀'.repeat(64), 'is longer than 255 bytes of UTF-8'],
  ['a slash', 'a/b', 'holds a slash'],
  ['a backslash', 'a\\b', 'holds a backslash'],
  ['a NUL', 'a\0', 'holds the control character U+0000'],
  ['a line break', 'a\n', 'holds the control character U+000A'],
  ['DEL', '\u007f', 'holds the control character U+007F'],
  ['a C1 control', 'a\u0085b', 'holds the control character U+0085'],
  ['the last C1 control', '\u009f', 'holds the control character U+009F'],
  ['a first half of a surrogate pair', 'a\ud83d', 'holds half of a surrogate pair'],
  ['a second half of a surrogate pair', '\ude00\ud83d', 'holds half of a surrogate pair'],
  ['a dot', '.', 'is ., which means a directory in a path'],
  ['two dots', '..', 'is .., which means a directory in a path'],
];

describe.each([
  ['checkTopicName', checkTopicName, 'topic name'],
  ['checkStreamId', checkStreamId, 'stream id'],
])('%s', (_, check, noun) => {
  it.each(accepted)('accepts %j', (name) => {
    expect(check(name)).toBe(name);
  });

  it.each(refused)('refuses %s', (_case, name, reason) => {
    expect(() => check(name)).toThrow(
      expect.objectContaining({ code: 'invalid_name', message: `the ${noun} ${reason}` }) as Error,
    );
  });
});

describe('checkDataSourceName', () => {
  it.each(['quarantine', 'a_quarantine_b', '_quarantines', 'sqlite', 'my_sqlite_a'])('accepts %j', (name) => {
    expect(checkDataSourceName(name)).toBe(name);
  });

  it.each([
    ['sqlite_master', 'begins with sqlite_, which SQL keeps for tables of its own'],
    ['SQLite_a', 'begins with sqlite_, which SQL keeps for tables of its own'],
    ['x_quarantine', 'ends in _quarantine, which is kept for rows that do not fit'],
    ['X_QUARANTINE', 'ends in _quarantine, which is kept for rows that do not fit'],
  ])('refuses %j', (name, reason) => {
    expect(() => checkDataSourceName(name)).toThrow(
      expect.objectContaining({ code: 'invalid_name', message: `the data source name ${name} ${reason}` }) as Error,
    );
  });
});
