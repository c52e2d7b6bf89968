import { Backlog, type WaitingMessage } from '../dispatch/backlog';
import { MessageBuffer } from './message-buffer';
import type { Outbox } from './outbox';
import { type AckMessage, type HubMessage, MESSAGE_TYPE, type SequenceMessage } from '../protocol/hub-messages';

/** What a session sends its own messages with. */
export interface SessionSender {
  send(message: AckMessage | SequenceMessage): void;
}

/** The connection, as its session sees it. */
export interface SessionOwner {
  /** Whether what the client asks for may not be carried out yet. */
  readonly dispatchPaused: boolean;
  /** Parses a message that has waited and carries it out. @throws InvalidDataException when it cannot be read. */
  dispatchWaiting(message: WaitingMessage): void;
  /** The client can be sent something again. */
  onCongestionEnded(): void;
  /** Told when a message that has waited cannot be read. */
  fail(error: unknown): void;
}

/**
 * What a connection has besides its socket, when that may be lost and replaced: the messages the client may not have got, the count of those
 * it sent, and those that wait while others are read. HubProtocol: Stateful Reconnect.
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

  /** Whether no more can be received before some of it is carried out. */
  get full(): boolean {
    return this.#backlog.full;
  }

  /** Counts a message. Returns whether it is to be carried out now; else it came before, or waits. */
  accept(message: HubMessage, received: WaitingMessage): boolean {
    if (!this.#kept.receive(message, received.end - received.start)) return false;
    if (this.#kept.ackDue) this.acknowledge();
    const waits = this.#dispatching || !this.#backlog.empty || this.#owner.dispatchPaused;
    if (!waits || skipsBacklog(message)) return true;
    this.#backlog.push(received);
    return false;
  }

  /** Carries out what has waited, as far as it may be now. */
  dispatchBacklog(): void {
    // Carrying out one message may cause this to be called again.
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

  /** Sends an Ack, if something was received that has had none. */
  acknowledge(): void {
    const sequenceId = this.#kept.takeAck();
    if (sequenceId !== undefined) this.#sender.send({ type: MESSAGE_TYPE.Ack, sequenceId });
  }

  /** The client has received what was sent. @throws InvalidDataException when it was not sent. */
  onAck({ sequenceId }: AckMessage): void {
    this.#kept.acknowledge(sequenceId);
    if (this.#outbox.onAcknowledged()) this.#owner.onCongestionEnded();
  }

  /** The client goes on to send. @throws InvalidDataException when messages are missing. */
  onSequence({ sequenceId }: SequenceMessage): void {
    this.#kept.reset(sequenceId);
  }

  /** There is no socket. */
  suspend(): void {
    this.#outbox.suspend();
  }

  /** There is a new socket: what the client may not have got is sent again. */
  resume(): void {
    this.#outbox.resume();
    const { sequenceId, messages } = this.#kept.resend();
    this.#sender.send({ type: MESSAGE_TYPE.Sequence, sequenceId });
    for (const message of messages) this.#outbox.write(message);
    this.#owner.onCongestionEnded();
  }

  /** Lets go of what waits to be carried out. */
  clear(): void {
    this.#backlog.clear();
  }
}

/** Whether a message is of use before those that wait. */
function skipsBacklog({ type }: HubMessage): boolean {
  return type === MESSAGE_TYPE.Ack || type === MESSAGE_TYPE.Sequence || type === MESSAGE_TYPE.Ping;
}
