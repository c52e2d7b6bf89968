import type { WaitingMessage } from '../dispatch/backlog';
import { Dispatcher, type DispatchOutlet } from '../dispatch/dispatcher';
import { describeError, HubException, InvalidDataException } from '../errors';
import { ConnectionContext } from '../hub/hub-context';
import type { CloseOptions, HubHost, Identity } from './hub-host';
import { HubLifecycle } from '../dispatch/hub-lifecycle';
import { type Appetite, Inbox, type InboxOwner } from './inbox';
import { KeepAlive } from './keep-alive';
import { Outbox } from './outbox';
import { MessageTooLargeException } from '../protocol/framing';
import { chooseProtocol, HANDSHAKE_ERRORS, parseHandshakeRequest, writeHandshakeResponse } from '../protocol/handshake';
import type { HubProtocol } from '../protocol/hub-protocol';
import { type HubMessage, type InvocationMessage, MESSAGE_TYPE, type ServerMessage } from '../protocol/messages';
import type { SharedMessage } from '../clients/shared-message';
import { type SessionOwner, StatefulSession } from './stateful-session';
import type { Connection } from '../transports/connection';
import { ReconnectableConnection, type ReconnectListener } from '../transports/reconnectable';

/**
 * Where a connection is in its life; it never goes back. `draining`: running invocations may still complete, then it
 * closes. `finishing`: the client has left in good order, and what it sent before is still carried out. `closing`: nothing
 * is done any more but to wait for the peer.
 */
type State = 'handshake' | 'open' | 'draining' | 'finishing' | 'closing' | 'gone';

const CLOSED_WITH_ERROR = 'Connection closed with an error.';

/** One client: handshake, messages in and out, keep-alive, and the end. HubProtocol: Overview. */
export class HubConnection<P, C> implements ReconnectListener, InboxOwner, SessionOwner, DispatchOutlet {
  readonly context: ConnectionContext<P, C>;
  readonly #host: HubHost<P, C>;
  readonly #connection: Connection;
  #expiresAt: number | undefined;
  readonly #inbox: Inbox;
  readonly #outbox: Outbox;
  readonly #keepAlive: KeepAlive;
  readonly #dispatcher: Dispatcher<P, C>;
  readonly #lifecycle: HubLifecycle<P, C>;
  readonly #onGone: () => void;
  #protocol: HubProtocol | undefined;
  /** What there is besides the socket, if that may be replaced. */
  #session: StatefulSession | undefined;
  #state: State = 'handshake';
  /** When a state that may last only so long ends. */
  #deadline: number;
  /** What the client is told after draining. */
  #farewell: CloseOptions = {};
  /** Why the connection ends, for `onDisconnected`. */
  #error: Error | undefined;
  #transportClosed = false;

  /** `onGone` is called once, when the connection is gone. */
  constructor(host: HubHost<P, C>, connection: Connection, identity: Identity<P>, onGone: () => void) {
    const { options, now } = host;
    this.#host = host;
    this.#connection = connection;
    this.#onGone = onGone;
    this.#expiresAt = identity.expiresAt;
    this.#deadline = now + options.handshakeTimeout;
    this.#inbox = new Inbox(connection, options.maximumReceiveMessageSize, this);
    this.#outbox = new Outbox(connection, host.flushQueue, options.sendTimeout, now);
    this.#keepAlive = new KeepAlive(options, now);
    this.context = new ConnectionContext(identity, host, () => {
      this.close({});
    });
    this.#lifecycle = new HubLifecycle(host.hooks, this.context, options.logger);
    this.#dispatcher = new Dispatcher(host, this.context, this);
  }

  get connectionId(): string {
    return this.context.connectionId;
  }

  get userId(): string | undefined {
    return this.context.userId;
  }

