import { InvalidDataException } from '../exceptions';
import { type Frame, type Framing, MessageTooLargeException } from './framing';
import type { ReceiveBuffer } from './receive-buffer';

/** The greatest length of the prefix, with seven bits a byte. HubProtocol: VarInt. */
export const LONGEST_PREFIX = 5;

/** The greatest last byte of a five-byte prefix: the greatest length is 0x7fffffff. */
const GREATEST_LAST_BYTE = 0x07;

/** Messages that follow their length as a VarInt, least significant seven bits first. HubProtocol: Binary encoding. */
export const lengthPrefixFraming: Framing = {
  find({ bytes, from, to }: ReceiveBuffer, maximumSize: number, frame: Frame): boolean {
    let length = 0;
    for (let i = 0; i < LONGEST_PREFIX; i++) {
      if (from + i === to) return false;
      const byte = bytes[from + i]!;
      if (i === LONGEST_PREFIX - 1 && byte > GREATEST_LAST_BYTE) throw tooLong();
      length |= (byte & 0x7f) << (7 * i);
      if (byte >= 0x80) continue;
      // Rejected because of its prefix, before the message itself is received.
      if (i + 1 + length > maximumSize) throw new MessageTooLargeException(maximumSize);
      frame.start = from + i + 1;
      frame.end = frame.next = frame.start + length;
      return frame.end <= to;
    }
    throw tooLong();
  },
};

/** Writes the prefix of a message of `length` bytes so that it ends at `end`. Returns where it begins. */
export function writeLengthPrefix(bytes: Uint8Array, end: number, length: number): number {
  let size = 1;
  for (let rest = length >>> 7; rest > 0; rest >>>= 7) size++;
  let rest = length;
  for (let i = end - size; i < end - 1; i++) {
    bytes[i] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  bytes[end - 1] = rest;
  return end - size;
}

function tooLong(): InvalidDataException {
  return new InvalidDataException('Messages over 2GB in size are not supported.');
}
