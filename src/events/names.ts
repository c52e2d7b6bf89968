import { WriterHubError } from '../errors';

const MAX_BYTES = 255;

/** A string of at most this many UTF-16 units never takes more than `MAX_BYTES` bytes of UTF-8. */
const SAFE_LENGTH = Math.floor(MAX_BYTES / 3);

/** What a name may not contain: path separators, control characters and lone surrogates. */
const FORBIDDEN = /[/\\\p{Cc}\p{Cs}]/u;

/** Returns the value if it can name a topic; throws `invalid_name` otherwise. */
export function checkTopicName(value: unknown): string {
  return checkName(value, 'topic name');
}

/** Returns the value if it can be the id of a stream; throws `invalid_name` otherwise. */
export function checkStreamId(value: unknown): string {
  return checkName(value, 'stream id');
}

/** What the name of a data source ends in when it stands for the quarantine of another one. */
export const QUARANTINE_SUFFIX = '_quarantine';

/** SQLite reserves names with this prefix, in any case, for its own tables: SQL could not refer to a data source. */
const SQLITE_PREFIX = 'sqlite_';

/**
 * Returns the value if it can name a data source: a topic name that neither stands for a quarantine nor is reserved by
 * SQLite. Throws `invalid_name` otherwise.
 */
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
  // URLs are normalised: one with such a segment would turn into another URL.
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
