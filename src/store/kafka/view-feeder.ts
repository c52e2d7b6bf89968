import { WriterHubError } from '../../errors';
import type { AppliedLog, Change } from '../sqlite/channel/messages';
import type { LoggedBatch, SqliteView, ViewWrite } from '../sqlite/sqlite-view';
import type { StoredRecord } from './log-cluster';
import { chunkPlaceOf, fromChunks, WaitingChunks } from './chunks';
import {
  ForeignRecord,
  fromRecord,
  type HeaderTexts,
  type LoggedRecord,
  type LoggedWrite,
  numberOf,
  textsOf,
  type WriteNumber,
} from './log-record';
import { toldOf } from './state-records';

/** One transaction has so many writes of a log at the most, and about so many bytes of them. */
const STEP = { writes: 1000, bytes: 2 * 1024 * 1024 };

/** So many steps are with the view at once: what is next is taken apart while one is carried out. */
const STEPS_UNDER_WAY = 2;

type Restatement = Extract<Change, { readonly kind: 'restate' }>;

/** What the feeder tells its owner. */
export interface FeederListener {
  /** The topic that a log is of; `undefined`: there is no such topic any more. */
  topicOf(log: string): string | undefined;
  /** Whether some logs may be far behind others. */
  isCatchingUp(): boolean;
  /** Logs that are there no more when a change is carried out. */
  removedBy(change: Change): readonly string[];
  /** A write was carried out. What it returns is waited for before others of its log are. */
  onApplied(log: string, record: LoggedRecord, outcome: PromiseSettledResult<unknown>): Promise<void> | undefined;
  /** A record that no hub has written is left out. */
  onForeign(record: StoredRecord, why: string): void;
  /** The view could not carry something out; resolves when that is to be tried again. */
  onFailure(error: unknown): Promise<void>;
}

/** How far a log has come, and the last numbers of those who write to it. */
interface Progress {
  readonly identity: string;
  /** What is carried out next, and what is given to the view next. */
  next: number;
  given: number;
  readonly writers: Map<string, number>;
  /** Their last numbers when the view was opened. */
  readonly before: ReadonlyMap<string, number>;
}

/** What is carried out at once. */
interface Step {
  readonly log: string;
  readonly entries: readonly Entry[];
  /** The offset behind it. */
  readonly end: number;
}

/** A record that is to be carried out. */
interface Entry {
  readonly stored: StoredRecord;
  readonly record: LoggedRecord;
}

/** Carries out what logs say in the view: in the order of each, every write once. */
export class ViewFeeder {
  readonly #progress = new Map<string, Progress>();
  /** The steps that are with the view, in their order. */
  readonly #underWay: Promise<void>[] = [];
  /** Resolves when what was to be carried out so far is with the view. */
  #given: Promise<void> = Promise.resolve();
  readonly #chunks = new WaitingChunks();
  /** How often the view could not carry something out. */
  #failures = 0;
  readonly #view: SqliteView;
  readonly #listener: FeederListener;

  constructor(view: SqliteView, listener: FeederListener) {
    this.#view = view;
    this.#listener = listener;
  }

  /** Finds out how far the view is. */
  load(): Promise<void> {
    return this.#load();
  }

