import type { AppendReceipt } from '../contract/event-log';
import { toPlace, toPosition } from '../sqlite/channel/offsets';
import type { LogWrite } from './log-record';

/** Appends are joined up to so many bytes, where records may have that many. */
const JOINED_BYTES = 256 * 1024;

type EventsWrite = Extract<LogWrite, { readonly kind: 'events' }>;
type RowsWrite = Extract<LogWrite, { readonly kind: 'rows' }>;
type JoinableWrite = EventsWrite | RowsWrite;

interface Waiting<Write = JoinableWrite> {
  readonly write: Write;
  readonly resolve: (receipt: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** What goes to one stream, or data source. */
interface Line {
  /** How many records are not carried out yet. */
  underWay: number;
  waiting: Waiting[];
  bytes: number;
}

/** Puts a write into a log; settles as it turns out. */
export type SendWrite = (log: string, write: LogWrite) => Promise<unknown>;

/**
 * Makes one record of small appends to a stream or data source that come while another one to it is under way, so that
 * many of them cost what a few do. The first one is never kept waiting, and the order of the calls is kept.
 */
export class JoinedAppends {
  /** By log and stream; data sources have one. */
  readonly #lines = new Map<string, Map<string, Line>>();
  readonly #send: SendWrite;
  readonly #mostBytes: number;

  /** `maxRecordBytes`: what is joined has half of it at the most, as it is more than its text. */
  constructor(send: SendWrite, maxRecordBytes = Infinity) {
    this.#send = send;
    this.#mostBytes = Math.min(JOINED_BYTES, maxRecordBytes / 2);
  }

  /** Settles as the write turns out. */
  send(log: string, write: LogWrite): Promise<unknown> {
    if (!isJoinable(write)) {
      this.#flushBefore(log, write);
      return this.#send(log, write);
    }
    const stream = streamOf(write);
    const line = this.#lines.get(log)?.get(stream) ?? this.#newLine(log, stream);
    return new Promise((resolve, reject) => {
      this.#add(log, line, { write, resolve, reject });
      if (line.underWay === 0 || line.bytes >= this.#mostBytes) this.#flush(log, stream, line);
    });
  }

  /** Whatever was called so far is put into its log. */
  flush(log: string): void {
    for (const [stream, line] of this.#lines.get(log) ?? []) this.#flush(log, stream, line);
  }

  /** What is called later for the same stream, or for all of a topic, comes after what waits. */
  #flushBefore(log: string, write: LogWrite): void {
    const stream = streamOf(write);
    const line = stream === undefined ? undefined : this.#lines.get(log)?.get(stream);
    if (stream === undefined) this.flush(log);
    else if (line !== undefined) this.#flush(log, stream, line);
  }

  #newLine(log: string, stream: string): Line {
    const line = { underWay: 0, waiting: [], bytes: 0 };
    const ofLog = this.#lines.get(log);
    if (ofLog === undefined) this.#lines.set(log, new Map([[stream, line]]));
    else ofLog.set(stream, line);
    return line;
  }

  /** Rows of another schema are not joined with those before them, nor what would be too much with them. */
  #add(log: string, line: Line, waiting: Waiting): void {
    const [first] = line.waiting;
    const bytes = bytesOf(waiting.write);
    const isApart = first !== undefined && !fit(first.write, waiting.write);
    if (isApart || line.bytes + bytes > this.#mostBytes) this.#flush(log, streamOf(waiting.write), line);
    line.waiting.push(waiting);
    line.bytes += bytes;
  }

  #flush(log: string, stream: string, line: Line): void {
    const { waiting } = line;
    if (waiting.length === 0) return;
    [line.waiting, line.bytes] = [[], 0];
    line.underWay += 1;
    void this.#send(log, joined(waiting))
      .then(
        (receipt) => {
          share(waiting, receipt);
        },
        (error: unknown) => {
          for (const { reject } of waiting) reject(error);
        },
      )
      .then(() => {
        line.underWay -= 1;
        if (line.underWay > 0) return;
        if (line.waiting.length > 0) this.#flush(log, stream, line);
        else this.#remove(log, stream);
      });
  }

  #remove(log: string, stream: string): void {
    const ofLog = this.#lines.get(log);
    ofLog?.delete(stream);
    if (ofLog?.size === 0) this.#lines.delete(log);
  }
}

