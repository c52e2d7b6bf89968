import type { DataSourceFile, SchemaLimits } from './definition/datasource-file';
import type { InferenceOptions } from './inference/inference';
import type { ReplayedPage } from './quarantine-page';
import type { ScannedRows, ScanOptions } from './rows/row-scanner';
import type { Schema } from './schema/schema';

/** A body of rows to be checked elsewhere than on the main thread. */
export interface RowScanWork {
  readonly body: Uint8Array;
  readonly schema: Schema;
  readonly options: ScanOptions;
  /** What the fingerprint of the body is for, if one is needed. */
  readonly purpose: readonly string[] | undefined;
  /** Whose work it is: holders take turns. */
  readonly holder: string;
  /** Whether the memory of the body may be taken over for the time of the work. It comes back with the result. */
  readonly owned: boolean;
}

/** What became of it, and the body, which the memory given may no longer hold. */
export interface ScannedBody {
  readonly scanned: ScannedRows;
  readonly body: Uint8Array;
  readonly fingerprint: Buffer | undefined;
}

/** A body whose schema is to be inferred. */
export interface InferenceWork {
  readonly body: Uint8Array;
  readonly options: InferenceOptions;
  readonly holder: string;
  readonly owned: boolean;
}

/** Quarantined rows to be checked again. */
export interface ReplayWork {
  readonly raws: readonly Uint8Array[];
  readonly schema: Schema;
  readonly options: Omit<ScanOptions, 'format'>;
  readonly holder: string;
}

/** The text of a `.datasource` file to be parsed. */
export interface SchemaWork {
  readonly text: string;
  readonly limits: SchemaLimits;
  readonly holder: string;
}

/** Does what takes long with large bodies, so that the main thread need not. Rejects as the functions of rows throw. */
export interface RowWork {
  scanRows(work: RowScanWork): Promise<ScannedBody>;
  inferSchema(work: InferenceWork): Promise<{ readonly schema: Schema; readonly body: Uint8Array }>;
  parseSchema(work: SchemaWork): Promise<DataSourceFile>;
  replayRows(work: ReplayWork): Promise<ReplayedPage>;
}
