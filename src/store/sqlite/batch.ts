import { WriterHubError } from '../../errors';
import type { Append, AppendReceipt, EventBatch } from '../event-store';
import type { Change, CommitRequest, CommitResult, Failure, GroupColumns, PlacedChange } from './messages';

/** A batch takes no more once its texts have so many bytes; a commit of it takes a few tens of milliseconds. */
const batchBytes = 4 * 1024 * 1024;
/** Changes and groups are counted too, as each is work however small its text is. */
const batchSteps = 4000;
/**
 * Appends to one stream are joined up to so many bytes: one statement for many small appends, while a large one stays
 * alone.
 */
const groupBytes = 256 * 1024;

/**
 * What a write occupies in memory besides its text, roughly: counted, so that tiny events cannot evade a limit on
 * bytes.
 */
const writeOverhead = 256;

interface WaitingAppend {
  readonly batch: EventBatch;
  readonly resolve: (receipt: AppendReceipt) => void;
  readonly reject: (error: WriterHubError) => void;
}

interface WaitingChange {
  readonly beforeGroup: number;
  readonly change: Change;
  readonly resolve: () => void;
  readonly reject: (error: WriterHubError) => void;
}

/** Consecutive appends to one stream that become one statement. */
interface Group {
  readonly topic: string;
  readonly streamId: string;
  readonly createTopic: boolean;
  readonly appends: WaitingAppend[];
  /** Of the text with its brackets and commas. */
  bytes: number;
  minTimestamp: bigint;
  maxTimestamp: bigint;
}

/** Writes that are committed together. */
export class Batch {
  private readonly groups: Group[] = [];
  private readonly changes: WaitingChange[] = [];
  /** The groups that still take appends, by topic and stream. */
  private readonly growing = new Map<string, Map<string, Group>>();
  private textBytes = 0;
  /** Bytes that changes hold besides their overhead, roughly. */
  private changeBytes = 0;
  private appendCount = 0;
  private eventCount = 0;

  get appends(): number {
    return this.appendCount;
  }

  get events(): number {
    return this.eventCount;
  }

  /** Bytes of event text. */
  get bytes(): number {
    return this.textBytes;
  }

  /** Bytes of memory the batch holds, roughly. */
  get weight(): number {
    return this.textBytes + this.changeBytes + (this.appendCount + this.changes.length) * writeOverhead;
  }

  get isFull(): boolean {
    return this.textBytes + this.changeBytes >= batchBytes || this.groups.length + this.changes.length >= batchSteps;
  }

  append(append: Append): Promise<AppendReceipt> {
    return new Promise((resolve, reject) => {
      const { batch } = append;
      const group = this.groupFor(append);
      group.appends.push({ batch, resolve, reject });
      group.bytes += batch.json.length + 1;
      if (batch.minTimestamp < group.minTimestamp) group.minTimestamp = batch.minTimestamp;
      if (batch.maxTimestamp > group.maxTimestamp) group.maxTimestamp = batch.maxTimestamp;
      this.textBytes += batch.json.length + 1;
      this.appendCount += 1;
      this.eventCount += batch.count;
    });
  }

  /** A change keeps its place: appends called after it are carried out after it. */
  change(change: Change): Promise<void> {
    return new Promise((resolve, reject) => {
      this.growing.clear();
      if (change.kind === 'put_stream') this.changeBytes += change.properties.length;
      this.changes.push({ beforeGroup: this.groups.length, change, resolve, reject });
    });
  }

  /** The request that commits the batch. */
  encode(): CommitRequest {
    const text = this.joinTexts();
    const changes: PlacedChange[] = this.changes.map(({ beforeGroup, change }) => ({ beforeGroup, change }));
    return { kind: 'commit', text, groups: this.columns(), changes };
  }

  /** Tells every caller what became of its write. */
  settle({ firstOffsets, failedGroups, failedChanges }: CommitResult): void {
    const groupErrors = new Map(failedGroups.map(({ index, failure }) => [index, toError(failure)]));
    for (const [index, group] of this.groups.entries())
      settleGroup(group, firstOffsets[index]!, groupErrors.get(index));
    const changeErrors = new Map(failedChanges.map(({ index, failure }) => [index, toError(failure)]));
    for (const [index, { resolve, reject }] of this.changes.entries()) {
      const error = changeErrors.get(index);
      if (error === undefined) resolve();
      else reject(error);
    }
  }

  /** Tells every caller that nothing of the batch was committed. */
  fail(error: WriterHubError): void {
    for (const { appends } of this.groups) for (const { reject } of appends) reject(error);
    for (const { reject } of this.changes) reject(error);
  }

  private groupFor({ topic, streamId, createTopic, batch }: Append): Group {
    let streams = this.growing.get(topic);
    if (streams === undefined) {
      streams = new Map();
      this.growing.set(topic, streams);
    }
    const known = streams.get(streamId);
    if (known?.createTopic === createTopic && known.bytes + batch.json.length < groupBytes) return known;
    const { minTimestamp, maxTimestamp } = batch;
    const group: Group = { topic, streamId, createTopic, appends: [], bytes: 1, minTimestamp, maxTimestamp };
    this.textBytes += 1;
    streams.set(streamId, group);
    this.groups.push(group);
    return group;
  }

  private joinTexts(): Uint8Array<ArrayBuffer> {
    // Not from the pool: its memory moves to the writer thread. Every byte is written below.
    const text = Buffer.allocUnsafeSlow(this.textBytes);
    let end = 0;
    for (const { appends } of this.groups) {
      text[end++] = openBracket;
      for (const { batch } of appends) {
        text.set(batch.json, end);
        end += batch.json.length;
        text[end++] = comma;
      }
      text[end - 1] = closeBracket;
    }
    return text;
  }

  private columns(): GroupColumns {
    const { groups } = this;
    let end = 0;
    return {
      topics: groups.map(({ topic }) => topic),
      streamIds: groups.map(({ streamId }) => streamId),
      createTopic: Uint8Array.from(groups, ({ createTopic }) => Number(createTopic)),
      textEnds: Float64Array.from(groups, ({ bytes }) => (end += bytes)),
      minTimestamps: BigInt64Array.from(groups, ({ minTimestamp }) => minTimestamp),
      maxTimestamps: BigInt64Array.from(groups, ({ maxTimestamp }) => maxTimestamp),
    };
  }
}

const openBracket = 0x5b;
const comma = 0x2c;
const closeBracket = 0x5d;

function settleGroup({ appends }: Group, firstOffset: number, error: WriterHubError | undefined): void {
  for (const { batch, resolve, reject } of appends) {
    if (error !== undefined) {
      reject(error);
      continue;
    }
    resolve({ firstOffset });
    firstOffset += batch.count;
  }
}

function toError({ code, message }: Failure): WriterHubError {
  return new WriterHubError(code, message);
}