  get speechless(): string | undefined {
    if (this.#state !== 'open') return `Connection '${this.connectionId}' disconnected.`;
    return this.#lifecycle.ready ? undefined : 'Client results inside OnConnectedAsync Hub methods are not allowed.';
  }

  get congested(): boolean {
    return this.#outbox.congested;
  }

  get overloaded(): boolean {
    return this.#outbox.unsent > this.#host.options.maximumSendBufferSize / 2;
  }

  /** The client has shown again who it is. */
  renew(expiresAt: number | undefined): void {
    this.#expiresAt = expiresAt;
  }

  /** Begins to serve the client. */
  open(): void {
    this.#connection.open(this);
    this.regulate();
  }

  /** Ends the connection: what was written is sent, then a Close message. Harmless when it is ending already. */
  close(farewell: CloseOptions): void {
    if (this.#state === 'handshake') {
      this.#refuseHandshake(HANDSHAKE_ERRORS.canceled);
    } else if (this.#state === 'open' || this.#state === 'draining') {
      this.answer({ type: MESSAGE_TYPE.Close, error: farewell.error, allowReconnect: farewell.allowReconnect });
      this.#sayGoodbye();
    }
  }

  /** Ends the connection once running invocations have completed, or after so many milliseconds. No other starts. */
  drain(farewell: CloseOptions, timeout: number): void {
    if (this.#state === 'open' && this.#dispatcher.running > 0) {
      this.#farewell = farewell;
      this.#deadline = this.#host.now + timeout;
      this.#move('draining');
      this.#clear();
      this.#dispatcher.drain();
      if (this.#connection instanceof ReconnectableConnection) this.#connection.forbidReconnect();
      this.regulate();
    } else {
      this.close(farewell);
    }
  }

  /** Lets the connection go at once. */
  drop(error: Error): void {
    if (this.#state === 'gone') return;
    this.#error ??= error;
    if (this.#transportClosed) {
      this.#leave();
      return;
    }
    this.#move('closing');
    this.#end();
    this.#connection.terminate();
  }

  /** Does what is due. */
  tick(now: number): void {
    this.#connection.tick(now);
    switch (this.#state) {
      case 'handshake':
        if (this.#host.readingPaused) this.#deadline = now + this.#host.options.handshakeTimeout;
        else if (now >= this.#deadline) this.#refuseHandshake(HANDSHAKE_ERRORS.canceled);
        return;
      case 'open':
        this.#tickOpen(now);
        return;
      case 'draining':
        if (now >= this.#deadline) this.close(this.#farewell);
        return;
      case 'finishing':
        this.#tickFinishing(now);
        return;
      case 'closing':
        if (now >= this.#deadline) this.#connection.terminate();
        return;
      case 'gone':
    }
  }

  /** Reads on, or stops the socket, as the moment asks. */
  regulate(): void {
    this.#session?.workOff();
    this.#inbox.regulate();
    this.#leaveIfFinished();
  }

  onData(bytes: Buffer): void {
    this.#keepAlive.heard();
    this.#inbox.push(bytes);
  }

  onSent(): void {
    if (this.#outbox.sent()) this.relieve();
  }

  onInterrupted(): void {
    this.#log('socket lost');
    // What was received and not counted the client sends again.
    this.#inbox.clear();
    this.#session?.suspend();
    this.regulate();
  }

  onReconnected(): void {
    this.#log('socket replaced');
    this.#inbox.clear();
    this.#session?.resume();
  }

  onEnding(tooLarge: boolean): void {
    if (tooLarge) {
      this.fail(new MessageTooLargeException(this.#host.options.maximumReceiveMessageSize));
      this.close(this.#farewell);
      return;
    }
    this.#outbox.flush();
    if (this.#state !== 'open') return;
    this.#renewDeadline();
    this.#move('finishing');
    this.#dispatcher.stopStreams();
  }

  onClosed(error: Error | undefined): void {
    this.#transportClosed = true;
    if (this.#state === 'finishing' && error === undefined) {
      this.#leaveIfFinished();
      return;
    }
    if (this.#state !== 'closing') this.#error ??= error;
    this.#leave();
  }

  appetite(): Appetite {
    const state = this.#state;
    if (state === 'draining' || state === 'closing' || state === 'gone') return 'discard';
    if (this.#host.readingPaused) return 'stop';
    if (state === 'handshake') return 'read';
    const wait = this.#session === undefined ? this.mustWait : this.#session.full;
    return wait ? 'wait' : 'read';
  }

  receive(bytes: Buffer, start: number, end: number): void {
    if (this.#protocol === undefined) {
      this.#shakeHands(bytes.subarray(start, end));
      return;
    }
    const message = this.#protocol.parse(bytes, start, end, this.#dispatcher);
    if (message === undefined) this.#log('message of an unknown type ignored');
    else if (this.#session?.takes(message, { bytes, start, end }) !== false) this.#handle(message, end + 1 - start);
  }

  get mustWait(): boolean {
    if (!this.#lifecycle.ready || this.#dispatcher.blocked) return true;
    // Who has left is sent nothing that could congest.
    return this.#outbox.congested && this.#state === 'open';
  }

  carryOut({ bytes, start, end }: WaitingMessage): void {
    const message = this.#protocol?.parse(bytes, start, end, this.#dispatcher);
    if (message !== undefined) this.#handle(message, end + 1 - start);
  }

  relieve(): void {
    this.#dispatcher.relieve();
    this.regulate();
  }

  call(message: InvocationMessage): boolean {
    if (!this.#mayWrite()) return false;
    this.answer(message);
    return this.#mayWrite() && !this.#outbox.congested;
  }

  deliver(message: SharedMessage): boolean {
    if (this.#protocol === undefined || !this.#mayWrite()) return false;
    this.#send(message.in(this.#protocol), true);
    return this.#mayWrite() && !this.#outbox.congested;
  }

  answer(message: ServerMessage): void {
    if (this.#protocol === undefined || !this.#mayWrite()) return;
    this.#send(this.#protocol.write(message), isCounted(message));
  }

  onSettled(): void {
    if (this.#state === 'open' || this.#state === 'finishing') {
      if (this.#state === 'finishing') this.#renewDeadline();
      this.regulate();
    } else if (this.#state === 'draining' && this.#dispatcher.running === 0) {
      this.close(this.#farewell);
    }
  }

  #handle(message: HubMessage, size: number): void {
    switch (message.type) {
      case MESSAGE_TYPE.Ping:
        this.#keepAlive.heardPing();
        return;
      case MESSAGE_TYPE.Close:
        if (message.error !== undefined) this.#error = new HubException(message.error);
        this.#stopReading({});
        return;
      case MESSAGE_TYPE.Ack:
        this.#session?.onAck(message);
        return;
      case MESSAGE_TYPE.Sequence:
        this.#session?.onSequence(message);
        return;
      case MESSAGE_TYPE.Invocation:
      case MESSAGE_TYPE.StreamInvocation:
      case MESSAGE_TYPE.BindingFailure:
      case MESSAGE_TYPE.StreamItem:
      case MESSAGE_TYPE.StreamBindingFailure:
      case MESSAGE_TYPE.Completion:
      case MESSAGE_TYPE.CancelInvocation:
        // What it is about may have ended while it was on its way.
        if (!this.#dispatcher.handle(message, size)) this.#log('message ignored', { type: message.type });
    }
  }

  #shakeHands(bytes: Buffer): void {
    const request = parseHandshakeRequest(bytes);
    const choice = chooseProtocol(request, this.#host.protocols, this.#connection.carriesBinary);
    if ('error' in choice) {
      this.#refuseHandshake(choice.error);
      return;
    }
    const { protocol } = choice;
    this.#protocol = protocol;
    this.#inbox.framing = protocol.framing;
    // HubProtocol: the answer is JSON text, but it may go out in one piece with messages that are not.
    const response = writeHandshakeResponse();
    this.#outbox.write(protocol.transferFormat === 'Binary' ? Buffer.from(response) : response);
    this.#keepAlive.wrote();
    this.#move('open');
    // HubProtocol: Stateful Reconnect. It came with version 2.
    if (request.version >= 2 && this.#connection instanceof ReconnectableConnection) {
      this.#session = new StatefulSession(this.#outbox, this, this.#host.options.statefulReconnectBufferSize);
      this.#connection.allowReconnect(this);
    }
    // HubConnectionHandler: who connects can be called before `onConnected` is.
    this.#host.audience.enter(this);
    this.#lifecycle.begin(
      () => {
        this.regulate();
      },
      (error) => {
        this.#failToConnect(error);
      },
    );
  }

  #refuseHandshake(error: string): void {
    this.#outbox.write(writeHandshakeResponse(error));
    this.#sayGoodbye();
  }

  #failToConnect(error: unknown): void {
    this.#error = asError(error);
    if (this.#state === 'finishing') this.drop(this.#error);
    // HubConnectionHandler: after this failure the client is not asked to come back.
    else this.close({ error: describeError(CLOSED_WITH_ERROR, error, this.#host.options.detailedErrors) });
  }

  /** What came in cannot be read. */
  fail(error: unknown): void {
    const { detailedErrors, logger } = this.#host.options;
    if (error instanceof InvalidDataException) this.#log('protocol error', { reason: error.message });
    else logger.error({ connectionId: this.context.connectionId, err: error }, 'reading a message failed');
    this.#error ??= asError(error);
    if (this.#state === 'handshake') {
      const { canceled, unexpected } = HANDSHAKE_ERRORS;
      const tooLarge = error instanceof MessageTooLargeException;
      this.#refuseHandshake(tooLarge ? canceled : describeError(unexpected, error, detailedErrors));
    } else {
      this.#stopReading({ error: describeError(CLOSED_WITH_ERROR, error, detailedErrors), allowReconnect: true });
    }
  }

  /** Nothing more the client sends matters; invocations it sent before may complete. */
  #stopReading(farewell: CloseOptions): void {
    if (this.#state === 'finishing') this.#clear();
    else this.drain(farewell, this.#host.options.closeTimeout);
  }

  #mayWrite(): boolean {
    return this.#state === 'open' || this.#state === 'draining';
  }

  #send(encoded: string | Uint8Array, counted: boolean): void {
    if (this.#outbox.unsent > this.#host.options.maximumSendBufferSize) {
      this.drop(new Error('The client does not take what is sent to it: maximumSendBufferSize was exceeded.'));
      return;
    }
    this.#outbox.write(encoded, counted);
    this.#keepAlive.wrote();
  }

  #tickOpen(now: number): void {
    const { options } = this.#host;
    const interrupted = this.#connection instanceof ReconnectableConnection && this.#connection.interrupted;
    if (!this.#connection.hasInherentKeepAlive && !interrupted && this.#outbox.isStuck(now)) {
      this.drop(new Error('The client takes nothing of what is sent to it: sendTimeout has passed.'));
      return;
    }
    const expires = options.closeOnAuthenticationExpiration ? this.#expiresAt : undefined;
    if (expires !== undefined && options.clock.date() >= expires) {
      this.#log('authentication expired');
      // What was taken in before is still answered.
      this.drain({ allowReconnect: true }, options.closeTimeout);
      return;
    }
    this.#session?.acknowledge();
    const action = this.#keepAlive.tick(now, !interrupted && this.appetite() === 'read');
    if (action === 'ping') {
      if (!this.#connection.hasInherentKeepAlive) this.answer({ type: MESSAGE_TYPE.Ping });
    } else if (action === 'timeout') {
      this.#error = new Error('The client has sent nothing, not even a ping: clientTimeout has passed.');
      this.close({
        error: describeError(CLOSED_WITH_ERROR, this.#error, options.detailedErrors),
        allowReconnect: true,
      });
    }
  }

  #tickFinishing(now: number): void {
    if (this.#host.readingPaused) this.#renewDeadline();
    if (now < this.#deadline) return;
    const unfinished = this.#dispatcher.running > 0 || this.#transportClosed;
    if (unfinished) this.drop(new Error('Invocations did not end after the client had left.'));
    // All is done but for the peer's end of the socket.
    else this.#connection.terminate();
  }

  /** Sends what waits and closes the transport, in good order. */
  #sayGoodbye(): void {
    this.#outbox.flush();
    this.#renewDeadline();
    this.#move('closing');
    this.#clear();
    this.#end();
    this.regulate();
    this.#connection.close();
  }

  #leaveIfFinished(): void {
    if (this.#state !== 'finishing' || !this.#transportClosed) return;
    // When it may read and has stopped all the same, there is nothing left to read.
    if (this.appetite() !== 'read' || this.mustWait) return;
    // HubConnectionHandler: to break off within a message is no good end.
    if (this.#inbox.waiting > 0) {
      this.#error ??= new InvalidDataException('Connection terminated while reading a message.');
    }
    this.#dispatcher.hearNoMore();
    if (this.#dispatcher.running === 0) this.#leave();
  }

  #leave(): void {
    if (this.#state === 'gone') return;
    this.#move('gone');
    this.#clear();
    this.#end();
    this.#lifecycle.end(this.#error);
    this.#onGone();
  }

  /** Nothing reaches the client any more. */
  #end(): void {
    this.#host.audience.leave(this);
    this.context.end();
    this.#dispatcher.drain();
  }

  /** Lets go of what was received and not carried out. */
  #clear(): void {
    this.#inbox.clear();
    this.#session?.clear();
  }

  #renewDeadline(): void {
    this.#deadline = this.#host.now + this.#host.options.closeTimeout;
  }

  #move(state: State): void {
    this.#log('connection state', { from: this.#state, to: state });
    this.#state = state;
  }

  #log(event: string, fields: object = {}): void {
    this.#host.options.logger.debug({ connectionId: this.context.connectionId, ...fields }, event);
  }
}

/** Whether a message is one of those that must not get lost with a socket. HubProtocol: Stateful Reconnect. */
function isCounted({ type }: ServerMessage): boolean {
  return type <= MESSAGE_TYPE.CancelInvocation;
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error('Something that is no Error was thrown.', { cause: error });
}
