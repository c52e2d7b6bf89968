import type { WriterHubError } from '../../../errors';
import type { Append, AppendReceipt } from '../../contract/event-log';
import type { IdempotencyRecord } from '../../contract/idempotency';
import type { PackageAppend } from '../../contract/parameter-store';
import type { AppendsReport, CatalogueChange, CatalogueChanges } from '../../contract/store';
import type { RowsAppend, RowsReceipt } from '../../contract/row-store';
import { NO_EVENTS, NO_PACKAGES, NO_RECORDS, NO_ROWS } from '../channel/commit-transfer';
import { toError } from '../channel/failure';
import {
  APPEND_KINDS,
  type AppendKind,
  type Change,
  type CommitPlace,
  type CommitRecord,
  type CommitRequest,
  type CommitResult,
  type PartPlace,
  type PlacedChange,
  type RecordedOutcomes,
  type StreamOutcomes,
  textLength,
  topicOf,
} from '../channel/messages';
import { EventGroups } from './event-groups';
import { PackageGroups } from './package-groups';
import type { WholeAppend } from './long-append';
import { RecordList } from './record-list';
import { RowGroups } from './row-groups';
import { TopicEnds } from './stream-groups';
import { tellUnknown, type UnknownWrite, type Waiting } from './waiting';

/** How much a batch takes. */
export interface BatchLimits {
  readonly bytes: number;
  /** Groups, and what else it holds, measured in those: each is work, however small its text is. */
  readonly steps: number;
}

/**
 * What a write occupies in memory besides its text, roughly: counted, so that tiny events cannot evade a limit on
 * bytes.
 */
const WRITE_OVERHEAD = 256;

/** Changes after which what they name is there no more. */
const REMOVALS: ReadonlySet<Change['kind']> = new Set(['remove_topic', 'remove_stream', 'drop_data_source']);

const EMPTYING: ReadonlySet<Change['kind']> = new Set([...REMOVALS, 'truncate_data_source', 'restate']);

interface WaitingChange extends Waiting<void> {
  readonly place: PlacedChange;
}

/** A part of a long append, which is a batch of its own. */
export interface BatchPart {
  readonly whole: WholeAppend;
  /** Counted from 0. */
  readonly index: number;
  readonly isLast: boolean;
}

type GroupsSize = Pick<EventGroups, 'count' | 'records' | 'bytes' | 'weight'>;

/** Writes that are committed together. */
export class Batch {
  readonly part: BatchPart | undefined;
  readonly #groups = { events: new EventGroups(), packages: new PackageGroups(), rows: new RowGroups() };
  readonly #records = new RecordList();
  readonly #changes: WaitingChange[] = [];
  /** When appends were called, on the clock of `performance.now`. */
  readonly #calledAt: Record<AppendKind, number[]> = { events: [], packages: [], rows: [] };
  readonly #held = new Map<string, number>();
  /** Bytes that changes hold besides their overhead, roughly. */
  #changeBytes = 0;
  #appendCount = 0;
  #extraSteps = 0;
  readonly #extraStepsHeld = new Map<string, number>();

  constructor(part?: BatchPart) {
    this.part = part;
  }

  /** How many appends end with it: a long one does with its last part. */
  get appends(): number {
    return this.part?.isLast === false ? 0 : this.#appendCount;
  }

  /** The appends of a kind that have ended with it just now. */
  ended(kind: AppendKind, now: number): AppendsReport {
    const calls = this.#calledAt[kind];
    if (calls.length === 0 || this.appends === 0) return NO_APPENDS;
    const { records, bytes } = this.part?.whole.size ?? this.#groups[kind];
    return { waits: calls.map((calledAt) => now - calledAt), records, bytes };
  }

  /** Whether nobody needs it any more: it is a part of an append that has come to an end. */
  get isDropped(): boolean {
    return this.part?.whole.isOver === true;
  }

  /** Bytes of the texts of all appends. */
  get bytes(): number {
    return this.#sum(({ bytes }) => bytes);
  }

  /** Bytes of memory the batch holds, roughly. */
  get weight(): number {
    return this.#heldBytes + (this.#appendCount + this.#changes.length) * WRITE_OVERHEAD;
  }

  /** What each holder has in it: bytes of memory, roughly. */
  get held(): ReadonlyMap<string, number> {
    return this.#held;
  }

