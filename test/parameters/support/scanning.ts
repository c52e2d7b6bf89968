import { WriterHubError } from '../../../src/errors';
import type { PackageLimits } from '../../../src/parameters/package-cursor';
import { scanPackage, type ScannedPackage } from '../../../src/parameters/package-scanner';

export const LIMITS: PackageLimits = { maxDepth: 64, maxParameters: 1000, maxTags: 100, shapeSeed: 7 };

/** The package of a text that has timestamps. */
export function scan(text: string | Uint8Array, limits: Partial<PackageLimits> = {}): ScannedPackage {
  const scanned = scanPackage(typeof text === 'string' ? Buffer.from(text) : text, { ...LIMITS, ...limits });
  if (scanned === undefined) throw new Error('the text has no timestamps');
  return scanned;
}

/** The canonical text of a package. */
export function canonical(text: string): string {
  return Buffer.from(scan(text).json).toString();
}

/** The error a text is refused with. */
export function refusal(text: string | Uint8Array, limits: Partial<PackageLimits> = {}): WriterHubError {
  try {
    scanPackage(typeof text === 'string' ? Buffer.from(text) : text, { ...LIMITS, ...limits });
  } catch (error) {
    if (error instanceof WriterHubError) return error;
    throw error;
  }
  throw new Error(`not refused: ${text.toString()}`);
}
