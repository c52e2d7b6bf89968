import { WriterHubError } from '../errors';
import { IdempotencyRecords } from '../events/idempotency';
import { checkDataSourceName } from '../events/names';
import type { IdempotencyRecord } from '../store/contract/idempotency';
import type { Store } from '../store/contract/store';
import type { AcceptedRows } from './accepted-rows';
import { requireAppend, type DataSourceAccess } from './access';
import type { DataSource } from './data-source';
import { inferSchema } from './inference/inference';
import type { DataSourceRegistry } from './registry';
import { renderRowsAnswer } from './rows/rows-answer';
import { scanRows, type RowFormat, type ScannedRows } from './rows/row-scanner';

/** How often rows are scanned because the schema changes meanwhile, before their sender is asked to try again. */
const MOST_SCANS = 8;

export interface RowIntakeOptions {
  /** Deepest nesting of arrays and objects in a row. */
  readonly maxDepth: number;
  /** How many columns a data source may have. */
  readonly maxColumns: number;
  /** How many rows of one request may be quarantined. */
  readonly maxQuarantinedRows: number;
  /** Whether rows make a data source that there is not. */
  readonly createDataSources: boolean;
  /** How long an idempotency key is remembered, in milliseconds. */
  readonly idempotencyWindow: number;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
  /** Called when rows have been stored. */
  readonly onStored: (stored: { readonly rows: number; readonly quarantined: number }) => void;
}

/** Rows that are to be stored, as they came. */
export interface PostedRows {
  readonly name: string;
  readonly body: Uint8Array;
  readonly format: RowFormat;
  /** Whether the sender waits until they are committed. */
  readonly wait: boolean;
  /** The same body under the same key of the same subject is stored once. */
  readonly idempotencyKey: string | undefined;
  /** Whose key it is; '' for callers that cannot be told apart. */
  readonly subject: string;
  /** Whose share of the topics a data source takes that is made; absent: nobody's. */
  readonly holder?: string | undefined;
}

/** The roles of the store that rows need. */
export type RowIntakeStore = Pick<Store, 'rows' | 'full' | 'writable'>;

/** The entry point for rows: checks them, has them stored, and says what became of them. */
export class RowIntake {
  #stopping = false;
  readonly #records: IdempotencyRecords;
  readonly #store: RowIntakeStore;
  readonly #registry: DataSourceRegistry;
  readonly #accepted: AcceptedRows;
  readonly #options: RowIntakeOptions;

  constructor(store: RowIntakeStore, registry: DataSourceRegistry, accepted: AcceptedRows, options: RowIntakeOptions) {
    this.#store = store;
    this.#registry = registry;
    this.#accepted = accepted;
    this.#options = options;

    this.#records = new IdempotencyRecords(options.idempotencyWindow, options.now);
  }