  /** Notes that so many bytes of the batch are a holder's. */
  attribute(holder: string, bytes: number): void {
    this.#held.set(holder, (this.#held.get(holder) ?? 0) + bytes);
  }

  /** Whether something in it is about this topic or data source. */
  isAbout(topic: string): boolean {
    const isIn = APPEND_KINDS.some((kind) => this.#groups[kind].has(topic));
    return isIn || this.#changes.some(({ place }) => topicOf(place.change) === topic);
  }

  /** Notes that a holder has put something in it that is so many steps more than a group or a change. */
  countSteps(holder: string, steps: number): void {
    this.#extraSteps += steps;
    this.#extraStepsHeld.set(holder, (this.#extraStepsHeld.get(holder) ?? 0) + steps);
  }

  /** The steps that were counted for each holder. */
  get extraStepsHeld(): ReadonlyMap<string, number> {
    return this.#extraStepsHeld;
  }

  /** Whether it takes no more. */
  isFull({ bytes, steps }: BatchLimits): boolean {
    if (this.part !== undefined) return true;
    const groups = this.#sum(({ count }) => count);
    return this.#heldBytes >= bytes || groups + this.#changes.length + this.#extraSteps >= steps;
  }

  get #heldBytes(): number {
    return this.#sum(({ bytes, weight }) => bytes + weight) + this.#changeBytes + this.#records.weight;
  }

