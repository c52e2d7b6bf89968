import { describeError } from '../exceptions';
import type { Outbox } from './outbox';
import { MessageTooLargeException } from '../protocol/framing';
import { chooseProtocol, HANDSHAKE_ERRORS, parseHandshakeRequest, writeHandshakeResponse } from '../protocol/handshake';
import type { HubProtocol } from '../protocol/hub-protocol';

/** What a handshake needs to know of its server. */
export interface HandshakeHost {
  readonly protocols: readonly HubProtocol[];
  readonly options: { readonly handshakeTimeout: number; readonly detailedErrors: boolean };
  /** Milliseconds of the heartbeat. */
  readonly now: number;
}

/** What the client asked for and the server agreed to. */
export interface HandshakeResult {
  readonly protocol: HubProtocol;
  /** The version of the protocol. */
  readonly version: number;
}

/** The handshake of one connection: the client's request is answered, or its time runs out. HubProtocol: Overview. */
export class ServerHandshake {
  #deadline: number;
  readonly #host: HandshakeHost;
  readonly #outbox: Outbox;
  readonly #carriesBinary: boolean;

  /** `carriesBinary` says whether the transport can carry more than text. */
  constructor(host: HandshakeHost, outbox: Outbox, carriesBinary: boolean) {
    this.#host = host;
    this.#outbox = outbox;
    this.#carriesBinary = carriesBinary;
    this.#deadline = host.now + host.options.handshakeTimeout;
  }

  /**
   * Answers the request in `bytes`. Returns `undefined` when the client was told that there is no such protocol.
   * @throws InvalidDataException when it is not a handshake request.
   */
  receive(bytes: Buffer): HandshakeResult | undefined {
    const request = parseHandshakeRequest(bytes);
    const choice = chooseProtocol(request, this.#host.protocols, this.#carriesBinary);
    if ('error' in choice) {
      this.#respond(choice.error);
      return undefined;
    }
    const { protocol } = choice;
    // HubProtocol: the response is JSON text, but it may go out in one piece with messages that are not.
    const response = writeHandshakeResponse();
    this.#outbox.write(protocol.transferFormat === 'Binary' ? Buffer.from(response) : response);
    return { protocol, version: request.version };
  }

  /** Tells the client that the server has ended the handshake. */
  cancel(): void {
    this.#respond(HANDSHAKE_ERRORS.canceled);
  }

  /** Tells the client that its request could not be read. */
  fail(error: unknown): void {
    const { canceled, unexpected } = HANDSHAKE_ERRORS;
    const tooLarge = error instanceof MessageTooLargeException;
    this.#respond(tooLarge ? canceled : describeError(unexpected, error, this.#host.options.detailedErrors));
  }

  /** Whether the client has taken too long. The time in which the server does not read does not count. */
  isOverdue(now: number, readingPaused: boolean): boolean {
    if (readingPaused) this.#deadline = now + this.#host.options.handshakeTimeout;
    return now >= this.#deadline;
  }

  #respond(error: string): void {
    this.#outbox.write(writeHandshakeResponse(error));
  }
}
