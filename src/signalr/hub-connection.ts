import { Dispatcher } from './dispatcher';
import { describeError, HubException, InvalidDataException } from './errors';
import { ConnectionContext } from './hub-context';
import type { CloseOptions, HubHost, Identity } from './hub-host';
import { HubLifecycle } from './hub-lifecycle';
import { type Appetite, Inbox } from './inbox';
import { KeepAlive } from './keep-alive';
import { Outbox } from './outbox';
import { MessageTooLargeException } from './protocol/framing';
import { chooseProtocol, handshakeErrors, parseHandshakeRequest, writeHandshakeResponse } from './protocol/handshake';
import type { HubProtocol } from './protocol/hub-protocol';
import { type HubMessage, MessageType, type ServerMessage } from './protocol/messages';
import type { Connection, ConnectionListener } from './transports/connection';

/**
 * Where a connection is in its life; it never goes back. `draining`: running invocations may still complete, then it
 * closes. `finishing`: the client has left in good order, and what it sent before is still carried out. `closing`: nothing
 * is done any more but to wait for the peer.
 */
type State = 'handshake' | 'open' | 'draining' | 'finishing' | 'closing' | 'gone';

const closedWithError = 'Connection closed with an error.';

/** One client: handshake, messages in and out, keep-alive, and the end. HubProtocol: Overview. */
export class HubConnection<P> implements ConnectionListener {
  readonly context: ConnectionContext<P>;
  readonly #host: HubHost<P>;
  readonly #connection: Connection;
  readonly #expiresAt: number | undefined;
  readonly #inbox: Inbox;
  readonly #outbox: Outbox;
  readonly #keepAlive: KeepAlive;
  readonly #dispatcher: Dispatcher<P>;
  readonly #lifecycle: HubLifecycle<P>;
  readonly #onGone: () => void;
  #protocol: HubProtocol | undefined;
  #state: State = 'handshake';
  /** When a state that may last only so long ends. */
  #deadline: number;
  /** What the client is told after draining. */
  #farewell: CloseOptions = {};
  /** Why the connection ends, for `onDisconnected`. */
  #error: Error | undefined;
  #transportClosed = false;

