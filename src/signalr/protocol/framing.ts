import { InvalidDataException } from '../exceptions';
import type { ReceiveBuffer } from './receive-buffer';

/** A message is larger than the server accepts. */
export class MessageTooLargeException extends InvalidDataException {
  constructor(limit: number) {
    super(
      `The maximum message size of ${limit}B was exceeded. ` +
        'The message size can be configured with the option maximumReceiveMessageSize.',
      true,
    );
  }
}

/** Where a frame and its message are within the received bytes, as far as that is known. */
export interface Frame {
  /** The message is `bytes[start, end)`. */
  start: number;
  end: number;
  /** Where the next frame begins. */
  next: number;
  /** How many of the waiting bytes were searched without finding the end of the frame. */
  searched: number;
}

/** How the messages of an encoding are delimited in a stream of bytes. It keeps no state of a connection. */
export interface Framing {
  /**
   * Returns whether the received bytes begin with a whole frame, and where it is. If not, `frame.searched` says how far
   * it has searched.
   * @throws MessageTooLargeException as soon as a frame cannot fit the limit.
   */
  find(received: ReceiveBuffer, maximumSize: number, frame: Frame): boolean;
}
