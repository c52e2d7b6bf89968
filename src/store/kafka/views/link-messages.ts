import { deserialize, serialize } from 'node:v8';
import type { WebSocket } from 'ws';
import { type ErrorCode, type ErrorDetails, WriterHubError } from '../../../errors';
import type { Told } from '../view-division';

/** What hubs say to each other; one that speaks another protocol is not understood. */
export const PROTOCOL = 'writer-hub-view.1';

/** What a hub says to one that has a view of what it has none of. */
export type Request =
  /** First of all: who its writes are by, and what it has a view of itself. */
  | { readonly kind: 'hello'; readonly writer: string; readonly view: string }
  /** It is to be told of a topic from now on, and what has become of its writes to it, from this number on. */
  | { readonly kind: 'watch'; readonly topic: string; readonly log: string; readonly from: number }
  /** Others tell it of a topic, or nobody, as it is there no more. */
  | { readonly kind: 'leave' | 'forget'; readonly topic: string }
  /** A call, to be answered when the catalogue has come at least as far as that of the caller. */
  | {
      readonly kind: 'call';
      readonly id: number;
      readonly call: string;
      readonly args: readonly unknown[];
      readonly catalogue: number;
    }
  /** Nobody waits for its answer any more. */
  | { readonly kind: 'cancel'; readonly id: number };

/** What a hub says to one that calls it. */
export type Reply =
  | { readonly kind: 'result'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'failure'; readonly id: number; readonly error: WrittenError }
  | { readonly kind: 'outcome'; readonly log: string; readonly number: number; readonly outcome: WrittenOutcome }
  /** Of what is watched. */
  | Told;

/** What has become of a write; `forgotten`: it was carried out, and what came of it is not known any more. */
export type WrittenOutcome =
  | { readonly is: 'stored'; readonly receipt: unknown }
  | { readonly is: 'refused'; readonly error: WrittenError }
  | { readonly is: 'forgotten' };

export interface WrittenError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details: Omit<ErrorDetails, 'cause'>;
}

export function writeError(error: unknown): WrittenError {
  if (!(error instanceof WriterHubError)) {
    return { code: 'internal', message: 'the hub that was asked failed', details: {} };
  }
  const { code, message, problems, position, earliest, scope, noToken } = error;
  const given = Object.entries({ problems, position, earliest, scope, noToken });
  return { code, message, details: Object.fromEntries(given.filter(([, value]) => value !== undefined)) };
}

export function readError({ code, message, details }: WrittenError): WriterHubError {
  return new WriterHubError(code, message, details);
}

export function writeOutcome(outcome: PromiseSettledResult<unknown>): WrittenOutcome {
  return outcome.status === 'fulfilled'
    ? { is: 'stored', receipt: outcome.value }
    : { is: 'refused', error: writeError(outcome.reason) };
}

/** Gathers what is said in one turn of the event loop, and sends it as one message. */
export class Outbox<Message> {
  #waiting: Message[] = [];
  readonly #send: (bytes: Buffer) => void;

  constructor(send: (bytes: Buffer) => void) {
    this.#send = send;
  }

  add(message: Message): void {
    this.#waiting.push(message);
    if (this.#waiting.length > 1) return;
    setImmediate(() => {
      this.#flush();
    });
  }

  #flush(): void {
    const messages = this.#waiting;
    this.#waiting = [];
    this.#send(serialize(messages));
  }
}

/** Reads what an `Outbox` has sent, from now on. */
export function readMessages(socket: WebSocket, take: (message: unknown) => void): void {
  socket.on('message', (bytes: Buffer) => {
    for (const message of deserialized(bytes, socket)) take(message);
  });
}

/** Of what another version of Node.js has written, perhaps nothing: then the link is of no use. */
function deserialized(bytes: Buffer, socket: WebSocket): readonly unknown[] {
  try {
    return deserialize(bytes) as readonly unknown[];
  } catch {
    socket.close(1003, 'the messages cannot be read here');
    return [];
  }
}
