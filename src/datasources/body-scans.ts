import { WriterHubError } from '../errors';
import type { DataSource } from './data-source';
import { inferSchema } from './inference/inference';
import { scanRows, type RowFormat, type ScannedRows, type ScanOptions } from './rows/row-scanner';
import { type IsTooLong, unlessTooLong } from './rows/takes-too-long';
import type { RowWork } from './row-work';
import type { Schema } from './schema/schema';

/** Longer bodies are checked elsewhere, if there is where. */
const LONGEST_HERE = 192 * 1024;
/**
 * So are those that turn out to take longer, in milliseconds: of many columns or many bad rows, 192 KiB can take a
 * second.
 */
const LONGEST_TIME_HERE = 10;
/** Bodies up to this length take less, whatever is in them. */
const SHORT = 2 * 1024;

/**
 * So many rows show that a field is always there. The first request is often a probe (`{"content":"tests"}`), a ping,
 * or one event of many kinds, and with required columns all that comes later would be quarantined.
 */
const REQUIRED_FROM = 10;

/** What the fingerprint of rows is for. */
export const ROWS_PURPOSE: readonly string[] = ['rows'];

export interface BodyScansOptions {
  /** Deepest nesting of arrays and objects in a row. */
  readonly maxDepth: number;
  /** How many columns a data source may have. */
  readonly maxColumns: number;
  /** Longest text of a schema, in bytes. */
  readonly maxSchemaBytes: number;
  /** How many rows of one request may be quarantined. */
  readonly maxQuarantinedRows: number;
  /** How often the bytes of a row may be read again for columns that take the same field. */
  readonly maxRereads: number;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
  /** Checks large bodies; absent: the main thread does. */
  readonly work?: RowWork;
  /** Milliseconds of a clock that only goes forward. Default: that of the process. */
  readonly clock?: () => number;
}

/** A body of rows, as it came. */
export interface PostedBody {
  readonly body: Uint8Array;
  readonly format: RowFormat;
  /** The same body under the same key of the same subject is stored once. */
  readonly idempotencyKey: string | undefined;
  /** For whom: holders take turns at what is scarce. */
  readonly holder: string;
  /** What it came by, such as a connection: what comes by it for a data source stays in order. */
  readonly sender: unknown;
  /** Whether the memory of the body may be taken over, because nobody else reads it. */
  readonly owned?: boolean;
}

/** What became of a body, and the body, which the memory that was given may no longer hold. */
export interface Scan {
  readonly scanned: ScannedRows;
  readonly body: Uint8Array;
  readonly fingerprint: Buffer | undefined;
}

/** Checks bodies of rows: small ones at once, large ones in another thread. */
export class BodyScans {
  readonly #work: RowWork | undefined;
  readonly #options: BodyScansOptions;

  constructor(options: BodyScansOptions) {
    this.#work = options.work;
    this.#options = options;
  }

  /** Whether a body is so large that it is not checked at once. */
  isLarge({ body }: PostedBody): boolean {
    return body.length > LONGEST_HERE && this.#work !== undefined;
  }

  /** Checks a body at once; `undefined` when that takes too long here. Throws as `scanRows` does. */
  scanHere({ body, format }: PostedBody, source: DataSource): Scan | undefined {
    const options = this.#scanOptions(format);
    const isTooLong = this.#limitTime(body);
    const scanned =
      isTooLong === undefined
        ? scanRows(body, source.schema, options)
        : unlessTooLong(() => scanRows(body, source.schema, { ...options, isTooLong }));
    return scanned && noted({ scanned, body, fingerprint: undefined }, source);
  }

  /** Checks a body, one that is large or takes long elsewhere. Rejects as `scanRows` throws. */
  async scan(posted: PostedBody, source: DataSource): Promise<Scan> {
    const here = this.isLarge(posted) ? undefined : this.scanHere(posted, source);
    return here ?? this.scanElsewhere(posted, source);
  }

  /** Checks a body in a thread. Rejects as `scanRows` throws. */
  async scanElsewhere(posted: PostedBody, source: DataSource): Promise<Scan> {
    const { body, format, idempotencyKey, holder, owned = false } = posted;
    const purpose = idempotencyKey === undefined ? undefined : ROWS_PURPOSE;
    const options = this.#scanOptions(format);
    const scan = await this.#work!.scanRows({ body, schema: source.schema, options, purpose, holder, owned });
    return noted(scan, source);
  }

  /**
   * Checks a body once more, because the schema has changed. Its rows may have been accepted already, so that whatever
   * keeps it from being checked means no more than that the store cannot take them now.
   */
  async scanAgain(posted: PostedBody, source: DataSource, { body, fingerprint }: Scan): Promise<Scan> {
    try {
      const scan = await this.scan({ ...posted, body, owned: false }, source);
      return { ...scan, body, fingerprint };
    } catch (error) {
      if (!isPassing(error)) throw error;
      const reason = 'the rows cannot be checked again at the moment';
      throw new WriterHubError('store_unavailable', reason, { cause: error });
    }
  }

  /** The schema of the rows of a body. Rejects as `inferSchema` throws. */
  async infer(posted: PostedBody): Promise<Schema> {
    const { body, format, holder } = posted;
    const { maxDepth, maxColumns, maxSchemaBytes, maxQuarantinedRows: maxQuarantined } = this.#options;
    const requiredFrom = REQUIRED_FROM;
    const options = { format, maxDepth, maxColumns, requiredFrom, maxSchemaBytes, maxQuarantined };
    const here = this.isLarge(posted)
      ? undefined
      : unlessTooLong(() => inferSchema(body, { ...options, isTooLong: this.#limitTime(body) }));
    if (here !== undefined) return here;
    const { schema } = await this.#work!.inferSchema({ body, options, holder, owned: false });
    return schema;
  }

  /** Says when a body has taken so long that it is for a thread to go on; `undefined` when it need not be asked. */
  #limitTime(body: Uint8Array): IsTooLong | undefined {
    if (this.#work === undefined || body.length <= SHORT) return undefined;
    const { clock = monotonic } = this.#options;
    const end = clock() + LONGEST_TIME_HERE;
    return () => clock() > end;
  }

  #scanOptions(format: RowFormat): ScanOptions {
    const { maxDepth, maxQuarantinedRows: maxQuarantined, maxRereads, now } = this.#options;
    return { format, maxDepth, maxQuarantined, maxRereads, now: now() };
  }
}

function monotonic(): number {
  return performance.now();
}

function noted(scan: Scan, source: DataSource): Scan {
  const { unknownFields } = scan.scanned;
  if (unknownFields.length > 0) source.noteUnknownFields(unknownFields);
  return scan;
}

/** Whether an error tells of the server at this moment rather than of the rows. */
function isPassing(error: unknown): boolean {
  return error instanceof WriterHubError && ['over_share', 'store_busy', 'internal'].includes(error.code);
}
