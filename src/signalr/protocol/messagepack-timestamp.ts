import { decodeTimestampToTimeSpec, EXT_TIMESTAMP } from '@msgpack/msgpack';
import { type MessagePackReader } from './messagepack-reader';

const NANOSECONDS_PER_MILLISECOND = 1_000_000;
const NANOSECONDS_PER_SECOND = 1_000_000_000;
/** A date that knows its nanoseconds, and writes them as JSON: a `Date` itself ends at milliseconds. */
class ExactDate extends Date {
  readonly #text: string;

  constructor(date: Date, text: string) {
    super(date);
    this.#text = text;
  }

  override toJSON(): string {
    return this.#text;
  }
}

/** An instant, to the nanosecond. */
export interface Timestamp {
  readonly date: Date;
  /** The nanoseconds of its second, of which the date holds the milliseconds. */
  readonly nanoseconds: number;
}

/** Whether the extension that was read last is a timestamp. MessagePack specification: Timestamp extension type. */
export function isTimestamp(reader: MessagePackReader): boolean {
  return reader.extensionType === EXT_TIMESTAMP;
}

/** The timestamp that was read last, `undefined` when it has a wrong size or is out of the range of a `Date`. */
export function readTimestamp(reader: MessagePackReader): Timestamp | undefined {
  if (reader.length !== 4 && reader.length !== 8 && reader.length !== 12) return undefined;
  const { sec, nsec } = decodeTimestampToTimeSpec(reader.contents());
  const date = new Date(sec * 1000 + Math.floor(nsec / NANOSECONDS_PER_MILLISECOND));
  if (nsec >= NANOSECONDS_PER_SECOND || Number.isNaN(date.getTime())) return undefined;
  return { date, nanoseconds: nsec };
}

/** A timestamp as a date, of which nothing is lost in JSON. */
export function dateOf(timestamp: Timestamp): Date {
  const { date, nanoseconds } = timestamp;
  return nanoseconds % NANOSECONDS_PER_MILLISECOND === 0 ? date : new ExactDate(date, isoText(timestamp));
}

/** A timestamp as ISO 8601 text: with milliseconds as `Date` writes them, or with nanoseconds if it has any. */
export function isoText({ date, nanoseconds }: Timestamp): string {
  const text = date.toISOString();
  if (nanoseconds % NANOSECONDS_PER_MILLISECOND === 0) return text;
  return `${text.slice(0, -4)}${String(nanoseconds).padStart(9, '0')}Z`;
}
