import type { Append } from '../contract/event-log';
import type { IdempotencyRecord } from '../contract/idempotency';
import type { PackageAppend } from '../contract/parameter-store';
import type { RowsAppend } from '../contract/row-store';
import type { Change, StoreLimits } from '../sqlite/channel/messages';
import { readExact, writeExact } from './exact-json';

/** What a log says: a write, as it was called. Who it is by, and who may create what, is none of its business. */
export type LogWrite =
  | { readonly kind: 'events'; readonly append: Append }
  | { readonly kind: 'package'; readonly append: PackageAppend }
  | { readonly kind: 'rows'; readonly append: RowsAppend }
  | { readonly kind: 'change'; readonly change: Change };

/** What a record says: a write, or a part of one whose other parts come behind it. */
export type LoggedWrite = LogWrite | ChunkWrite;

export interface ChunkWrite {
  readonly kind: 'chunk';
  /** Counted from 0. */
  readonly index: number;
  readonly bytes: Uint8Array;
}

/** Which write it is: the number of those of one writer in one log, from 1 on. */
export interface WriteNumber {
  readonly writer: string;
  readonly number: number;
}

/** What holds where a write is put into a log. */
export type LogLimits = Partial<Pick<StoreLimits, 'maxTopics' | 'maxStreamsPerTopic' | 'maxParametersPerTopic'>>;

/** A record of Kafka as it is sent and received. */
export interface RawRecord {
  readonly key: Buffer | string | null;
  readonly value: Buffer | null;
  readonly headers: readonly Readonly<Record<string, Buffer | string>>[];
}

export interface LogRecord extends WriteNumber {
  readonly write: LogWrite;
  readonly limits: LogLimits;
}

/** What a record comes to: `isChunked` with the last chunk of a write, which the write comes with. */
export interface LoggedRecord extends Omit<LogRecord, 'write'> {
  readonly write: LoggedWrite;
  readonly isChunked?: boolean;
}

/** A record that no hub of this version has written. */
export class ForeignRecord extends Error {
  /** Whether a newer version may have written it: then it must not be left out. */
  readonly isNewer: boolean;

  constructor(why: string, isNewer = false) {
    super(why);
    this.isNewer = isNewer;
  }
}

/** Of a record that is a whole write. */
export const FORMAT = '1';
/** What is written in chunks has a format of its own: whoever does not know it must not take a chunk for a write. */
export const CHUNKED_FORMAT = '2';
/**
 * Of a part of a state: records before it may be deleted, and whoever does not know that must not go on, as they would
 * read on behind them.
 */
export const STATE_FORMAT = '3';
const FORMATS: readonly string[] = [FORMAT, CHUNKED_FORMAT, STATE_FORMAT];
export const HEADER = {
  format: 'writer-hub-format',
  kind: 'writer-hub-kind',
  writer: 'writer-hub-writer',
  number: 'writer-hub-number',
  about: 'writer-hub-about',
  chunk: 'writer-hub-chunk',
} as const;

const [OPEN, CLOSE] = [Buffer.from('['), Buffer.from(']')];
const ROWS = ['{"rows":[', '],"quarantined":[', ']}'].map((text) => Buffer.from(text)) as [Buffer, Buffer, Buffer];

/** An idempotency record in a header. */
interface WrittenKey extends Omit<IdempotencyRecord, 'fingerprint'> {
  /** Hexadecimal digits. */
  readonly fingerprint: string;
}

/** What else there is to know of a write besides its text. */
interface About {
  readonly limits: LogLimits;
  readonly record?: WrittenKey;
  readonly batch?: Readonly<Record<string, unknown>>;
  readonly rows?: RowsAbout;
}

interface RowsAbout {
  readonly schemaVersion: string;
  readonly counts: readonly [rows: number, quarantined: number];
  /** Bytes of the texts of the rows, and of the quarantined rows. */
  readonly bytes: readonly [rows: number, quarantined: number];
  readonly replaced?: readonly string[];
}

/**
 * A write as a record of Kafka. Its key is the id of the stream; its value is what was sent, as JSON: an array of
 * events, a package of parameter data, rows and quarantined rows, or a change.
 */
export function toRecord({
  write,
  limits,
}: Pick<LogRecord, 'write' | 'limits'>): RawRecord & { readonly value: Buffer } {
  const { key, value, about } = content(write);
  const headers = [
    { [HEADER.format]: formatOf(write) },
    { [HEADER.kind]: write.kind },
    { [HEADER.about]: writeExact({ limits, ...about }) },
  ];
  return { key, value, headers };
}

function formatOf(write: LogWrite): string {
  return write.kind === 'change' && write.change.kind === 'state_part' ? STATE_FORMAT : FORMAT;
}

/** Headers that say which write a record is. */
export function numberHeaders({ writer, number }: WriteNumber): RawRecord['headers'] {
  return [{ [HEADER.writer]: writer }, { [HEADER.number]: String(number) }];
}

export type HeaderTexts = ReadonlyMap<string, string>;

