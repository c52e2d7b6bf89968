import { InvalidDataException } from '../exceptions';
import { type HubMessage, MESSAGE_TYPE } from '../protocol/hub-messages';

/**
 * After this many received bytes an Ack is due at once: a client keeps 100,000 by default, and waits when they are used
 * up.
 */
const ACK_SIZE = 32 * 1024;

/** How many acknowledged messages may precede the others before the list is compacted. */
const COMPACTION_SIZE = 1024;

/**
 * What makes a lost socket replaceable: the sent messages that the client has not acknowledged, and the numbers of the
 * received ones. Messages about invocations are counted from 1, separately in each direction; the numbers themselves
 * are not sent. HubProtocol: Stateful Reconnect.
 */
export class MessageBuffer {
  /** The messages that were sent and not acknowledged, from `#head` on. */
  #messages: (string | Uint8Array)[] = [];
  #head = 0;
  /** How many bytes are kept. Text counts a character as a byte. */
  bytes = 0;
  /** How many were acknowledged. */
  #acknowledged = 0;
  #progress = false;
  #fullSince: number | undefined;
  /** The number of the next message the client sends. */
  #next = 1;
  /** The last number that was received. */
  #received = 0;
  #receivedBytes = 0;
  /** The last number an Ack was sent for. */
  #acked = 0;
  #awaitsSequence = false;
  readonly #capacity: number;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Whether no more should be sent until the client has acknowledged something. */
  get full(): boolean {
    return this.bytes >= this.#capacity;
  }

  /** How many bytes are kept beyond the capacity. Text counts a character as a byte. */
  get excess(): number {
    return Math.max(0, this.bytes - this.#capacity);
  }

  /** Keeps a message that is being sent. */
  add(message: string | Uint8Array): void {
    this.#messages.push(message);
    this.bytes += message.length;
  }

  /**
   * The client has received all messages up to this one.
   * @throws InvalidDataException when that message was never sent.
   */
  acknowledge(sequenceId: number): void {
    if (sequenceId > this.#acknowledged + this.#messages.length - this.#head) {
      throw new InvalidDataException('ack of a message that was not sent', true);
    }
    for (; this.#acknowledged < sequenceId; this.#acknowledged++) {
      this.bytes -= this.#messages[this.#head]!.length;
      this.#messages[this.#head++] = '';
      this.#progress = true;
    }
    if (this.#head < COMPACTION_SIZE || this.#head * 2 < this.#messages.length) return;
    this.#messages = this.#messages.slice(this.#head);
    this.#head = 0;
  }

  /** There is a new socket: returns the number of the first message sent on it, and the messages to send again. */
  resend(): { readonly sequenceId: number; readonly messages: readonly (string | Uint8Array)[] } {
    this.#awaitsSequence = true;
    return { sequenceId: this.#acknowledged + 1, messages: this.#messages.slice(this.#head) };
  }

  /** Counts a message of `size` bytes. Returns false when it is to be ignored, as it was received before. */
  receive({ type }: HubMessage, size: number): boolean {
    if (type === MESSAGE_TYPE.Sequence) return true;
    if (this.#awaitsSequence) return false;
    if (type === MESSAGE_TYPE.Ping || type === MESSAGE_TYPE.Close || type === MESSAGE_TYPE.Ack) return true;
    const sequenceId = this.#next++;
    if (sequenceId <= this.#received) return false;
    this.#received = sequenceId;
    this.#receivedBytes += size;
    return true;
  }

  /**
   * The client says which number its next message has.
   * @throws InvalidDataException when messages before it are missing.
   */
  reset(sequenceId: number): void {
    if (sequenceId < 1) throw new InvalidDataException('Sequence ID less than one.', true);
    if (sequenceId > this.#next) {
      throw new InvalidDataException("Sequence ID greater than amount of messages we've received.", true);
    }
    this.#awaitsSequence = false;
    this.#next = sequenceId;
    // The client has seen no Ack of what it sends again.
    this.#acked = Math.min(this.#acked, sequenceId - 1);
  }

  /** Whether so much was received that an Ack should not wait. */
  get ackDue(): boolean {
    return this.#receivedBytes >= ACK_SIZE;
  }

  /** The number to send an Ack for, if one is due. */
  takeAck(): number | undefined {
    if (this.#acked === this.#received || this.#awaitsSequence) return undefined;
    this.#receivedBytes = 0;
    this.#acked = this.#received;
    return this.#acked;
  }

  /** For how many milliseconds it has been full without any Ack; called at every heartbeat. */
  stuckFor(now: number): number {
    if (!this.full || this.#progress) this.#fullSince = undefined;
    this.#progress = false;
    if (this.full) this.#fullSince ??= now;
    return this.#fullSince === undefined ? 0 : now - this.#fullSince;
  }
}
