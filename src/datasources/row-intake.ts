import { WriterHubError } from '../errors';
import { ArrivalOrder } from '../events/arrival-order';
import { queueIsFull } from '../events/queue-is-full';
import { IdempotencyRecords } from '../events/idempotency';
import { checkDataSourceName } from '../events/names';
import type { IdempotencyRecord } from '../store/contract/idempotency';
import { OutcomeUnknown } from '../store/contract/outcome-unknown';
import type { Store } from '../store/contract/store';
import type { AcceptedRows } from './accepted-rows';
import { requireAppend, type DataSourceAccess } from './access';
import { BodyScans, ROWS_PURPOSE, type BodyScansOptions, type PostedBody, type Scan } from './body-scans';
import type { DataSource } from './data-source';
import { renderDataSourceFile } from './definition/datasource-file';
import type { DataSourceRegistry } from './registry';
import { renderRowsAnswer } from './rows/rows-answer';

/** How often rows are scanned because the schema changes meanwhile, before their sender is asked to try again. */
const MOST_SCANS = 8;

export interface RowIntakeOptions extends BodyScansOptions {
  /** Whether rows make a data source that there is not. */
  readonly createDataSources: boolean;
  /** How long an idempotency key is remembered, in milliseconds. */
  readonly idempotencyWindow: number;
  /** In which bodies are checked on the main thread; `wait` resolves when it is the holder's. */
  readonly turns: { wait(holder: string, sender: object): Promise<void> };
  /** Called when rows have been stored. */
  readonly onStored: (stored: { readonly rows: number; readonly quarantined: number }) => void;
}

/** Rows that are to be stored, as they came. */
export interface PostedRows extends PostedBody {
  readonly name: string;
  /** Whether the sender waits until they are committed. */
  readonly wait: boolean;
  /** Whose idempotency key it is; '' for callers that cannot be told apart. */
  readonly subject: string;
  /** Whose share of the topics a data source takes that is made; absent: nobody's. */
  readonly creator?: string | undefined;
}

/** Rows that have been checked against the schema of a data source. */
interface CheckedRows {
  readonly source: DataSource;
  readonly scan: Scan;
}

/** The roles of the store that rows need. */
export type RowIntakeStore = Pick<Store, 'rows' | 'full' | 'isFullFor' | 'writable'>;

/** The entry point for rows: checks them, has them stored, and says what became of them. */
export class RowIntake {
  #stopping = false;
  readonly #records: IdempotencyRecords;
  readonly #order = new ArrivalOrder();
  readonly #scans: BodyScans;
  readonly #store: RowIntakeStore;
  readonly #registry: DataSourceRegistry;
  readonly #accepted: AcceptedRows;
  readonly #options: RowIntakeOptions;

  constructor(store: RowIntakeStore, registry: DataSourceRegistry, accepted: AcceptedRows, options: RowIntakeOptions) {
    this.#store = store;
    this.#registry = registry;
    this.#accepted = accepted;
    this.#options = options;

    this.#records = new IdempotencyRecords(options, options.now);
    this.#scans = new BodyScans(options);
  }