/** The texts of headers by their names. */
export function textsOf({ headers }: Pick<RawRecord, 'headers'>): HeaderTexts {
  return new Map(headers.flatMap((header) => Object.entries(header)).map(([name, text]) => [name, String(text)]));
}

/** Which write a record is, or belongs to, of those that this version knows. Throws `ForeignRecord`. */
export function numberOf({ value }: RawRecord, texts: HeaderTexts): WriteNumber {
  const format = texts.get(HEADER.format);
  if (format === undefined) throw new ForeignRecord('it has no header that says its format');
  if (!FORMATS.includes(format)) {
    throw new ForeignRecord(`its format is ${format}, and this version knows ${FORMATS.join(', ')}`, true);
  }
  const [writer, number] = [texts.get(HEADER.writer), Number(texts.get(HEADER.number))];
  if (writer === undefined || !Number.isSafeInteger(number) || number < 1)
    throw new ForeignRecord('its headers do not say whose it is');
  if (value === null) throw new ForeignRecord('it has no value');
  return { writer, number };
}

/** The write of a record of a topic, which is all of it; `texts`: those of its headers. Throws `ForeignRecord`. */
export function fromRecord(record: RawRecord, topic: string, texts = textsOf(record)): LogRecord {
  const { key, value } = record;
  const { writer, number } = numberOf(record, texts);
  const kind = texts.get(HEADER.kind);
  if (value === null) throw new ForeignRecord('it has no value');
  const about = readAbout(texts.get(HEADER.about));
  const target = { topic, streamId: String(key ?? ''), createTopic: true, creator: undefined };
  const write = readWrite(kind, value, about, target);
  return { write, limits: about.limits, writer, number };
}

function content(write: LogWrite): {
  readonly key: string | null;
  readonly value: Buffer;
  readonly about: Omit<About, 'limits'>;
} {
  switch (write.kind) {
    case 'events': {
      const { streamId, batch, record } = write.append;
      const { count, minTimestamp, maxTimestamp } = batch;
      const about = { ...keyOf(record), batch: { count, minTimestamp, maxTimestamp } };
      return { key: streamId, value: Buffer.concat([OPEN, batch.json, CLOSE]), about };
    }
    case 'package': {
      const { streamId, batch, record } = write.append;
      const { json, ...rest } = batch;
      return { key: streamId, value: Buffer.from(json), about: { ...keyOf(record), batch: rest } };
    }
    case 'rows': {
      const { rows, quarantine, schemaVersion, replaced, record } = write.append;
      const value = Buffer.concat([ROWS[0], rows.json, ROWS[1], quarantine.json, ROWS[2]]);
      const counts = [rows.count, quarantine.count] as const;
      const bytes = [rows.json.length, quarantine.json.length] as const;
      const about = { ...keyOf(record), rows: { schemaVersion, counts, bytes, ...(replaced && { replaced }) } };
      return { key: null, value, about };
    }
    case 'change': {
      const { change } = write;
      const key = 'streamId' in change ? change.streamId : null;
      return { key, value: Buffer.from(writeExact(change)), about: {} };
    }
  }
}

function keyOf(record: IdempotencyRecord | undefined): { readonly record?: WrittenKey } {
  return record === undefined
    ? {}
    : { record: { ...record, fingerprint: Buffer.from(record.fingerprint).toString('hex') } };
}

type Target = Pick<Append, 'topic' | 'streamId' | 'createTopic' | 'creator'>;

function readWrite(kind: string | undefined, value: Buffer, { batch, rows, record }: About, target: Target): LogWrite {
  const key = record && { record: { ...record, fingerprint: Buffer.from(record.fingerprint, 'hex') } };
  switch (kind) {
    case 'events': {
      const json = value.subarray(OPEN.length, value.length - CLOSE.length);
      return { kind, append: { ...target, ...key, batch: { ...(batch as Omit<Append['batch'], 'json'>), json } } };
    }
    case 'package': {
      const rest = batch as Omit<PackageAppend['batch'], 'json'>;
      return { kind, append: { ...target, ...key, batch: { ...rest, json: value } } };
    }
    case 'rows': {
      if (rows === undefined) break;
      return { kind, append: { ...key, ...readRows(value, rows), topic: target.topic } };
    }
    case 'change':
      return { kind, change: readExact(value.toString()) as Change };
    case undefined:
    default:
  }
  throw new ForeignRecord(`its kind is ${JSON.stringify(kind)}`, true);
}

function readRows(value: Buffer, { counts, bytes, schemaVersion, replaced }: RowsAbout): Omit<RowsAppend, 'topic'> {
  const start = ROWS[0].length;
  const behind = start + bytes[0] + ROWS[1].length;
  return {
    rows: { json: value.subarray(start, start + bytes[0]), count: counts[0] },
    quarantine: { json: value.subarray(behind, behind + bytes[1]), count: counts[1] },
    schemaVersion,
    ...(replaced && { replaced }),
  };
}

function readAbout(text: string | undefined): About {
  try {
    return readExact(text ?? '') as About;
  } catch {
    throw new ForeignRecord('what its headers say of it is no JSON');
  }
}
