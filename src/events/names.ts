import { WriterHubError } from '../errors';

const MAX_BYTES = 255;

/** A string of at most so many UTF-16 units is never over `MAX_BYTES` of UTF-8. */
const SAFE_LENGTH = Math.floor(MAX_BYTES / 3);

/** Anything a name may not hold: a separator of paths, a control character, half of a surrogate pair. */
const FORBIDDEN = /[/\\\p{Cc}\p{Cs}]/u;

/** Gives the value back when it can name a topic; throws `invalid_name` when not. */
export function checkTopicName(value: unknown): string {
  return checkName(value, 'topic name');
}

/** Gives the value back when it can be the id of a stream; throws `invalid_name` when not. */
export function checkStreamId(value: unknown): string {
  return checkName(value, 'stream id');
}

/** The data source that rows go to which do not fit `name`. */
export const QUARANTINE_SUFFIX = '_quarantine';

/** SQLite keeps names that begin so, in any case, for tables of its own: a query could never mean a data source with one. */
const SQLITE_PREFIX = 'sqlite_';

/** Gives the value back when it can name a data source: a topic that is neither a quarantine nor SQLite's; throws `invalid_name` when not. */
export function checkDataSourceName(value: unknown): string {
  const name = checkName(value, 'data source name');
  const folded = name.toLowerCase();
  if (folded.startsWith(SQLITE_PREFIX)) {
    throw invalid(`the data source name ${name} begins with ${SQLITE_PREFIX}, which SQL keeps for tables of its own`);
  }
  if (!folded.endsWith(QUARANTINE_SUFFIX)) return name;
  throw invalid(`the data source name ${name} ends in ${QUARANTINE_SUFFIX}, which is kept for rows that do not fit`);
}

function checkName(value: unknown, noun: string): string {
  if (typeof value !== 'string') throw invalid(`the ${noun} is not a string`);
  if (value === '') throw invalid(`the ${noun} is empty`);
  if (value.length > SAFE_LENGTH && Buffer.byteLength(value) > MAX_BYTES) {
    throw invalid(`the ${noun} is longer than ${MAX_BYTES} bytes of UTF-8`);
  }
  const forbidden = FORBIDDEN.exec(value);
  if (forbidden !== null) throw invalid(`the ${noun} holds ${inWords(forbidden[0])}`);
  // A URL with such a segment is another URL.
  if (value === '.' || value === '..') throw invalid(`the ${noun} is ${value}, which means a directory in a path`);
  return value;
}

function inWords(character: string): string {
  if (character === '/') return 'a slash';
  if (character === '\\') return 'a backslash';
  const code = character.charCodeAt(0);
  if (code >= 0xd800) return 'half of a surrogate pair';
  return `the control character U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
}

function invalid(message: string): WriterHubError {
  return new WriterHubError('invalid_name', message);
}