  /** `onGone` is called once, when the connection is gone. */
  constructor(host: HubHost<P>, connection: Connection, identity: Identity<P>, onGone: () => void) {
    const { options, now } = host;
    this.#host = host;
    this.#connection = connection;
    this.#onGone = onGone;
    this.#expiresAt = identity.expiresAt;
    this.#deadline = now + options.handshakeTimeout;
    this.#inbox = new Inbox(connection, options.maximumReceiveMessageSize, {
      appetite: () => this.#appetite(),
      receive: (bytes, start, end) => {
        this.#receive(bytes, start, end);
      },
      fail: (error) => {
        this.#fail(error);
      },
    });
    this.#outbox = new Outbox(connection, host.flushQueue, options.sendTimeout, now);
    this.#keepAlive = new KeepAlive(options, now);
    this.context = new ConnectionContext(identity, {
      send: (target, args) => this.#callClient(target, args),
      abort: () => {
        this.close({});
      },
    });
    this.#lifecycle = new HubLifecycle(host.hub.hooks, this.context, options.logger);
    this.#dispatcher = new Dispatcher(host.hub, this.context, options, {
      complete: (completion) => {
        this.#write(completion);
      },
      onSettled: () => {
        this.#onSettled();
      },
    });
  }

  /** Begins to serve the client. */
  open(): void {
    this.#connection.open(this);
    this.regulate();
  }

  /** Ends the connection: what was written is sent, then a Close message. Harmless when it is ending already. */
  close(farewell: CloseOptions): void {
    if (this.#state === 'handshake') {
      this.#refuseHandshake(handshakeErrors.canceled);
    } else if (this.#state === 'open' || this.#state === 'draining') {
      this.#write({ type: MessageType.Close, error: farewell.error, allowReconnect: farewell.allowReconnect });
      this.#sayGoodbye();
    }
  }

  /** Ends the connection once running invocations have completed, or after so many milliseconds. No other starts. */
  drain(farewell: CloseOptions, timeout: number): void {
    if (this.#state === 'open' && this.#dispatcher.running > 0) {
      this.#farewell = farewell;
      this.#deadline = this.#host.now + timeout;
      this.#move('draining');
      this.#inbox.clear();
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
    this.context.end();
    this.#connection.terminate();
  }

  /** Does what is due. */
  tick(now: number): void {
    switch (this.#state) {
      case 'handshake':
        if (this.#host.readingPaused) this.#deadline = now + this.#host.options.handshakeTimeout;
        else if (now >= this.#deadline) this.#refuseHandshake(handshakeErrors.canceled);
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
    this.#inbox.regulate();
    this.#leaveIfFinished();
  }

  onData(bytes: Buffer): void {
    this.#keepAlive.heard();
    this.#inbox.push(bytes);
  }

  onSent(): void {
    if (this.#outbox.sent()) this.regulate();
  }

  onEnding(tooLarge: boolean): void {
    if (tooLarge) {
      this.#fail(new MessageTooLargeException(this.#host.options.maximumReceiveMessageSize));
      this.close(this.#farewell);
      return;
    }
    this.#outbox.flush();
    if (this.#state !== 'open') return;
    this.#renewDeadline();
    this.#move('finishing');
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

  #appetite(): Appetite {
    const state = this.#state;
    if (state === 'draining' || state === 'closing' || state === 'gone') return 'discard';
    if (this.#host.readingPaused) return 'stop';
    if (state === 'handshake') return 'read';
    if (!this.#lifecycle.ready || this.#dispatcher.full) return 'wait';
    // Who has left is sent nothing that could congest.
    return this.#outbox.congested && state === 'open' ? 'wait' : 'read';
  }

  #receive(bytes: Buffer, start: number, end: number): void {
    if (this.#protocol === undefined) {
      this.#shakeHands(bytes.subarray(start, end));
      return;
    }
    const message = this.#protocol.parse(bytes, start, end, this.#host.hub);
    if (message === undefined) this.#log('message of an unknown type ignored');
    else this.#handle(message, end + 1 - start);
  }

  #handle(message: HubMessage, size: number): void {
    switch (message.type) {
      case MessageType.Invocation:
      case MessageType.StreamInvocation:
      case MessageType.BindingFailure:
        this.#dispatcher.dispatch(message, size);
        return;
      case MessageType.Ping:
        this.#keepAlive.heardPing();
        return;
      case MessageType.Close:
        if (message.error !== undefined) this.#error = new HubException(message.error);
        this.#stopReading({});
        return;
      case MessageType.StreamItem:
      case MessageType.Completion:
      case MessageType.CancelInvocation:
        this.#log('message for an unknown invocation ignored', { type: message.type });
        return;
      case MessageType.Ack:
      case MessageType.Sequence:
        throw new InvalidDataException('Stateful reconnect is not supported.', true);
    }
  }

  #shakeHands(bytes: Buffer): void {
    const request = parseHandshakeRequest(bytes);
    const choice = chooseProtocol(request, this.#host.protocols);
    if ('error' in choice) {
      this.#refuseHandshake(choice.error);
      return;
    }
    this.#protocol = choice.protocol;
    this.#outbox.write(writeHandshakeResponse());
    this.#keepAlive.wrote();
    this.#move('open');
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
    else this.close({ error: describeError(closedWithError, error, this.#host.options.detailedErrors) });
  }

  /** What came in cannot be read. */
  #fail(error: unknown): void {
    const { detailedErrors, logger } = this.#host.options;
    if (error instanceof InvalidDataException) this.#log('protocol error', { reason: error.message });
    else logger.error({ connectionId: this.context.connectionId, err: error }, 'reading a message failed');
    this.#error ??= asError(error);
    if (this.#state === 'handshake') {
      const { canceled, unexpected } = handshakeErrors;
      const tooLarge = error instanceof MessageTooLargeException;
      this.#refuseHandshake(tooLarge ? canceled : describeError(unexpected, error, detailedErrors));
    } else {
      this.#stopReading({ error: describeError(closedWithError, error, detailedErrors), allowReconnect: true });
    }
  }

  /** Nothing more the client sends matters; invocations it sent before may complete. */
  #stopReading(farewell: CloseOptions): void {
    if (this.#state === 'finishing') this.#inbox.clear();
    else this.drain(farewell, this.#host.options.closeTimeout);
  }

  #onSettled(): void {
    if (this.#state === 'open' || this.#state === 'finishing') {
      if (this.#state === 'finishing') this.#renewDeadline();
      this.regulate();
    } else if (this.#state === 'draining' && this.#dispatcher.running === 0) {
      this.close(this.#farewell);
    }
  }

  #callClient(target: string, args: readonly unknown[]): boolean {
    if (!this.#mayWrite()) return false;
    this.#write({ type: MessageType.Invocation, target, arguments: args });
    return this.#mayWrite() && !this.#outbox.congested;
  }

  #mayWrite(): boolean {
    return this.#state === 'open' || this.#state === 'draining';
  }

  #write(message: ServerMessage): void {
    if (this.#protocol === undefined || !this.#mayWrite()) return;
    if (this.#outbox.unsent > this.#host.options.maximumSendBufferSize) {
      this.drop(new Error('The client does not take what is sent to it: maximumSendBufferSize was exceeded.'));
      return;
    }
    this.#outbox.write(this.#protocol.write(message));
    this.#keepAlive.wrote();
  }

  #tickOpen(now: number): void {
    const { options } = this.#host;
    if (this.#outbox.isStuck(now)) {
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
    const action = this.#keepAlive.tick(now, this.#appetite() === 'read');
    if (action === 'ping') {
      this.#write({ type: MessageType.Ping });
    } else if (action === 'timeout') {
      this.#error = new Error('The client has sent nothing, not even a ping: clientTimeout has passed.');
      this.close({
        error: describeError(closedWithError, this.#error, options.detailedErrors),
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
    this.#inbox.clear();
    this.context.end();
    this.regulate();
    this.#connection.close();
  }

  #leaveIfFinished(): void {
    if (this.#state !== 'finishing' || !this.#transportClosed) return;
    // When it may read and has stopped all the same, there is nothing left to read.
    if (this.#dispatcher.running === 0 && this.#appetite() === 'read') this.#leave();
  }

  #leave(): void {
    if (this.#state === 'gone') return;
    this.#move('gone');
    this.#inbox.clear();
    this.context.end();
    this.#lifecycle.end(this.#error);
    this.#onGone();
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

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error('Something that is no Error was thrown.', { cause: error });
}
