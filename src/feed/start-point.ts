import { WriterHubError } from '../errors';
import { readIsoTime } from '../events/iso-time';
import { isPosition, type StartPoint } from '../store/contract/position';

const NANOSECONDS_PER_MILLISECOND = 1_000_000n;

/** Where 1971 begins: present-day times that are less are in another unit than nanoseconds. */
const LEAST_NANOSECONDS = 31_536_000n * 1_000_000_000n;

const MOST_NANOSECONDS = 2n ** 63n - 1n;

const FORMS = '"earliest", "latest", a position as text, or {time}';

/**
 * Where a reader begins, as a caller says it: `earliest`, `latest`, a position, or `{time}` with ISO 8601 or
 * nanoseconds, by the clock of the server. Throws `invalid_query` that names `name`.
 */
export function parseStart(value: unknown, name: string): StartPoint {
  if (value === undefined || value === null) return 'latest';
  if (value === 'earliest' || value === 'latest') return value;
  if (typeof value === 'string') {
    if (isPosition(value)) return { position: value };
    throw refused(name, value, FORMS);
  }
  if (typeof value !== 'object' || Array.isArray(value)) throw refused(name, value, FORMS);
  const { time, ...others } = value as { readonly time?: unknown };
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw invalid(`${name} has the unknown property ${shown(unknown)}; it is ${FORMS}`);
  return { storedSince: milliseconds(time, `${name}.time`) };
}

function milliseconds(time: unknown, name: string): number {
  if (typeof time === 'string' && !/^-?\d+$/.test(time)) {
    const read = readIsoTime(time);
    if (typeof read === 'string') throw invalid(`${name}=${shown(time)} ${read}`);
    return Number(read / NANOSECONDS_PER_MILLISECOND);
  }
  const isWhole = typeof time === 'number' ? Number.isInteger(time) : ['string', 'bigint'].includes(typeof time);
  if (!isWhole) throw refused(name, time, 'ISO 8601 with a zone, or whole nanoseconds since 1970');
  const nanoseconds = BigInt(time as number | string | bigint);
  if (nanoseconds < 0n || nanoseconds > MOST_NANOSECONDS) {
    throw refused(name, time, 'a time from 0 to 9223372036854775807 nanoseconds since 1970');
  }
  if (nanoseconds < LEAST_NANOSECONDS) {
    throw refused(name, time, 'a time in nanoseconds since 1970: it seems to be in another unit');
  }
  return Number(nanoseconds / NANOSECONDS_PER_MILLISECOND);
}

function refused(name: string, value: unknown, wanted: string): WriterHubError {
  return invalid(`${name}=${shown(value)} is not ${wanted}`);
}

function shown(value: unknown): string {
  // There is no JSON of undefined, nor of a bigint.
  const text = value === undefined || typeof value === 'bigint' ? String(value) : JSON.stringify(value);
  return text.slice(0, 40);
}

function invalid(reason: string): WriterHubError {
  return new WriterHubError('invalid_query', reason);
}