  /** Of all kinds of appends. */
  #sum(of: (groups: GroupsSize) => number): number {
    const { events, packages, rows } = this.#groups;
    return of(events) + of(packages) + of(rows);
  }

  appendEvents(append: Append): Promise<AppendReceipt> {
    if (this.#groups.packages.count > 0) this.#keepOrder('packages', append);
    return this.#groups.events.append(append, this.#countAppend('events', append));
  }

  appendPackage(append: PackageAppend): Promise<AppendReceipt> {
    if (this.#groups.events.count > 0) this.#keepOrder('events', append);
    return this.#groups.packages.append(append, this.#countAppend('packages', append));
  }

  appendRows(append: RowsAppend): Promise<RowsReceipt> {
    return this.#groups.rows.append(append, this.#countAppend('rows', append));
  }

  /** Appends of a kind that are called from now on are carried out after those of the kind that were called before. */
  endGroups(): void {
    for (const kind of APPEND_KINDS) this.#groups[kind].endGroups();
  }

  /** A change keeps its place: appends called after it are carried out after it. */
  change(change: Change): Promise<void> {
    return new Promise((resolve, reject) => {
      const { events, packages, rows } = this.#groups;
      this.endGroups();
      this.#changeBytes += textLength(change);
      const place = { before: { events: events.count, packages: packages.count, rows: rows.count }, change };
      this.#changes.push({ place, resolve, reject });
    });
  }

  /** What goes to one stream is written in the order of the calls, of whatever kind it is. */
  #keepOrder(before: 'events' | 'packages', { topic, streamId }: Append | PackageAppend): void {
    if (this.#groups[before].mayHave(topic, streamId)) void this.change({ kind: 'barrier' }).catch(ignore);
  }

  /** The request that commits the batch. */
  encode(place: CommitPlace): CommitRequest {
    const { events, packages, rows } = this.#groups;
    return {
      kind: 'commit',
      ...place,
      ...(this.part !== undefined && { part: placeOf(this.part, place) }),
      text: this.#joinTexts(),
      groups: {
        events: events.count === 0 ? NO_EVENTS : events.columns(0),
        packages: packages.count === 0 ? NO_PACKAGES : packages.columns(events.bytes),
        rows: rows.count === 0 ? NO_ROWS : rows.columns(events.bytes + packages.bytes),
      },
      records: this.#records.count === 0 ? NO_RECORDS : this.#records.columns(),
      changes: this.#changes.map(({ place }) => place),
    };
  }

  /** Tells every caller what became of its write. */
  settle({ outcomes, failedChanges }: CommitResult): void {
    this.#groups.events.settle(outcomes.events);
    this.#groups.packages.settle(outcomes.packages);
    this.#groups.rows.settle(outcomes.rows);
    const errors = new Map(failedChanges.map(({ index, failure }) => [index, toError(failure)]));
    for (const [index, { resolve, reject }] of this.#changes.entries()) {
      const error = errors.get(index);
      if (error === undefined) resolve();
      else reject(error);
    }
  }

  /** What it has written and changed, by its result. Nobody sees of a long append before its last part is committed. */
  changes({ outcomes, failedChanges }: CommitResult): CatalogueChanges {
    const { events, packages, rows } = this.#groups;
    if (this.part?.isLast === false) return NOTHING;
    let writes = events.stored(outcomes.events);
    if (packages.count > 0) writes = [...writes, ...packages.stored(outcomes.packages)];
    if (rows.count > 0) writes = [...writes, ...rows.stored(outcomes.rows)];
    if (this.part !== undefined) writes = writes.map((write) => ({ ...write, bytes: this.part!.whole.size.bytes }));
    if (this.#changes.length === 0) return { writes, changes: [] };
    const failed = new Set(failedChanges.map(({ index }) => index));
    const changes = this.#changes
      .filter((_, index) => !failed.has(index))
      .flatMap(({ place }) => changeOf(place.change));
    return { writes, changes };
  }

  /** Topics and data sources that have lost something by it, as a reader sees it. */
  emptied({ failedChanges }: CommitResult): readonly string[] {
    const failed = new Set(failedChanges.map(({ index }) => index));
    return this.#changes
      .filter(({ place }, index) => EMPTYING.has(place.change.kind) && !failed.has(index))
      .flatMap(({ place }) => topicOf(place.change) ?? []);
  }

  /** Tells every caller that nothing of the batch was committed. */
  fail(error: WriterHubError): void {
    for (const { reject } of this.#callers()) reject(error);
  }

  /** Tells every caller that nobody knows. `settle` or `fail` then tells those who ask for the outcome. */
  tellUnknown(unknown: UnknownWrite): void {
    for (const caller of this.#callers()) tellUnknown(caller, unknown);
  }

  /** The result of the commit of this batch, from what it has recorded. */
  recall({ advanced, steps }: CommitRecord): CommitResult {
    if (steps === undefined) {
      // Kinds are written one after another: from the ends of topics they are found from the last to the first.
      const ends = new TopicEnds(advanced);
      const packages = this.#groups.packages.allStored(ends);
      const outcomes = { events: this.#groups.events.allStored(ends), packages, rows: { failed: [], repeated: [] } };
      return { outcomes, failedChanges: [], advanced, milliseconds: 0, logBytes: 0 };
    }
    const { events, packages, rows } = steps;
    return {
      outcomes: { events: toOutcomes(events), packages: toOutcomes(packages), rows },
      failedChanges: steps.failedChanges,
      advanced,
      milliseconds: 0,
      logBytes: 0,
    };
  }

  *#callers(): Iterable<Waiting> {
    for (const kind of APPEND_KINDS) yield* this.#groups[kind].callers();
    yield* this.#changes;
  }

  /** Counts an append and returns the index of its idempotency record, -1 for none. */
  #countAppend(kind: AppendKind, { record }: { readonly record?: IdempotencyRecord }): number {
    this.#appendCount += 1;
    this.#calledAt[kind].push(performance.now());
    return this.#records.add(record);
  }

  #joinTexts(): Uint8Array<ArrayBuffer> {
    // Not from the pool: its memory moves to the writer thread. Every byte is written below.
    const text = Buffer.allocUnsafeSlow(this.bytes);
    let end = 0;
    for (const kind of APPEND_KINDS) end = this.#groups[kind].writeTexts(text, end);
    return text;
  }
}

const NO_APPENDS: AppendsReport = { waits: [], records: 0, bytes: 0 };

const NOTHING: CatalogueChanges = { writes: [], changes: [] };

/** What a change is to the catalogue, if it is one. */
function changeOf(change: Change): CatalogueChange[] {
  const topic = topicOf(change);
  // That a topic was made is told with what is written to it.
  if (topic === undefined || change.kind === 'create_topic') return [];
  const isRemoved = REMOVALS.has(change.kind);
  const kind = isRemoved ? 'removed' : change.kind === 'close_stream' ? 'closed' : 'changed';
  return [{ topic, ...('streamId' in change && { streamId: change.streamId }), kind }];
}

function placeOf({ whole, index, isLast }: BatchPart, { number }: CommitPlace): PartPlace {
  if (index === 0) whole.begin(number);
  return { began: whole.began, index, isLast };
}

function toOutcomes({ failed, firstOffsets, generations }: RecordedOutcomes): StreamOutcomes {
  return { failed, firstOffsets: Float64Array.from(firstOffsets), generations: Float64Array.from(generations) };
}

function ignore(): void {
  // Whoever waits for what was called before or after is told.
}
