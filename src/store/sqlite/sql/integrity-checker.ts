import { WriterHubError } from '../../../errors';
import { Gate } from '../../../limits/gate';
import { DamageError, toStoreError } from '../channel/failure';
import type { ProcessSettings } from './query-messages';
import { QueryProcess } from './query-process';

/** How long after its start the store is checked for the first time, in milliseconds. */
const FIRST_CHECK_AFTER = 60_000;
/** How long the check of one table may take, in milliseconds. */
const TABLE_TIMEOUT = 60 * 60_000;
/** How often the check of one table is begun again after it gave way; then it has to wait for the next round. */
const MAX_TRIES = 5;

/** What a checker does its work with. */
export interface IntegrityCheckerOptions {
  /** What its processes are started with. */
  readonly settings: () => ProcessSettings;
  /** Milliseconds between two checks; 0: there is none. */
  readonly interval: number;
  /** Called when the database is damaged. */
  onDamage(error: DamageError): void;
  /** Called when all tables have been looked at: how many were, and how many were not. */
  onChecked(tables: { readonly checked: number; readonly skipped: number }): void;
}

/**
 * Looks now and then whether the pages of all tables are sound, table by table, in a process that can be stopped at any
 * time: what reads a table for long keeps the write-ahead log from being emptied.
 */
export class IntegrityChecker {
  readonly #options: IntegrityCheckerOptions;
  readonly #gate = new Gate();
  #process: QueryProcess | undefined;
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> | undefined;
  #isClosed = false;

  constructor(options: IntegrityCheckerOptions) {
    this.#options = options;
  }

  /** Plans the first check. */
  start(): void {
    this.#plan(Math.min(this.#options.interval, FIRST_CHECK_AFTER));
  }

  /** The check that runs is stopped; it is begun again after `resume`. */
  async pause(): Promise<void> {
    const paused = this.#gate.pause();
    await this.#process?.stop(gaveWay());
    await paused;
  }

  resume(): void {
    this.#gate.resume();
  }

  /** It has ended already. */
  interrupt(): void {
    return;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#gate.resume();
    await this.#process?.stop(gaveWay());
    await this.#round;
  }

  #plan(delay: number): void {
    if (this.#options.interval === 0 || this.#isClosed) return;
    this.#timer = setTimeout(() => {
      this.#round = this.#checkAll();
    }, delay);
    this.#timer.unref();
  }

  /** The next round is planned when the process of this one has ended, so that there is never more than one. */
  async #checkAll(): Promise<void> {
    const isSound = await this.#checkTables();
    await this.#process?.stop(gaveWay());
    this.#process = undefined;
    if (isSound) this.#plan(this.#options.interval);
  }

  /** Says whether no damage was met. */
  async #checkTables(): Promise<boolean> {
    try {
      const tables = await this.#ask();
      let checked = 0;
      for (const table of tables) if (await this.#check(table)) checked += 1;
      if (!this.#isClosed) this.#options.onChecked({ checked, skipped: tables.length - checked });
      return true;
    } catch (error) {
      // Damage ends the checks. Whatever else keeps a process from working is tried again the next time.
      if (!(error instanceof DamageError)) return true;
      this.#options.onDamage(error);
      return false;
    }
  }

  /** Whether the table was checked; throws a `DamageError` when it is damaged. */
  async #check(table: string): Promise<boolean> {
    for (let tries = 0; tries < MAX_TRIES && !this.#isClosed; tries++) {
      try {
        const [problem] = await this.#ask(table);
        if (problem === undefined) return true;
        throw new DamageError(`the database is damaged: ${problem.replaceAll('\n', ' ')}`);
      } catch (error) {
        if (error instanceof DamageError) throw error;
        // The table has been removed in the meantime.
        if (!isGivingWay(error)) return false;
      }
    }
    return false;
  }

  #ask(table?: string): Promise<string[]> {
    return this.#gate.run(async () => {
      if (this.#isClosed) throw gaveWay();
      if (this.#process?.isAlive !== true) this.#process = new QueryProcess(this.#options.settings());
      const request = { kind: 'check', ...(table !== undefined && { table }) } as const;
      const { chunks } = await this.#process.run({
        request,
        contentType: '',
        timeout: TABLE_TIMEOUT,
        signal: undefined,
        access: () => {
          throw toStoreError('check its tables', new Error('a check asks for no names'));
        },
      });
      return JSON.parse(Buffer.concat(chunks).toString()) as string[];
    });
  }
}

function gaveWay(): WriterHubError {
  return new WriterHubError('store_busy', 'the check of the database has given way');
}

function isGivingWay(error: unknown): boolean {
  return error instanceof WriterHubError && error.code === 'store_busy';
}