  /**
   * Returns the name, or throws what `take` would throw before it looks at the rows, so that no body is received in
   * vain.
   */
  check(access: DataSourceAccess, name: unknown, holder: string): string {
    if (this.#stopping) throw new WriterHubError('shutting_down', 'the server is stopping; try again in a moment');
    const checked = checkDataSourceName(name);
    requireAppend(access, checked);
    if (this.#registry.get(checked) === undefined) this.#checkCreate(access, checked);
    this.#checkRoom(holder);
    return checked;
  }

  /**
   * Stores rows and resolves with the text of the answer: after the commit, or, where the sender does not wait for it,
   * as soon as every row has been checked and the store is known to work.
   */
  async take(access: DataSourceAccess, posted: PostedRows): Promise<string> {
    const { name, sender } = posted;
    const isKnown = this.#registry.get(name) !== undefined;
    if (!isKnown || this.#scans.isLarge(posted) || this.#order.isUnderWay(name, sender)) {
      return this.#order.inTurn(name, sender, this.#check(access, posted), (checked) => {
        this.#checkRoom(posted.holder);
        return this.#submit(access, posted, checked);
      });
    }
    this.#checkRoom(posted.holder);
    if (this.#accepted.isWaiting) await this.#accepted.drain();
    const source = this.#registry.get(name) ?? (await this.#create(access, posted));
    const scan = this.#scans.scanHere(posted, source);
    if (scan !== undefined) return this.#submit(access, posted, { source, scan });
    return this.#order.inTurn(name, sender, this.#checkElsewhere(posted, source), (checked) => {
      this.#checkRoom(posted.holder);
      return this.#submit(access, posted, checked);
    });
  }

  /** Refuses everything from now on with `shutting_down`. */
  stop(): void {
    this.#stopping = true;
  }

  /** Checks rows while those before them may still be checked. */
  async #check(access: DataSourceAccess, posted: PostedRows): Promise<CheckedRows> {
    this.#checkRoom(posted.holder);
    if (this.#accepted.isWaiting) await this.#accepted.drain();
    const known = this.#registry.get(posted.name);
    const source = known ?? (await this.#create(access, posted));
    // Many may have waited for the same data source, and would now be checked all at once.
    if (known === undefined) await this.#options.turns.wait(posted.holder, posted);
    return { source, scan: await this.#scans.scan(posted, source) };
  }

  async #checkElsewhere(posted: PostedRows, source: DataSource): Promise<CheckedRows> {
    return { source, scan: await this.#scans.scanElsewhere(posted, source) };
  }

  /** Has rows stored that have been checked, and resolves with the text of the answer. */
  #submit(access: DataSourceAccess, posted: PostedRows, checked: CheckedRows): Promise<string> {
    const stored = this.#storeChecked(access, posted, checked);
    if (posted.wait || posted.idempotencyKey !== undefined || !this.#store.writable) return stored;
    const { scanned } = checked.scan;
    this.#accepted.watch(stored, {
      rows: scanned.rows.count + scanned.quarantine.count,
      again: () => this.#storeAgain(access, posted, checked),
    });
    return Promise.resolve(renderRowsAnswer(scanned));
  }

  #checkRoom(holder: string): void {
    if (!this.#store.isFullFor(holder)) return;
    throw queueIsFull(this.#store.full);
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
      { scope: 'create' },
    );
  }

  /** Makes a data source for its first rows, unless others have just done so. */
  #create(access: DataSourceAccess, posted: PostedRows): Promise<DataSource> {
    const { name } = posted;
    this.#checkCreate(access, name);
    return this.#registry.inTurn(name, async () => {
      const present = this.#registry.get(name);
      if (present !== undefined) return present;
      const schema = await this.#scans.infer(posted);
      return this.#registry.create(name, { schema, definition: renderDataSourceFile(schema) }, posted);
    });
  }

  /**
   * Stores rows that were accepted before; they are checked again if the data source is no longer the one they were
   * checked for.
   */
  async #storeAgain(access: DataSourceAccess, posted: PostedRows, { source, scan }: CheckedRows): Promise<string> {
    const present = this.#registry.get(posted.name) ?? (await this.#createAgain(access, posted, scan));
    const rows = present === source ? scan : await this.#scans.scanAgain(posted, present, scan);
    return this.#storeChecked(access, posted, { source: present, scan: rows });
  }

  /** Resolves with the answer once the rows are committed. */
  async #storeChecked(access: DataSourceAccess, posted: PostedRows, checked: CheckedRows): Promise<string> {
    let { source, scan } = checked;
    for (let scans = 1; ; scans++) {
      try {
        return await this.#append(posted, source, scan);
      } catch (error) {
        if (!isOutdated(error) || scans === MOST_SCANS) throw error;
      }
      await this.#registry.refresh(posted.name, source);
      source = this.#registry.get(posted.name) ?? (await this.#createAgain(access, posted, scan));
      scan = await this.#scans.scanAgain(posted, source, scan);
    }
  }

  /** Makes a data source that was removed after rows had been checked for it. */
  #createAgain(access: DataSourceAccess, posted: PostedRows, { body }: Scan): Promise<DataSource> {
    return this.#create(access, { ...posted, body, owned: false });
  }

  async #append(
    { name, idempotencyKey: key, subject, holder }: PostedRows,
    { schemaVersion }: DataSource,
    { scanned, body, fingerprint }: Scan,
  ): Promise<string> {
    const { rows, quarantine } = scanned;
    const answer = renderRowsAnswer(scanned);
    const guard: { readonly record?: IdempotencyRecord } =
      key === undefined
        ? {}
        : { record: this.#records.make({ key, subject, purpose: ROWS_PURPOSE, body, fingerprint, answer }) };
    const onStored = (): void => {
      this.#options.onStored({ rows: rows.count, quarantined: quarantine.count });
    };
    try {
      const receipt = await this.#store.rows.appendRows({
        topic: name,
        schemaVersion,
        rows,
        quarantine,
        holder,
        ...guard,
      });
      if (receipt.answer !== undefined) return receipt.answer;
    } catch (error) {
      throw error instanceof OutcomeUnknown ? error.whenStored(onStored) : error;
    }
    onStored();
    return answer;
  }
}

/** Whether the data source was changed or removed between the check of the rows and their turn to be stored. */
function isOutdated(error: unknown): boolean {
  return error instanceof WriterHubError && (error.code === 'schema_changed' || error.code === 'unknown_topic');
}
