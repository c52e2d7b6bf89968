import { isUtf8 } from 'node:buffer';
import { isDeepStrictEqual } from 'node:util';
import { WriterHubError } from '../../../src/errors';
import { scanPackage, type ScannedPackage } from '../../../src/parameters/package-scanner';
import { readExactly, readSent } from './exact-package';
import { LIMITS } from './scanning';
import type { PackageModel } from './written-packages';

/** What became of a text: it is stored, there is nothing to store, or the code it is refused with. */
export type Outcome = 'stored' | 'empty' | 'malformed_json' | 'invalid_parameters';

const MEMBERS = new Set(['epoch', 'timestamps', 'numericValues', 'stringValues', 'binaryValues', 'tagValues']);

/**
 * Gives a text to the scanner. Throws when the scanner does what it never should, when what it takes is not what was
 * sent, and when it does not keep what it promises to a store.
 */
export function tryPackage(text: Buffer): Outcome {
  const scanned = scan(text);
  if ((scanned === 'malformed_json') === isJson(text)) throw new Error('it is JSON, or not, otherwise than was said');
  if (typeof scanned === 'string') return scanned;
  if (scanned === undefined) return 'empty';
  const canonical = Buffer.from(scanned.json).toString();
  const kept = readExactly(canonical);
  if (!isDeepStrictEqual(kept, readSent(text.toString()))) throw new Error('it is kept otherwise than it was sent');
  const broken = brokenPromise(scanned, canonical, kept);
  if (broken !== undefined) throw new Error(broken);
  return 'stored';
}

function scan(text: Buffer): ScannedPackage | Exclude<Outcome, 'stored' | 'empty'> | undefined {
  try {
    return scanPackage(text, LIMITS);
  } catch (error) {
    if (!(error instanceof WriterHubError)) throw error;
    const { code } = error;
    if (code === 'malformed_json' || code === 'invalid_parameters') return code;
    throw error;
  }
}

/** A byte order mark and record separators in front are not part of the text. */
function isJson(text: Buffer): boolean {
  try {
    // eslint-disable-next-line no-control-regex -- The record separator is a control character.
    JSON.parse(text.toString().replace(/^\ufeff?\x1e*/, ''));
    return isUtf8(text);
  } catch {
    // `JSON.parse` throws for no other reason.
    return false;
  }
}

/** What of `PackageBatch` does not hold. */
function brokenPromise(scanned: ScannedPackage, canonical: string, kept: PackageModel): string | undefined {
  const { count, samples, minTimestamp, maxTimestamp, shape } = scanned;
  const times = kept.timestamps.map((timestamp) => timestamp + kept.epoch);
  const columns = Object.entries(kept.columns).flatMap(([member, byId]) =>
    Object.values(byId).map((values) => ({ member, values })),
  );
  const values = (...members: string[]) =>
    columns
      .filter(({ member }) => members.includes(member))
      .flatMap(({ values: all }) => all.filter((value) => value !== null));
  const promises: Readonly<Record<string, boolean>> = {
    'the names of members': Object.keys(JSON.parse(canonical) as object).every((name) => MEMBERS.has(name)),
    'no escapes in the names of members': memberNames(canonical).every((name) => MEMBERS.has(name)),
    'the number of timestamps': count === times.length && count > 0,
    'the length of columns': columns.every(({ values: { length } }) => length === count),
    'the number of samples': samples === values('numericValues', 'stringValues', 'binaryValues').length,
    'the least time': times.every((time) => time >= minTimestamp) && times.includes(minTimestamp),
    'the greatest time': times.every((time) => time <= maxTimestamp) && times.includes(maxTimestamp),
    'times in int64': [...times, ...kept.timestamps].every((time) => BigInt.asIntN(64, time) === time),
    'numbers in the range of floats': values('numericValues').every((value) => Number.isFinite(Number(value))),
    base64: values('binaryValues').every((value) => Buffer.from(value, 'base64').toString('base64') === value),
    'base64 without escapes': values('binaryValues').every((value) => canonical.includes(`"${value}"`)),
    'whole strings': values('stringValues', 'tagValues').every((value) => !/\p{Cs}/u.test(value)),
    'the shape': Number.isSafeInteger(shape) && shape >= 0,
  };
  return Object.entries(promises).find(([, holds]) => !holds)?.[0];
}

/** The names as they are written, at the outermost level. */
function memberNames(canonical: string): string[] {
  const names: string[] = [];
  let depth = 0;
  for (const [token, name] of canonical.matchAll(/"((?:[^"\\]|\\.)*)"(?=\s*:)|"(?:[^"\\]|\\.)*"|[[\]{}]/gs)) {
    if (token === '{' || token === '[') depth++;
    else if (token === '}' || token === ']') depth--;
    else if (depth === 1 && name !== undefined) names.push(name);
  }
  return names;
}
