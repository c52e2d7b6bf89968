import type { ScannedBatch } from './early-timestamps';
import type { ScanLimits } from './event-scanner';
import type { Scanned, ScanWork } from './stream-appends';

/** A text of events to be checked elsewhere than on the main thread. */
export interface EventScanWork extends Omit<ScanWork, 'strict'> {
  readonly limits: ScanLimits;
}

/** What became of it: no batch for an empty array. */
export type ScannedEvents = Scanned<ScannedBatch>;

/** Checks large texts of events, so that the main thread need not. Rejects as `scanEvents` throws. */
export interface EventWork {
  scanEvents(work: EventScanWork): Promise<ScannedEvents>;
}