  /**
   * Returns the name, or throws what `take` would throw before it looks at the rows, so that no body is received in
   * vain.
   */
  check(access: DataSourceAccess, name: unknown): string {
    if (this.#stopping) throw new WriterHubError('shutting_down', 'the server is stopping; try again in a moment');
    const checked = checkDataSourceName(name);
    requireAppend(access, checked);
    if (this.#registry.get(checked) === undefined) this.#checkCreate(access, checked);
    this.#checkRoom();
    return checked;
  }

  /**
   * Stores rows and resolves with the text of the answer: after the commit, or, where the sender does not wait for it,
   * as soon as every row has been checked and the store is known to work.
   */
  async take(access: DataSourceAccess, posted: PostedRows): Promise<string> {
    this.#checkRoom();
    if (this.#accepted.isWaiting) await this.#accepted.drain();
    const source = this.#registry.get(posted.name) ?? (await this.#create(access, posted));
    const scanned = this.#scan(source, posted);
    const stored = this.#storeScanned(access, posted, source, scanned);
    if (posted.wait || posted.idempotencyKey !== undefined || !this.#store.writable) return stored;
    this.#accepted.watch(stored, {
      rows: scanned.rows.count + scanned.quarantine.count,
      again: () => this.#storeAgain(access, posted, source, scanned),
    });
    return renderRowsAnswer(scanned);
  }

  /** Refuses everything from now on with `shutting_down`. */
  stop(): void {
    this.#stopping = true;
  }

  #checkRoom(): void {
    if (!this.#store.full) return;
    throw new WriterHubError('store_busy', 'the queue in front of the disk is full; try again in a second');
  }

  #checkCreate(access: DataSourceAccess, name: string): void {
    const missing = `Data Source "${name}" does not exist`;
    if (!this.#options.createDataSources) {
      throw new WriterHubError('unknown_data_source', `${missing}; make it with POST /v0/datasources`);
    }
    if (access.mayCreate) return;
    throw new WriterHubError(
      'forbidden',
      `${missing}, and the token lacks the scope create (DATASOURCES:CREATE) to make it`,
    );
  }

  /** Makes a data source for its first rows, unless others have just done so. */
  #create(access: DataSourceAccess, { name, body, format, holder }: PostedRows): Promise<DataSource> {
    this.#checkCreate(access, name);
    const { maxDepth, maxColumns, maxQuarantinedRows: maxQuarantined } = this.#options;
    return this.#registry.inTurn(name, () => {
      const present = this.#registry.get(name);
      if (present !== undefined) return Promise.resolve(present);
      const schema = inferSchema(body, { format, maxDepth, maxColumns, maxQuarantined });
      return this.#registry.create(name, schema, holder);
    });
  }

  #scan(source: DataSource, { body, format }: PostedRows): ScannedRows {
    const { maxDepth, maxQuarantinedRows: maxQuarantined, now } = this.#options;
    const scanned = scanRows(body, source.schema, { format, maxDepth, maxQuarantined, now: now() });
    if (scanned.unknownFields.length > 0) source.noteUnknownFields(scanned.unknownFields);
    return scanned;
  }

  /**
   * Stores rows that were accepted before; they are scanned again if the data source is no longer the one they were
   * scanned for.
   */
  async #storeAgain(
    access: DataSourceAccess,
    posted: PostedRows,
    source: DataSource,
    scanned: ScannedRows,
  ): Promise<string> {
    const present = this.#registry.get(posted.name) ?? (await this.#create(access, posted));
    const rows = present === source ? scanned : this.#scan(present, posted);
    return this.#storeScanned(access, posted, present, rows);
  }

  /** Resolves with the answer once the rows are committed. */
  async #storeScanned(
    access: DataSourceAccess,
    posted: PostedRows,
    source: DataSource,
    scanned: ScannedRows,
  ): Promise<string> {
    let [present, rows] = [source, scanned];
    for (let scans = 1; ; scans++) {
      try {
        return await this.#append(posted, present, rows);
      } catch (error) {
        if (!isOutdated(error) || scans === MOST_SCANS) throw error;
      }
      await this.#registry.refresh(posted.name, present);
      present = this.#registry.get(posted.name) ?? (await this.#create(access, posted));
      rows = this.#scan(present, posted);
    }
  }

  async #append(
    { name, body, idempotencyKey: key, subject }: PostedRows,
    { schemaVersion }: DataSource,
    scanned: ScannedRows,
  ): Promise<string> {
    const { rows, quarantine } = scanned;
    const answer = renderRowsAnswer(scanned);
    const guard: { readonly record?: IdempotencyRecord } =
      key === undefined ? {} : { record: this.#records.make({ key, subject, purpose: ['rows'], body, answer }) };
    const receipt = await this.#store.rows.appendRows({ topic: name, schemaVersion, rows, quarantine, ...guard });
    if (receipt.answer !== undefined) return receipt.answer;
    this.#options.onStored({ rows: rows.count, quarantined: quarantine.count });
    return answer;
  }
}

/** Whether the data source was changed or removed between the check of the rows and their turn to be stored. */
function isOutdated(error: unknown): boolean {
  return error instanceof WriterHubError && (error.code === 'schema_changed' || error.code === 'unknown_topic');
}