  /** `log`: of one alone. */
  async #load(log?: string): Promise<void> {
    for (const { name, identity, next, writers, chunks = [] } of await this.#view.logs()) {
      if (log !== undefined && name !== log) continue;
      for (const { writer, index, bytes } of chunks) this.#chunks.add(name, { writer }, index, bytes);
      const before = new Map(writers);
      this.#progress.set(name, { identity, next, given: next, writers: new Map(before), before });
    }
  }

  /** The offset that is carried out next; `undefined`: nothing is known of the log. */
  next(log: string): number | undefined {
    return this.#progress.get(log)?.next;
  }

  /** The number of the last write of a writer to a log that was carried out before the view was opened; 0: none. */
  before(log: string, writer: string): number {
    return this.#progress.get(log)?.before.get(writer) ?? 0;
  }

  identity(log: string): string | undefined {
    return this.#progress.get(log)?.identity;
  }

  /** Begins a log that nothing is known of. */
  begin(log: string, identity: string, next: number): void {
    this.#progress.set(log, { identity, next, given: next, writers: new Map(), before: new Map() });
  }

  /**
   * Resolves when the records are carried out, which come behind those of the calls before. Rejects when one of them
   * cannot be, now or ever.
   */
  async feed(records: readonly StoredRecord[]): Promise<void> {
    const given = this.#given.then(() => this.#giveAll(records));
    this.#given = given.then(ignore);
    // Whoever called is told.
    this.#given.catch(ignore);
    await Promise.all((await given).steps);
  }

  /**
   * Has the view take what a topic was at an offset of its log, in place of what it has, behind what was fed before.
   * Rejects when it cannot.
   */
  async restate(log: string, offset: number, change: Restatement): Promise<void> {
    const given = this.#given.then(() => this.#restate(log, offset, change));
    this.#given = given;
    // Whoever called is told.
    given.catch(ignore);
    await given;
  }

  async #restate(log: string, offset: number, change: Restatement): Promise<void> {
    const progress = this.#progress.get(log);
    if (progress === undefined) return;
    await this.#settled(1);
    const { identity, given: after } = progress;
    const place = { after, log: { name: log, identity, next: offset, writers: [] }, removed: [] };
    // It was so before anything that comes now: nothing is too old by it.
    const stored = { log, offset, at: 0, key: null, value: null, headers: [] };
    const record = { writer: '', number: 0, limits: {}, write: { kind: 'change', change } } as const;
    const [outcome] = await this.#apply(place, [{ stored, record }], Promise.resolve());
    if (outcome?.status === 'rejected') throw outcome.reason;
    this.#progress.delete(log);
    await this.#load(log);
  }

  /** Gives the view all of it; what comes back are the steps that are under way then. */
  async #giveAll(records: readonly StoredRecord[]): Promise<{ readonly steps: readonly Promise<void>[] }> {
    const byLog = new Map<string, StoredRecord[]>();
    for (const record of records) {
      const ofLog = byLog.get(record.log);
      if (ofLog === undefined) byLog.set(record.log, [record]);
      else ofLog.push(record);
    }
    for (const [log, ofLog] of byLog) await this.#giveLog(log, ofLog);
    return { steps: [...this.#underWay] };
  }

  async #giveLog(log: string, records: readonly StoredRecord[]): Promise<void> {
    let entries: Entry[] = [];
    let bytes = 0;
    const last = records.at(-1)!;
    for (const stored of records) {
      const record = this.#read(stored);
      if (record === undefined) continue;
      const isAlone = standsAlone(record.write);
      if (entries.length > 0 && (isAlone || entries.length >= STEP.writes || bytes >= STEP.bytes)) {
        await this.#give({ log, entries, end: stored.offset });
        [entries, bytes] = [[], 0];
      }
      entries.push({ stored, record });
      bytes += stored.value?.length ?? 0;
      if (isAlone) {
        await this.#give({ log, entries, end: stored.offset + 1 });
        // What comes next may be another topic's, or have other columns.
        await this.#settled(1);
        [entries, bytes] = [[], 0];
      }
    }
    await this.#give({ log, entries, end: last.offset + 1 });
  }

  /** Resolves when fewer steps than this are with the view. */
  async #settled(most: number): Promise<void> {
    while (this.#underWay.length >= most) await this.#underWay[0];
  }

  /** What a record says; `undefined`: it is carried out already, or nothing that could be. */
  #read(stored: StoredRecord): LoggedRecord | undefined {
    const { log, offset } = stored;
    const progress = this.#progress.get(log);
    const topic = this.#listener.topicOf(log);
    if (progress === undefined || topic === undefined || offset < progress.given) return undefined;
    try {
      const texts = textsOf(stored);
      const { writer, number } = numberOf(stored, texts);
      // It was put there again, because nobody knew whether it was there.
      if (number <= (progress.writers.get(writer) ?? 0)) return undefined;
      const record = this.#whole({ stored, texts }, topic, { writer, number });
      progress.writers.set(writer, number);
      return record;
    } catch (error) {
      if (!(error instanceof ForeignRecord)) throw error;
      if (error.isNewer) throw newerRecord(stored, error);
      this.#listener.onForeign(stored, error.message);
      return undefined;
    }
  }

  /** The last chunk of a write comes to the write. */
  #whole(
    { stored, texts }: { readonly stored: StoredRecord; readonly texts: HeaderTexts },
    topic: string,
    place: WriteNumber,
  ): LoggedRecord {
    const chunk = chunkPlaceOf(stored, texts);
    if (chunk === undefined) return fromRecord(stored, topic, texts);
    const { log, value } = stored;
    const { index, count } = chunk;
    const bytes = value ?? Buffer.alloc(0);
    if (index < count - 1) {
      this.#chunks.add(log, place, index, bytes);
      return { ...place, write: { kind: 'chunk', index, bytes }, limits: {} };
    }
    const all = [...this.#chunks.take(log, place, chunk), bytes];
    return { ...fromRecord(fromChunks(all, stored, chunk), topic), isChunked: true };
  }

  async #give(step: Step): Promise<void> {
    const { log, entries, end } = step;
    const progress = this.#progress.get(log);
    if (progress === undefined || end <= progress.given) return;
    await this.#settled(entries.some(({ record }) => standsAlone(record.write)) ? 1 : STEPS_UNDER_WAY);
    const before = this.#underWay.at(-1) ?? Promise.resolve();
    const done = this.#carryOut(step, progress, before);
    this.#underWay.push(done);
    void done.then(
      () => this.#underWay.shift(),
      // It stays: nothing behind it may be carried out.
      ignore,
    );
  }

  /** `before`: the step before this one. */
  async #carryOut({ log, entries, end }: Step, progress: Progress, before: Promise<void>): Promise<void> {
    const changed = new Map(entries.map(({ record: { writer, number } }) => [writer, number]));
    const applied: AppliedLog = { name: log, identity: progress.identity, next: end, writers: [...changed] };
    const removed = entries.flatMap(({ record: { write } }) =>
      write.kind === 'change' ? this.#listener.removedBy(write.change) : [],
    );
    const after = progress.given;
    progress.given = end;
    const outcomes = await this.#apply({ after, log: applied, removed }, entries, before);
    progress.next = end;
    for (const name of removed) this.#progress.delete(name);
    for (const [index, outcome] of outcomes.entries()) {
      const waiting = this.#listener.onApplied(log, entries[index]!.record, outcome);
      if (waiting !== undefined) await waiting;
    }
  }

  /** Tries again until it is carried out: behind the step before, which may have failed, too. */
  async #apply(
    place: { readonly after: number; readonly log: AppliedLog; readonly removed: readonly string[] },
    entries: readonly Entry[],
    before: Promise<void>,
  ): Promise<PromiseSettledResult<unknown>[]> {
    for (;;) {
      const failures = this.#failures;
      try {
        const writes: ViewWrite[] = [];
        for (const entry of entries) {
          const prepared = this.#prepare(entry);
          writes.push(prepared instanceof Promise ? await prepared : prepared);
        }
        const outcomes = await this.#view.apply({
          ...place,
          writes,
          failures,
          keepsExpired: this.#listener.isCatchingUp(),
        });
        await before;
        return outcomes;
      } catch (error) {
        await before;
        // Otherwise it was refused because the step before had failed.
        if (failures !== this.#failures) continue;
        this.#failures += 1;
        await this.#listener.onFailure(error);
      }
    }
  }

  #prepare(entry: Entry): ViewWrite | Promise<ViewWrite> {
    const { write, limits } = entry.record;
    const { at } = entry.stored;
    if (write.kind === 'change' && write.change.kind === 'change_data_source')
      return this.#converted({ at, limits }, write.change);
    return { kind: KINDS[write.kind], at, limits, put: putOf(entry) };
  }

  async #converted(
    when: Pick<ViewWrite, 'at' | 'limits'>,
    asked: Extract<Change, { readonly kind: 'change_data_source' }>,
  ): Promise<ViewWrite> {
    try {
      const change = await this.#view.convert(asked);
      return { kind: 'change', ...when, put: (batch) => batch.change(change) };
    } catch (error) {
      if (!(error instanceof WriterHubError) || error.code === 'store_unavailable') throw error;
      // It is refused, on every hub alike.
      const refused = (batch: LoggedBatch): Promise<never> =>
        batch.change({ kind: 'barrier' }).then(() => {
          throw error;
        });
      return { kind: 'change', ...when, put: refused };
    }
  }
}

