import { CHUNKED_FORMAT, ForeignRecord, FORMAT, HEADER, textsOf, type RawRecord, type WriteNumber } from './log-record';

/** Which part of a write a record is. */
export interface ChunkPlace {
  /** Counted from 0. */
  readonly index: number;
  readonly count: number;
  /** Bytes of what there is to know of the write, which come before its value. */
  readonly aboutBytes: number;
}

/** A record as it is sent: with a value, and without a number yet. */
export interface SentRecord extends RawRecord {
  readonly value: Buffer;
}

/**
 * A write as records of which each has a value of so many bytes at the most: itself, or chunks that follow each other.
 * All of them have its key; what they hold is what there is to know of it, and its value.
 */
export function toChunks(record: SentRecord, most: number): readonly SentRecord[] {
  const { about, others } = splitHeaders(record);
  if (record.value.length + about.length <= most) return [record];
  const payload = Buffer.concat([about, record.value]);
  const count = Math.ceil(payload.length / most);
  return Array.from({ length: count }, (_, index) => ({
    key: record.key,
    value: payload.subarray(index * most, (index + 1) * most),
    headers: [
      { [HEADER.format]: CHUNKED_FORMAT },
      ...others,
      { [HEADER.chunk]: JSON.stringify({ index, count, aboutBytes: about.length } satisfies ChunkPlace) },
    ],
  }));
}

/** Which chunk a record is; `undefined`: it is a whole write. Throws `ForeignRecord`. */
export function chunkPlaceOf(record: RawRecord, texts = textsOf(record)): ChunkPlace | undefined {
  if (texts.get(HEADER.format) !== CHUNKED_FORMAT) return undefined;
  try {
    const { index, count, aboutBytes } = JSON.parse(texts.get(HEADER.chunk) ?? '') as Record<keyof ChunkPlace, unknown>;
    if (isCount(index) && isCount(count) && isCount(aboutBytes) && index < count) return { index, count, aboutBytes };
  } catch {
    // It is said below.
  }
  throw new ForeignRecord('it does not say which chunk it is', true);
}

/** The write that chunks are of, as the record that it would be if it were one. */
export function fromChunks(chunks: readonly Uint8Array[], last: RawRecord, { aboutBytes }: ChunkPlace): RawRecord {
  const payload = Buffer.concat(chunks);
  const { others } = splitHeaders(last);
  const about = payload.subarray(0, aboutBytes);
  return { key: last.key, value: payload.subarray(aboutBytes), headers: [WHOLE, ...others, { [HEADER.about]: about }] };
}

const WHOLE = { [HEADER.format]: FORMAT };

/** The chunks of writes that have come before the last one of theirs, in memory; a view has them as well. */
export class WaitingChunks {
  readonly #chunks = new Map<string, Uint8Array[]>();

  /** Adds one; the first of a write takes the place of what another one, which did not come to its end, has left. */
  add(log: string, { writer }: Pick<WriteNumber, 'writer'>, index: number, bytes: Uint8Array): void {
    const key = keyOf(log, writer);
    const before = this.#chunks.get(key);
    if (index === 0 || before === undefined) this.#chunks.set(key, [bytes]);
    else before.push(bytes);
  }

  /** All that came before the last one of a write. Throws `ForeignRecord` when some are missing. */
  take(log: string, { writer }: Pick<WriteNumber, 'writer'>, { count }: ChunkPlace): readonly Uint8Array[] {
    const key = keyOf(log, writer);
    const chunks = this.#chunks.get(key) ?? [];
    this.#chunks.delete(key);
    if (chunks.length !== count - 1)
      throw new ForeignRecord(`it is the last of ${count} chunks, and ${chunks.length} came before it`);
    return chunks;
  }
}

function keyOf(log: string, writer: string): string {
  return `${log} ${writer}`;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** What is said of a write, and the other headers without the format. */
function splitHeaders({ headers }: RawRecord): { readonly about: Buffer; readonly others: RawRecord['headers'] } {
  const left = new Set<string>([HEADER.about, HEADER.format, HEADER.chunk]);
  const others = headers.filter((header) => !Object.keys(header).some((name) => left.has(name)));
  const about = headers.find((header) => HEADER.about in header)?.[HEADER.about] ?? '';
  return { about: Buffer.from(about), others };
}
