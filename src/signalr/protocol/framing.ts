import { InvalidDataException } from '../exceptions';
import type { ReceiveBuffer } from './receive-buffer';

/** A message is longer than the server takes. */
export class MessageTooLargeException extends InvalidDataException {
  constructor(limit: number) {
    super(
      `The maximum message size of ${limit}B was exceeded. The message size can be configured with the option maximumReceiveMessageSize.`,
      true,
    );
  }
}

/** Where a message and its frame lie in what was received, as far as that is known. */
export interface Frame {
  /** The message is `bytes[start, end)`. */
  start: number;
  end: number;
  /** Where the next frame begins. */
  next: number;
  /** How many of the waiting bytes are known to hold no end of the frame. */
  searched: number;
}

/** How the messages of an encoding are told apart in a stream of bytes. It keeps no state of a connection. */
export interface Framing {
  /**
   * Whether a whole frame waits; if so, says where. As much as it has searched in vain it notes in the frame too.
   * @throws MessageTooLargeException as soon as a frame cannot fit the limit.
   */
  find(received: ReceiveBuffer, maximumSize: number, frame: Frame): boolean;
}