/** What has a key is answered for itself, and what replaces quarantined rows is more than rows. */
function isJoinable(write: LogWrite): write is JoinableWrite {
  if (write.kind === 'events') return write.append.record === undefined;
  if (write.kind !== 'rows') return false;
  const { record, quarantine, replaced } = write.append;
  return record === undefined && quarantine.count === 0 && replaced === undefined;
}

/** The stream that a write is about, '' for a data source; `undefined`: it is about all of a topic. */
function streamOf(write: JoinableWrite): string;
function streamOf(write: LogWrite): string | undefined;
function streamOf(write: LogWrite): string | undefined {
  if (write.kind === 'rows') return '';
  if (write.kind !== 'change') return write.append.streamId;
  return 'streamId' in write.change ? write.change.streamId : undefined;
}

function fit(one: JoinableWrite, other: JoinableWrite): boolean {
  return one.kind === 'events' || (other.kind === 'rows' && one.append.schemaVersion === other.append.schemaVersion);
}

function bytesOf(write: JoinableWrite): number {
  return write.kind === 'events' ? write.append.batch.json.length : write.append.rows.json.length;
}

function joined(waiting: readonly Waiting[]): JoinableWrite {
  const [{ write }] = waiting as [Waiting];
  if (waiting.length === 1) return write;
  return write.kind === 'events'
    ? joinedEvents(write, waiting as readonly Waiting<EventsWrite>[])
    : joinedRows(write, waiting as readonly Waiting<RowsWrite>[]);
}

function joinedEvents({ append }: EventsWrite, waiting: readonly Waiting<EventsWrite>[]): EventsWrite {
  const batches = waiting.map(({ write }) => write.append.batch);
  let [count, { minTimestamp, maxTimestamp }] = [0, append.batch];
  for (const batch of batches) {
    count += batch.count;
    if (batch.minTimestamp < minTimestamp) minTimestamp = batch.minTimestamp;
    if (batch.maxTimestamp > maxTimestamp) maxTimestamp = batch.maxTimestamp;
  }
  const json = joinedTexts(batches);
  return { kind: 'events', append: { ...append, batch: { json, count, minTimestamp, maxTimestamp } } };
}

function joinedRows({ append }: RowsWrite, waiting: readonly Waiting<RowsWrite>[]): RowsWrite {
  const batches = waiting.map(({ write }) => write.append.rows);
  const count = batches.reduce((sum, rows) => sum + rows.count, 0);
  return { kind: 'rows', append: { ...append, rows: { json: joinedTexts(batches), count } } };
}

const COMMA = Buffer.from(',');

/** The elements of all of them, separated by commas. */
function joinedTexts(batches: readonly { readonly json: Uint8Array; readonly count: number }[]): Buffer {
  const texts = batches.filter(({ count }) => count > 0).flatMap(({ json }) => [COMMA, json]);
  return Buffer.concat(texts.slice(1));
}

/** Each append ends where those after it begin. */
function share(waiting: readonly Waiting[], receipt: unknown): void {
  const position = (receipt as AppendReceipt).position;
  if (waiting.length === 1 || position === undefined) {
    for (const { resolve } of waiting) resolve(receipt);
    return;
  }
  const { offset, generation } = toPlace(position);
  let end = offset;
  for (const { write, resolve } of waiting.toReversed()) {
    resolve({ position: toPosition(end, generation) });
    if (write.kind === 'events') end -= write.append.batch.count;
  }
}
