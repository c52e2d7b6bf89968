import { type Frame, type Framing, MessageTooLargeException } from './framing';
import type { ReceiveBuffer } from './receive-buffer';

/** Ends each message of a text protocol. HubProtocol: JSON Encoding. */
export const RECORD_SEPARATOR = 0x1e;

/** The same as a string. */
export const RECORD_SEPARATOR_TEXT = '\x1e';

/** Messages that end with a record separator. HubProtocol: JSON Encoding. */
export const recordFraming: Framing = {
  find(received: ReceiveBuffer, maximumSize: number, frame: Frame): boolean {
    const { from } = received;
    const separator = findSeparator(received, from + frame.searched);
    // HubOptions.MaximumReceiveMessageSize counts the separator too.
    const size = separator === -1 ? received.length + 1 : separator + 1 - from;
    if (size > maximumSize) throw new MessageTooLargeException(maximumSize);
    if (separator === -1) {
      frame.searched = received.length;
      return false;
    }
    frame.start = from;
    frame.end = separator;
    frame.next = separator + 1;
    return true;
  },
};

function findSeparator({ bytes, to }: ReceiveBuffer, from: number): number {
  if (to === bytes.length) return bytes.indexOf(RECORD_SEPARATOR, from);
  // The bytes behind `to` were never received: they must be neither found nor searched again and again.
  const found = bytes.subarray(from, to).indexOf(RECORD_SEPARATOR);
  return found === -1 ? -1 : from + found;
}