const KINDS = { events: 'events', package: 'packages', rows: 'rows', change: 'change', chunk: 'change' } as const;

function ignore(): void {
  // Whoever waits for it is told.
}

function putOf({ stored: { log }, record: { write, writer, isChunked } }: Entry): ViewWrite['put'] {
  return (batch) => {
    if (isChunked === true) void batch.change({ kind: 'drop_chunks', log, writer }).catch(ignore);
    return putWrite(batch, write, { log, writer });
  };
}

function putWrite(
  batch: LoggedBatch,
  write: LoggedWrite,
  place: { readonly log: string; readonly writer: string },
): Promise<unknown> {
  switch (write.kind) {
    case 'events':
      return batch.appendEvents(write.append);
    case 'package':
      return batch.appendPackage(write.append);
    case 'rows':
      return batch.appendRows(write.append);
    case 'change':
      return batch.change(toldOf(write.change));
    case 'chunk':
      return batch.change({ kind: 'keep_chunk', ...place, index: write.index, bytes: write.bytes });
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

function standsAlone(write: LoggedWrite): boolean {
  return write.kind === 'change' && ALONE.has(write.change.kind);
}

function newerRecord({ log, offset }: StoredRecord, error: ForeignRecord): WriterHubError {
  return new WriterHubError(
    'store_unavailable',
    `the record at offset ${offset} of ${log} may be one of a newer version of writer-hub: ${error.message}`,
  );
}
