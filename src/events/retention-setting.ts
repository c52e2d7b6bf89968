import { formatDuration, parseDuration } from '../duration';
import { WriterHubError } from '../errors';
import type { Retention, RetentionChange } from '../store/contract/retention';

/** What is asked for of the retention of a topic. */
export type RetentionSetting = Pick<RetentionChange, 'age' | 'bytes'>;

/**
 * Reads `{"retention": {"age": "7d", "bytes": 1000000}}`, parsed JSON. `null` is for the server's default, `"never"`
 * and 0 for no limit; what is not named stays as it is. Throws `invalid_properties`.
 */
export function parseRetentionSetting(body: unknown): RetentionSetting {
  const { retention, ...others } = objectOf(body, 'the body');
  const [other] = Object.keys(others);
  if (other !== undefined) throw invalid(`a topic has no property ${JSON.stringify(other.slice(0, 100))}`);
  const { age, bytes, ...unknown } = objectOf(retention, 'retention');
  const [name] = Object.keys(unknown);
  if (name !== undefined) throw invalid(`retention has no property ${JSON.stringify(name.slice(0, 100))}`);
  return {
    ...(age !== undefined && { age: age === null ? null : parseAge(age) }),
    ...(bytes !== undefined && { bytes: bytes === null ? null : parseBytes(bytes) }),
  };
}

/** A retention as `parseRetentionSetting` reads it; `null` where the default holds. */
export function renderRetention({ age, bytes }: Retention): { age: string | null; bytes: number | null } {
  return { age: age === undefined ? null : renderAge(age), bytes: bytes ?? null };
}

function renderAge(age: number): string {
  return age === 0 ? 'never' : formatDuration(Math.round(age / 1000));
}

/** In milliseconds; 0 for ever. */
function parseAge(age: unknown): number {
  if (typeof age !== 'string') throw invalid('the age of a retention is a text such as "7d", "never" or null');
  try {
    return (parseDuration(age) ?? 0) * 1000;
  } catch (error) {
    throw invalid(error instanceof Error ? error.message : String(error));
  }
}

function parseBytes(bytes: unknown): number {
  if (typeof bytes === 'number' && Number.isSafeInteger(bytes) && bytes >= 0) return bytes;
  throw invalid('the bytes of a retention are a whole number, 0 for any number of them, or null');
}

function objectOf(value: unknown, what: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw invalid(`${what} is not an object: write {"retention": {"age": "7d", "bytes": 1000000000}}`);
}

function invalid(message: string): WriterHubError {
  return new WriterHubError('invalid_properties', message);
}
