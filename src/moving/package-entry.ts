import { parseExact, type ExactValue } from '../json/exact-value';
import { scanPackage } from '../parameters/package-scanner';
import type { PackageBatch, StoredPackage } from '../store/contract/parameter-store';
import type { Entry } from './entry';

/** What a store has taken once is taken as it is, whatever the limits on new ones. */
const STORED = { maxDepth: 100, maxParameters: Infinity, maxTags: Infinity, shapeSeed: 1 };

export function packageEntry({ streamId, json }: StoredPackage): Entry {
  return { lane: streamId, kind: 'packages', text: json, content: contentOf(json) };
}

/** A package as the package scanner hands it over. Throws `invalid_parameters` for a text that is none. */
export function packageBatch(text: string): PackageBatch {
  const batch = scanPackage(Buffer.from(text), STORED);
  if (batch === undefined) throw new Error('a stored package has no timestamps');
  return batch;
}

/** The same for two packages that say the same, with all digits, whatever the order of their columns. */
function contentOf(json: string): string {
  const members = Object.entries(parseExact(json) as Readonly<Record<string, ExactValue>>);
  const said = members.map(([name, value]) => [name, sorted(value)] as const).filter(([, value]) => !isEmpty(value));
  return JSON.stringify(said.sort(byName));
}

/** The columns of an object in order of their names; of anything else, the value itself. */
function sorted(value: ExactValue): unknown {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? Object.entries(value).sort(byName) : value;
}

/** A member that holds no columns says as much as none. */
function isEmpty(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

function byName([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
