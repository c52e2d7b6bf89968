import type { WriterHubError } from '../../../errors';
import type { Append, AppendReceipt, EventBatch, RowsAppend, RowsReceipt } from '../../event-store';
import { ClaimList } from '../channel/record-columns';
import { toError } from '../channel/failure';
import { writeArray } from './json-array';
import type { Change, CommitRequest, CommitResult, GroupColumns, PlacedChange } from '../channel/messages';
import { RowGroups } from './row-groups';

/** A batch takes no more once its texts have so many bytes; a commit of it takes a few tens of milliseconds. */
const BATCH_BYTES = 4 * 1024 * 1024;
/** Changes and groups are counted too, as each is work however small its text is. */
const BATCH_STEPS = 4000;
/**
 * Appends to one stream are joined up to so many bytes: one statement for many small appends, while a large one stays
 * alone.
 */
const GROUP_BYTES = 256 * 1024;

/**
 * What a write occupies in memory besides its text, roughly: counted, so that tiny events cannot evade a limit on
 * bytes.
 */
const WRITE_OVERHEAD = 256;

interface WaitingAppend {
  readonly batch: EventBatch;
  readonly resolve: (receipt: AppendReceipt) => void;
  readonly reject: (error: WriterHubError) => void;
}

interface WaitingChange {
  readonly place: PlacedChange;
  readonly resolve: () => void;
  readonly reject: (error: WriterHubError) => void;
}

/** Consecutive appends to one stream that become one statement. */
interface Group {
  readonly topic: string;
  readonly streamId: string;
  readonly createTopic: boolean;
  /** Index of the claim, -1 for none; an append with a claim stays alone. */
  readonly claim: number;
  readonly appends: WaitingAppend[];
  /** Of the text with its brackets and commas. */
  bytes: number;
  minTimestamp: bigint;
  maxTimestamp: bigint;
}

/** Writes that are committed together. */
export class Batch {
  readonly #groups: Group[] = [];
  readonly #rows = new RowGroups();
  readonly #claims = new ClaimList();
  readonly #changes: WaitingChange[] = [];
  /** The groups that still take appends, by topic and stream. */
  readonly #growing = new Map<string, Map<string, Group>>();
  #eventBytes = 0;
  /** Bytes that changes hold besides their overhead, roughly. */
  #changeBytes = 0;
  #appendCount = 0;
  #recordCount = 0;

  get appends(): number {
    return this.#appendCount;
  }

  /** Events, rows and quarantined rows. */
  get records(): number {
    return this.#recordCount;
  }

  /** Bytes of the text of events and rows. */
  get bytes(): number {
    return this.#eventBytes + this.#rows.bytes;
  }

  /** Bytes of memory the batch holds, roughly. */
  get weight(): number {
    return this.#heldBytes + (this.#appendCount + this.#changes.length) * WRITE_OVERHEAD;
  }

  get isFull(): boolean {
    return (
      this.#heldBytes >= BATCH_BYTES || this.#groups.length + this.#rows.count + this.#changes.length >= BATCH_STEPS
    );
  }

