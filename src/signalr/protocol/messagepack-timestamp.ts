import { decodeTimestampToTimeSpec, EXT_TIMESTAMP } from '@msgpack/msgpack';
import { dateWith } from './exact-date';
import { type MessagePackReader } from './messagepack-reader';

const NANOSECONDS_PER_MILLISECOND = 1_000_000;
const NANOSECONDS_PER_SECOND = 1_000_000_000;

/** Whether the extension that was read last is a timestamp. MessagePack specification: Timestamp extension type. */
export function isTimestamp(reader: MessagePackReader): boolean {
  return reader.extensionType === EXT_TIMESTAMP;
}

/**
 * The timestamp that was read last, an `ExactDate` if it has more than milliseconds; `undefined` when it has a wrong
 * size or is out of the range of a `Date`.
 */
export function readTimestamp(reader: MessagePackReader): Date | undefined {
  if (reader.length !== 4 && reader.length !== 8 && reader.length !== 12) return undefined;
  const { sec, nsec } = decodeTimestampToTimeSpec(reader.contents());
  const date = new Date(sec * 1000 + Math.floor(nsec / NANOSECONDS_PER_MILLISECOND));
  if (nsec >= NANOSECONDS_PER_SECOND || Number.isNaN(date.getTime())) return undefined;
  return dateWith(date, nsec % NANOSECONDS_PER_MILLISECOND);
}
