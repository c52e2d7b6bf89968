import { WriterHubError } from '../../errors';
import type { AppliedLog, Change } from '../sqlite/channel/messages';
import type { LoggedBatch, SqliteView, ViewWrite } from '../sqlite/sqlite-view';
import type { StoredRecord } from './log-cluster';
import { ForeignRecord, fromRecord, type LogRecord, type LogWrite } from './log-record';

/** One transaction has so many writes of a log at the most, and about so many bytes of them. */
const STEP = { writes: 500, bytes: 2 * 1024 * 1024 };

/** What the feeder tells its owner. */
export interface FeederListener {
  /** The topic that a log is of; `undefined`: there is no such topic any more. */
  topicOf(log: string): string | undefined;
  /** Logs that are there no more when a change is carried out. */
  removedBy(change: Change): readonly string[];
  /** A write was carried out, before the next one is. */
  onApplied(log: string, record: LogRecord, outcome: PromiseSettledResult<unknown>): Promise<void>;
  /** A record that no hub has written is left out. */
  onForeign(record: StoredRecord, why: string): void;
  /** The view could not carry something out; resolves when that is to be tried again. */
  onFailure(error: unknown): Promise<void>;
}

/** How far a log is carried out, and the last numbers of those who write to it. */
interface Progress {
  readonly identity: string;
  next: number;
  readonly writers: Map<string, number>;
}

/** A record that is to be carried out. */
interface Entry {
  readonly stored: StoredRecord;
  readonly record: LogRecord;
}

/** Carries out what logs say in the view: in the order of each, every write once. */
export class ViewFeeder {
  readonly #progress = new Map<string, Progress>();
  readonly #view: SqliteView;
  readonly #listener: FeederListener;

  constructor(view: SqliteView, listener: FeederListener) {
    this.#view = view;
    this.#listener = listener;
  }

  /** Finds out how far the view is. */
  async load(): Promise<void> {
    for (const { name, identity, next, writers } of await this.#view.logs()) {
      this.#progress.set(name, { identity, next, writers: new Map(writers) });
    }
  }

  /** The offset that is carried out next; `undefined`: nothing is known of the log. */
  next(log: string): number | undefined {
    return this.#progress.get(log)?.next;
  }

  identity(log: string): string | undefined {
    return this.#progress.get(log)?.identity;
  }

  /** Begins a log that nothing is known of. */
  begin(log: string, identity: string, next: number): void {
    this.#progress.set(log, { identity, next, writers: new Map() });
  }

  /** Resolves when the records are carried out. Rejects when one of them cannot be, now or ever. */
  async feed(records: readonly StoredRecord[]): Promise<void> {
    const byLog = new Map<string, StoredRecord[]>();
    for (const record of records) {
      const ofLog = byLog.get(record.log);
      if (ofLog === undefined) byLog.set(record.log, [record]);
      else ofLog.push(record);
    }
    for (const [log, ofLog] of byLog) await this.#feedLog(log, ofLog);
  }

  async #feedLog(log: string, records: readonly StoredRecord[]): Promise<void> {
    let step: Entry[] = [];
    let bytes = 0;
    const last = records.at(-1)!;
    for (const stored of records) {
      const record = this.#read(stored);
      if (record === undefined) continue;
      const isAlone = standsAlone(record.write);
      if (step.length > 0 && (isAlone || step.length >= STEP.writes || bytes >= STEP.bytes)) {
        await this.#carryOut(log, step, stored.offset);
        [step, bytes] = [[], 0];
      }
      step.push({ stored, record });
      bytes += stored.value?.length ?? 0;
      if (isAlone) {
        await this.#carryOut(log, step, stored.offset + 1);
        [step, bytes] = [[], 0];
      }
    }
    await this.#carryOut(log, step, last.offset + 1);
  }

  /** The write of a record; `undefined`: it is carried out already, or nothing that could be. */
  #read(stored: StoredRecord): LogRecord | undefined {
    const { log, offset } = stored;
    const progress = this.#progress.get(log);
    const topic = this.#listener.topicOf(log);
    if (progress === undefined || topic === undefined || offset < progress.next) return undefined;
    try {
      const record = fromRecord(stored, topic);
      const { writer, number } = record;
      // It was put there again, because nobody knew whether it was there.
      if (number <= (progress.writers.get(writer) ?? 0)) return undefined;
      progress.writers.set(writer, number);
      return record;
    } catch (error) {
      if (!(error instanceof ForeignRecord)) throw error;
      if (error.isNewer) throw newerRecord(stored, error);
      this.#listener.onForeign(stored, error.message);
      return undefined;
    }
  }

  async #carryOut(log: string, step: readonly Entry[], next: number): Promise<void> {
    const progress = this.#progress.get(log);
    if (progress === undefined || next <= progress.next) return;
    const changed = new Map(step.map(({ record: { writer, number } }) => [writer, number]));
    const applied: AppliedLog = { name: log, identity: progress.identity, next, writers: [...changed] };
    const removed = step.flatMap(({ record: { write } }) =>
      write.kind === 'change' ? this.#listener.removedBy(write.change) : [],
    );
    const outcomes = await this.#apply({ after: progress.next, log: applied, removed }, step);
    progress.next = next;
    for (const name of removed) this.#progress.delete(name);
    for (const [index, outcome] of outcomes.entries()) {
      await this.#listener.onApplied(log, step[index]!.record, outcome);
    }
  }

  async #apply(
    place: { readonly after: number; readonly log: AppliedLog; readonly removed: readonly string[] },
    step: readonly Entry[],
  ): Promise<PromiseSettledResult<unknown>[]> {
    for (;;) {
      try {
        const writes = await Promise.all(step.map((entry) => this.#prepare(entry)));
        return await this.#view.apply({ ...place, writes });
      } catch (error) {
        await this.#listener.onFailure(error);
      }
    }
  }

  async #prepare({ stored, record: { write, limits } }: Entry): Promise<ViewWrite> {
    const { at } = stored;
    if (write.kind !== 'change' || write.change.kind !== 'change_data_source') return { at, limits, put: putOf(write) };
    try {
      const change = await this.#view.convert(write.change);
      return { at, limits, put: (batch) => batch.change(change) };
    } catch (error) {
      if (!(error instanceof WriterHubError) || error.code === 'store_unavailable') throw error;
      // It is refused, on every hub alike.
      const refused = (batch: LoggedBatch): Promise<never> =>
        batch.change({ kind: 'barrier' }).then(() => {
          throw error;
        });
      return { at, limits, put: refused };
    }
  }
}

function putOf(write: LogWrite): ViewWrite['put'] {
  switch (write.kind) {
    case 'events':
      return (batch) => batch.appendEvents(write.append);
    case 'package':
      return (batch) => batch.appendPackage(write.append);
    case 'rows':
      return (batch) => batch.appendRows(write.append);
    case 'change':
      return (batch) => batch.change(write.change);
  }
}

/** Changes after which there are other topics, or columns that were rewritten beside those that are read. */
const ALONE: ReadonlySet<Change['kind']> = new Set([
  'create_topic',
  'remove_topic',
  'create_data_source',
  'change_data_source',
  'drop_data_source',
]);

function standsAlone(write: LogWrite): boolean {
  return write.kind === 'change' && ALONE.has(write.change.kind);
}

function newerRecord({ log, offset }: StoredRecord, error: ForeignRecord): WriterHubError {
  return new WriterHubError(
    'store_unavailable',
    `the record at offset ${offset} of ${log} may be one of a newer version of writer-hub: ${error.message}`,
  );
}
