import { formatBytes } from '../../exact/numbers';
import type { RetentionState } from './topic-state';

/** A retention in words: `7d, 1 GB`; `default`; `for ever`. */
export function retentionText({ age, bytes }: RetentionState): string {
  if (age === null && bytes === null) return 'default';
  const limits = [age === 'never' ? null : age, bytes === 0 || bytes === null ? null : formatBytes(bytes)];
  const said = limits.filter((limit) => limit !== null);
  return said.length === 0 ? 'for ever' : said.join(', ');
}