  get #heldBytes(): number {
    return this.bytes + this.#changeBytes + this.#claims.weight + this.#rows.weight;
  }

  append(append: Append): Promise<AppendReceipt> {
    return new Promise((resolve, reject) => {
      const { batch } = append;
      const group = this.#groupFor(append);
      group.appends.push({ batch, resolve, reject });
      group.bytes += batch.json.length + 1;
      if (batch.minTimestamp < group.minTimestamp) group.minTimestamp = batch.minTimestamp;
      if (batch.maxTimestamp > group.maxTimestamp) group.maxTimestamp = batch.maxTimestamp;
      this.#eventBytes += batch.json.length + 1;
      this.#appendCount += 1;
      this.#recordCount += batch.count;
    });
  }

  appendRows(append: RowsAppend): Promise<RowsReceipt> {
    this.#appendCount += 1;
    this.#recordCount += append.rows.count + append.quarantine.count;
    return this.#rows.append(append, this.#claims.add(append.claim));
  }

  /** A change keeps its place: appends called after it are carried out after it. */
  change(change: Change): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#growing.clear();
      this.#rows.endGroups();
      this.#changeBytes += textOf(change).length;
      const place = { beforeGroup: this.#groups.length, beforeRows: this.#rows.count, change };
      this.#changes.push({ place, resolve, reject });
    });
  }

  /** The request that commits the batch. */
  encode(): CommitRequest {
    return {
      kind: 'commit',
      text: this.#joinTexts(),
      groups: this.#columns(),
      rows: this.#rows.columns(this.#eventBytes),
      claims: this.#claims.columns(),
      changes: this.#changes.map(({ place }) => place),
    };
  }

  /** Tells every caller what became of its write. */
  settle(result: CommitResult): void {
    const { firstOffsets, failedGroups, failedChanges } = result;
    const groupErrors = new Map(failedGroups.map(({ index, failure }) => [index, toError(failure)]));
    for (const [index, group] of this.#groups.entries())
      settleGroup(group, firstOffsets[index]!, groupErrors.get(index));
    this.#rows.settle(result);
    const changeErrors = new Map(failedChanges.map(({ index, failure }) => [index, toError(failure)]));
    for (const [index, { resolve, reject }] of this.#changes.entries()) {
      const error = changeErrors.get(index);
      if (error === undefined) resolve();
      else reject(error);
    }
  }

  /** Tells every caller that nothing of the batch was committed. */
  fail(error: WriterHubError): void {
    for (const { appends } of this.#groups) for (const { reject } of appends) reject(error);
    this.#rows.fail(error);
    for (const { reject } of this.#changes) reject(error);
  }

  #groupFor({ topic, streamId, createTopic, batch, claim }: Append): Group {
    let streams = this.#growing.get(topic);
    if (streams === undefined) {
      streams = new Map();
      this.#growing.set(topic, streams);
    }
    const known = streams.get(streamId);
    const joins = claim === undefined;
    if (joins && known?.createTopic === createTopic && known.bytes + batch.json.length < GROUP_BYTES) return known;
    const { minTimestamp, maxTimestamp } = batch;
    const group: Group = {
      topic,
      streamId,
      createTopic,
      claim: this.#claims.add(claim),
      appends: [],
      bytes: 1,
      minTimestamp,
      maxTimestamp,
    };
    this.#eventBytes += 1;
    if (joins) streams.set(streamId, group);
    else streams.delete(streamId);
    this.#groups.push(group);
    return group;
  }

  #joinTexts(): Uint8Array<ArrayBuffer> {
    // Not from the pool: its memory moves to the writer thread. Every byte is written below.
    const text = Buffer.allocUnsafeSlow(this.bytes);
    let end = 0;
    for (const { appends } of this.#groups) end = writeArray(text, end, appends);
    this.#rows.writeTexts(text, end);
    return text;
  }

  #columns(): GroupColumns {
    const groups = this.#groups;
    let end = 0;
    return {
      topics: groups.map(({ topic }) => topic),
      streamIds: groups.map(({ streamId }) => streamId),
      createTopic: Uint8Array.from(groups, ({ createTopic }) => Number(createTopic)),
      textEnds: Float64Array.from(groups, ({ bytes }) => (end += bytes)),
      minTimestamps: BigInt64Array.from(groups, ({ minTimestamp }) => minTimestamp),
      maxTimestamps: BigInt64Array.from(groups, ({ maxTimestamp }) => maxTimestamp),
      claims: Int32Array.from(groups, ({ claim }) => claim),
    };
  }
}

/** The text that makes a change large, if it has one. */
function textOf(change: Change): string {
  if ('properties' in change) return change.properties;
  return 'definition' in change ? change.definition : '';
}

function settleGroup({ appends }: Group, firstOffset: number, error: WriterHubError | undefined): void {
  // The writer gives 0 for an append that was stored before; it is alone in its group.
  let next = firstOffset === 0 ? undefined : firstOffset;
  for (const { batch, resolve, reject } of appends) {
    if (error === undefined) resolve({ firstOffset: next });
    else reject(error);
    if (next !== undefined) next += batch.count;
  }
}
