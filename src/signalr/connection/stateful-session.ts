import { Backlog, type WaitingMessage } from '../dispatch/backlog';
import { MessageBuffer } from './message-buffer';
import type { Outbox } from './outbox';
import { type AckMessage, type HubMessage, MESSAGE_TYPE, type SequenceMessage } from '../protocol/hub-messages';

/** Sends a session's own messages. */
export interface SessionSender {
  send(message: AckMessage | SequenceMessage): void;
}

/** The connection, as its session sees it. */
export interface SessionOwner {
  /** Whether messages may not be dispatched now. */
  readonly dispatchPaused: boolean;
  /** Parses a waiting message and dispatches it. @throws InvalidDataException when it cannot be read. */
  dispatchWaiting(message: WaitingMessage): void;
  /** The client takes messages again. */
  onCongestionEnded(): void;
  /** Called when a waiting message cannot be read. */
  fail(error: unknown): void;
}

/**
 * The part of a connection that outlives its socket when that is lost and replaced: the messages that the client may
 * not have received, the count of those it sent, and those that wait while others are read. HubProtocol: Stateful
 * Reconnect.
 */
export class StatefulSession {
  readonly #kept: MessageBuffer;
  readonly #backlog = new Backlog();
  #dispatching = false;
  readonly #outbox: Outbox;
  readonly #sender: SessionSender;
  readonly #owner: SessionOwner;

  constructor(outbox: Outbox, sender: SessionSender, owner: SessionOwner, bufferSize: number) {
    this.#outbox = outbox;
    this.#sender = sender;
    this.#owner = owner;
    this.#kept = new MessageBuffer(bufferSize);
    outbox.keep(this.#kept);
  }

  /** Whether nothing more can be received before some waiting messages are dispatched. */
  get full(): boolean {
    return this.#backlog.full;
  }

  /** How many bytes wait: of received messages, and of sent ones that were not acknowledged. */
  get heldBytes(): number {
    return this.#backlog.bytes + this.#kept.bytes;
  }

  /** Counts a message. Returns whether to dispatch it now; otherwise it came before, or waits. */
  accept(message: HubMessage, received: WaitingMessage): boolean {
    if (!this.#kept.receive(message, received.end - received.start)) return false;
    if (this.#kept.ackDue) this.acknowledge();
    const waits = this.#dispatching || !this.#backlog.empty || this.#owner.dispatchPaused;
    if (!waits || skipsBacklog(message)) return true;
    this.#backlog.push(received);
    return false;
  }

  /** Dispatches waiting messages as far as that is allowed now. */
  dispatchBacklog(): void {
    // Dispatching a message may call this again.
    if (this.#dispatching) return;
    this.#dispatching = true;
    try {
      while (!this.#owner.dispatchPaused) {
        const message = this.#backlog.shift();
        if (message === undefined) break;
        this.#owner.dispatchWaiting(message);
      }
    } catch (error) {
      this.#owner.fail(error);
    }
    this.#dispatching = false;
  }

  /** Sends an Ack, if messages were received that have not been acknowledged. */
  acknowledge(): void {
    const sequenceId = this.#kept.takeAck();
    if (sequenceId !== undefined) this.#sender.send({ type: MESSAGE_TYPE.Ack, sequenceId });
  }

  /** The client has received messages. @throws InvalidDataException when they were not sent. */
  onAck({ sequenceId }: AckMessage): void {
    this.#kept.acknowledge(sequenceId);
    if (this.#outbox.onAcknowledged()) this.#owner.onCongestionEnded();
  }

  /** The client resumes sending. @throws InvalidDataException when messages are missing. */
  onSequence({ sequenceId }: SequenceMessage): void {
    this.#kept.reset(sequenceId);
  }

  /** The socket was lost. */
  suspend(): void {
    this.#outbox.suspend();
  }

  /** There is a new socket: sends again what the client may not have received. */
  resume(): void {
    this.#outbox.resume();
    const { sequenceId, messages } = this.#kept.resend();
    this.#sender.send({ type: MESSAGE_TYPE.Sequence, sequenceId });
    for (const message of messages) this.#outbox.write(message);
    this.#owner.onCongestionEnded();
  }

  /** Discards the waiting messages. */
  clear(): void {
    this.#backlog.clear();
  }
}

/** Whether a message is handled before those that are waiting. */
function skipsBacklog({ type }: HubMessage): boolean {
  return type === MESSAGE_TYPE.Ack || type === MESSAGE_TYPE.Sequence || type === MESSAGE_TYPE.Ping;
}
