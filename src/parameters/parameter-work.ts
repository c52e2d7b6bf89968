import type { Scanned, ScanWork } from '../events/stream-appends';
import type { PackageLimits } from './package-cursor';
import type { ScannedPackage } from './package-scanner';

/** The text of a package to be checked elsewhere than on the main thread. */
export interface PackageScanWork extends Omit<ScanWork, 'strict'> {
  readonly limits: PackageLimits;
}

/** Checks large packages, so that the main thread need not. Rejects as `scanPackage` throws. */
export interface ParameterWork {
  scanPackage(work: PackageScanWork): Promise<Scanned<ScannedPackage>>;
}
