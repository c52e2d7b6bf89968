import type { ScannedBatch } from './early-timestamps';
import type { ScanLimits } from './event-scanner';

/** A text of events to be checked elsewhere than on the main thread. */
export interface EventScanWork {
  readonly text: Uint8Array;
  readonly limits: ScanLimits;
  /** What the fingerprint of the text is for, if one is needed. */
  readonly purpose: readonly string[] | undefined;
  /** Whose work it is: holders take turns. */
  readonly holder: string;
  /** Whether the memory of the text may be taken over: nobody else reads it, and the caller does not need it again. */
  readonly owned: boolean;
}

/** What became of it: `undefined` for an empty array. */
export interface ScannedEvents {
  readonly batch: ScannedBatch | undefined;
  readonly fingerprint: Buffer | undefined;
}

/** Checks large texts of events, so that the main thread need not. Rejects as `scanEvents` throws. */
export interface EventWork {
  scanEvents(work: EventScanWork): Promise<ScannedEvents>;
}
