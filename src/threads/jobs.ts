import type { DataSourceFile, SchemaLimits } from '../datasources/definition/datasource-file';
import type { InferenceOptions } from '../datasources/inference/inference';
import type { ReplayedPage } from '../datasources/quarantine-page';
import type { ScannedRows, ScanOptions } from '../datasources/rows/row-scanner';
import type { Schema } from '../datasources/schema/schema';
import type { ErrorCode, Problem } from '../errors';
import type { ScannedBatch } from '../events/early-timestamps';
import type { ScanLimits } from '../events/event-scanner';
import type { CompressedCoding } from '../http/inflate';
import type { PackageLimits } from '../parameters/package-cursor';
import type { ScannedPackage } from '../parameters/package-scanner';

/** What crosses to a thread and back, by kind of work. Buffers cross as `Uint8Array`. */
export interface Jobs {
  readonly events: Job<
    { readonly text: Uint8Array; readonly limits: ScanLimits; readonly purpose: readonly string[] | undefined },
    { readonly batch: ScannedBatch | undefined; readonly fingerprint: Uint8Array | undefined }
  >;
  readonly packages: Job<
    { readonly text: Uint8Array; readonly limits: PackageLimits; readonly purpose: readonly string[] | undefined },
    { readonly batch: ScannedPackage | undefined; readonly fingerprint: Uint8Array | undefined }
  >;
  readonly rows: Job<
    {
      readonly body: Uint8Array;
      readonly schema: Schema;
      readonly options: ScanOptions;
      readonly purpose: readonly string[] | undefined;
    },
    { readonly scanned: ScannedRows; readonly body: Uint8Array; readonly fingerprint: Uint8Array | undefined }
  >;
  readonly inference: Job<
    { readonly body: Uint8Array; readonly options: InferenceOptions },
    { readonly schema: Schema; readonly body: Uint8Array }
  >;
  readonly schema: Job<{ readonly text: string; readonly limits: SchemaLimits }, DataSourceFile>;
  readonly replay: Job<
    { readonly raws: readonly Uint8Array[]; readonly schema: Schema; readonly options: Omit<ScanOptions, 'format'> },
    ReplayedPage
  >;
  readonly inflation: Job<
    { readonly sent: Uint8Array; readonly coding: CompressedCoding; readonly limit: number },
    { readonly content: Uint8Array }
  >;
}

interface Job<Input, Output> {
  readonly input: Input;
  readonly output: Output;
}

export type JobKind = keyof Jobs;

/** A job as it is sent to a thread. */
export interface JobRequest<Kind extends JobKind = JobKind> {
  readonly kind: Kind;
  readonly input: Jobs[Kind]['input'];
}

/** What a thread answers. */
export type JobReply =
  | { readonly kind: 'done'; readonly output: Jobs[JobKind]['output'] }
  | {
      readonly kind: 'failed';
      readonly code: ErrorCode;
      readonly message: string;
      readonly problems: readonly Problem[] | undefined;
      readonly position: number | undefined;
    };
