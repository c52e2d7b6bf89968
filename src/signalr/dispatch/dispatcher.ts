import { asPromise } from './as-promise';
import type { ConnectedClient } from '../clients/hub-connection-store';
import type { ClientResults } from '../clients/client-results';
import { Completer } from './completer';
import { HubException } from '../exceptions';
import type { InvocationHandler } from '../hub/filters';
import type { Hub, HubMethod } from '../hub/hub';
import { type ConnectionContext, InvocationContext, type InvocationSlotOwner } from '../hub/hub-context';
import type { Instruments, InvocationWatch } from '../instruments';
import { InvocationSlots } from './invocation-slots';
import type { Logger } from '../logger';
import type { HubLimits } from '../options';
import type { MessageBinder, ParameterList } from '../protocol/hub-protocol';
import {
  type AckMessage,
  type BindingFailureMessage,
  type CloseMessage,
  type HubMessage,
  type InvocationMessage,
  MESSAGE_TYPE,
  type PingMessage,
  type SequenceMessage,
  type StreamInvocationMessage,
} from '../protocol/hub-messages';
import type { ValueKind } from '../protocol/value-kinds';
import { ServerStreams } from './server-streams';
import { type InvocationUploads, UploadStreams } from './upload-streams';

/** A message that invokes a method. */
type Call = InvocationMessage | StreamInvocationMessage;

/** Any message that is about an invocation. */
export type InvocationRelatedMessage = Exclude<HubMessage, PingMessage | CloseMessage | AckMessage | SequenceMessage>;

/** What a dispatcher needs to know of its server. */
export interface DispatchHost<P, C> {
  readonly hub: Hub<P, C>;
  readonly options: HubLimits & { readonly detailedErrors: boolean; readonly logger: Logger };
  readonly results: ClientResults;
  readonly instruments: Instruments;
  /** The methods of the hub with the filters around them, if there are any filters. */
  readonly filtered: InvocationHandler<P, C> | undefined;
}

/** The client, as the dispatcher of its connection sees it. */
export interface DispatchClient extends ConnectedClient {
  readonly overloaded: boolean;
}

interface HeldInvocation<P> {
  readonly call: InvocationMessage;
  readonly size: number;
  readonly carrier: P;
}

interface Cancellable {
  cancel(): void;
}

/**
 * Calls the methods of a hub for one connection. An invocation starts within `dispatch`, so in order of arrival; it may
 * complete later. When as many are running as may, the next one is held and blocks those behind it, as in ASP.NET Core.
 * So is one with the id of another that is running: there are clients that give all their invocations the same, which
 * ASP.NET Core, where one runs at a time, does not notice.
 */
export class Dispatcher<P, C> implements MessageBinder, InvocationSlotOwner<P, C> {
  #heldInvocation: HeldInvocation<P> | undefined;
  /** What is running under an id; created on first use. */
  #active: Map<string, Cancellable> | undefined;
  #streams: ServerStreams | undefined;
  #uploads: UploadStreams | undefined;
  #stopping = false;
  readonly #slots: InvocationSlots;
  readonly #completer: Completer;
  readonly #host: DispatchHost<P, C>;
  readonly #context: ConnectionContext<P, C>;
  readonly #client: DispatchClient;
  readonly #onSettled: () => void;

  /** `onSettled` is called when something that was waited for has ended, so that there may be more to do. */
  constructor(
    host: DispatchHost<P, C>,
    context: ConnectionContext<P, C>,
    client: DispatchClient,
    onSettled: () => void,
  ) {
    this.#host = host;
    this.#context = context;
    this.#client = client;
    this.#onSettled = onSettled;
    this.#slots = new InvocationSlots(host.options);
    this.#completer = new Completer(context.connectionId, host.options, client, host.instruments);
  }

  /** How many invocations have started and not completed, not counting those that return a stream. */
  get running(): number {
    return this.#slots.running;
  }

  /** How many bytes of received messages wait for a method. */
  get heldBytes(): number {
    return (this.#heldInvocation?.size ?? 0) + (this.#uploads?.heldBytes ?? 0);
  }

  /** Whether no further message should be read for now. */
  get blocked(): boolean {
    return this.#heldInvocation !== undefined || this.#uploads?.isFull() === true;
  }

  findTarget(bytes: Uint8Array, start: number, end: number): string | undefined {
    return this.#host.hub.findTarget(bytes, start, end);
  }

  parameters(target: string): ParameterList | undefined {
    return this.#host.hub.parameters(target);
  }

  itemKind(streamId: string): ValueKind | undefined {
    return this.#uploads?.itemKind(streamId);
  }

  resultKind(invocationId: string): ValueKind | undefined {
    return this.#host.results.kindOf(invocationId);
  }

  /** Handles a message of `size` bytes. Returns false when the invocation or stream it is about does not exist. */
  handle(message: InvocationRelatedMessage, size: number): boolean {
    switch (message.type) {
      case MESSAGE_TYPE.Invocation:
      case MESSAGE_TYPE.StreamInvocation:
        this.#dispatch(message, size);
        return true;
      case MESSAGE_TYPE.BindingFailure:
        this.#rejectBinding(message);
        return true;
      case MESSAGE_TYPE.StreamItem:
        return this.#uploads?.push(message.invocationId, message.item, size) === true;
      case MESSAGE_TYPE.StreamBindingFailure:
        return this.#endUpload(message.invocationId, this.#completer.describeItem(message));
      case MESSAGE_TYPE.Completion:
        return (
          this.#endUpload(message.invocationId, message.error) || this.#host.results.complete(this.#client, message)
        );
      case MESSAGE_TYPE.CancelInvocation:
        return this.#cancel(message.invocationId);
    }
  }

  /** The client takes messages again. */
  resumeStreams(): void {
    this.#streams?.resume();
  }

  /** Starts no other invocation and lets the running ones end. Nothing but their completions is sent any more. */
  drain(): void {
    this.#stopping = true;
    this.#heldInvocation = undefined;
    this.stopStreams();
    this.endInput();
  }

  /** Nothing more can be sent: ends the streams to the client. */
  stopStreams(): void {
    this.#streams?.stop();
  }

  /** The client sends nothing more: its upload streams end, and so does the wait for its results. */
  endInput(): void {
    this.#uploads?.end(new HubException('The underlying connection was closed.'));
    this.#host.results.cancelAll(this.#client);
  }

  release(invocation: InvocationContext<P, C>): void {
    if (this.#slots.slotlessLimitReached) return;
    invocation.holdsSlot = false;
    this.#slots.release(invocation.size);
    this.#startHeld();
  }

  /** Starts an invocation, or holds it until it may start. */
  #dispatch(call: Call, size: number): void {
    const method = this.#host.hub.method(call.target);
    if (method === undefined) throw new Error('the protocol has bound an invocation of a method that does not exist');
    const counts = call.type === MESSAGE_TYPE.Invocation && method.uploads === 0;
    if (counts && this.#mustWait(call)) this.#heldInvocation = { call, size, carrier: this.#context.carrier };
    else if (this.#reject(call, method)) return;
    else if (call.type === MESSAGE_TYPE.StreamInvocation) this.#stream(call, method, size);
    else this.#invoke(call, method, size, counts);
  }

  /** Whether something that is running has to end before an invocation may start. It ends by itself. */
  #mustWait({ invocationId }: Call): boolean {
    if (this.#slots.slotsFull) return true;
    if (invocationId === undefined) return false;
    const active = this.#active?.get(invocationId);
    return active instanceof InvocationContext && active.holdsSlot;
  }

  #rejectBinding(message: BindingFailureMessage): void {
    const { hub } = this.#host;
    const { onMisfit } = hub.hooks;
    const method = hub.declaredName(message.target) ?? message.target;
    this.#completer.rejectBinding(message, onMisfit && ((reason) => onMisfit({ method, reason })));
  }

  #endUpload(streamId: string, error: string | undefined): boolean {
    return this.#uploads?.complete(streamId, error === undefined ? undefined : new HubException(error)) === true;
  }

  #cancel(invocationId: string): boolean {
    const active = this.#active?.get(invocationId);
    active?.cancel();
    return active !== undefined;
  }

  /** Completes an invocation that cannot be started, whatever else is running. Returns false if it can be. */
  #reject(call: Call, method: HubMethod<P, C>): boolean {
    const { invocationId, target, streamIds } = call;
    const sent = streamIds?.length ?? 0;
    const streaming = call.type === MESSAGE_TYPE.StreamInvocation;
    if (streaming !== method.answersStream) {
      this.#completer.rejectInvocationType(invocationId, target, streaming);
    } else if (sent !== method.uploads) {
      const reason = `Client sent ${sent} stream(s), Hub method expects ${method.uploads}.`;
      this.#completer.rejectStreams(invocationId, target, reason);
    } else if (invocationId !== undefined && this.#active?.has(invocationId) === true) {
      this.#completer.rejectId(invocationId);
    } else {
      if (!streaming && sent === 0) return false;
      const streamsError = this.#streamsError(streaming, streamIds ?? []);
      if (streamsError === undefined) return false;
      this.#completer.rejectStreams(invocationId, target, streamsError);
    }
    return true;
  }

  #streamsError(streaming: boolean, streamIds: readonly string[]): string | undefined {
    if (streaming ? this.#serverStreams().full : this.#slots.slotlessLimitReached)
      return 'too many streams are running';
    return streamIds.length === 0 ? undefined : this.#uploadStreams().openError(streamIds);
  }

  #invoke(call: InvocationMessage, method: HubMethod<P, C>, size: number, counts: boolean): void {
    const { invocationId, target } = call;
    const invocation = new InvocationContext(this.#context, this, size, counts);
    const uploads = this.#openUploads(call, method, invocation);
    this.#slots.start(size, counts);
    const { instruments } = this.#host;
    const watch = instruments.watchInvocations ? this.#watch(call) : undefined;
    const startedAt = watch === undefined ? 0 : instruments.now;
    let returned: unknown;
    let pending: Promise<unknown> | undefined;
    try {
      returned =
        watch?.trace === undefined
          ? this.#callMethod(call, method, invocation, uploads)
          : watch.trace.run(() => this.#callMethod(call, method, invocation, uploads));
      pending = asPromise(returned);
    } catch (error) {
      this.#completer.fail(invocationId, target, error);
      watch?.failed(error, startedAt);
      this.#end(invocation, uploads);
      return;
    }
    if (pending === undefined) {
      tell(watch, this.#completer.succeed(invocationId, target, returned), startedAt);
      this.#end(invocation, uploads);
      return;
    }
    if (invocationId !== undefined) this.#activate(invocationId, invocation);
    pending.then(
      (result) => {
        tell(watch, this.#completer.succeed(invocationId, target, result), startedAt);
        this.#finish(invocationId, invocation, uploads);
      },
      (error: unknown) => {
        this.#completer.fail(invocationId, target, error);
        watch?.failed(error, startedAt);
        this.#finish(invocationId, invocation, uploads);
      },
    );
  }

  #stream(call: StreamInvocationMessage, method: HubMethod<P, C>, size: number): void {
    const { invocationId, target } = call;
    const invocation = new InvocationContext(this.#context, this, size, false);
    const uploads = this.#openUploads(call, method, invocation);
    const streams = this.#serverStreams();
    const { hub, instruments } = this.#host;
    const watch = instruments.watchInvocations
      ? instruments.watchStream(this.#context, hub.declaredName(target) ?? target, call.headers)
      : undefined;
    const stream = streams.add({
      invocationId,
      target,
      size,
      watch,
      cancel: () => {
        invocation.cancel();
      },
      end: () => {
        invocation.end();
        uploads?.close();
      },
    });
    this.#activate(invocationId, {
      cancel: () => {
        streams.cancel(stream);
      },
    });
    const callMethod = (): unknown => this.#callMethod(call, method, invocation, uploads);
    void stream.run(() => (watch?.trace === undefined ? callMethod() : watch.trace.run(callMethod)));
  }

  #watch({ target, headers }: Call): InvocationWatch | undefined {
    const { hub, instruments } = this.#host;
    return instruments.watch(this.#context, hub.declaredName(target) ?? target, headers);
  }

  #callMethod(
    { target, arguments: values }: Call,
    method: HubMethod<P, C>,
    context: InvocationContext<P, C>,
    uploads: InvocationUploads | undefined,
  ): unknown {
    const args = uploads?.args ?? values;
    const { filtered, hub } = this.#host;
    if (filtered === undefined) return method.invoke(context, args);
    return filtered({ context, method: hub.declaredName(target) ?? target, args });
  }

  #openUploads(
    { streamIds, arguments: values }: Call,
    method: HubMethod<P, C>,
    invocation: InvocationContext<P, C>,
  ): InvocationUploads | undefined {
    if (method.uploads === 0) return undefined;
    return this.#uploadStreams().open(streamIds ?? [], method.parameters, values, () => {
      // The rights are those of whoever sends the items.
      invocation.principal = this.#context.carrier;
    });
  }

  #activate(invocationId: string, active: Cancellable): void {
    this.#active ??= new Map();
    this.#active.set(invocationId, active);
  }

  /** An asynchronous invocation has ended. */
  #finish(
    invocationId: string | undefined,
    invocation: InvocationContext<P, C>,
    uploads: InvocationUploads | undefined,
  ): void {
    if (invocationId !== undefined) this.#active?.delete(invocationId);
    this.#end(invocation, uploads);
    this.#startHeld();
  }

  /** An invocation has ended. */
  #end(invocation: InvocationContext<P, C>, uploads: InvocationUploads | undefined): void {
    this.#slots.end(invocation.size, invocation.holdsSlot);
    invocation.holdsSlot = false;
    invocation.end();
    uploads?.close();
    // The caller of `#dispatch` goes on by itself after an invocation that ended at once, except while the connection
    // is ending.
    if (this.#stopping) this.#onSettled();
  }

  /** Starts the held invocation, if it may start now. */
  #startHeld(): void {
    const held = this.#heldInvocation;
    if (held !== undefined && !this.#mustWait(held.call)) {
      this.#heldInvocation = undefined;
      this.#context.carrier = held.carrier;
      this.#dispatch(held.call, held.size);
    }
    this.#onSettled();
  }

  #serverStreams(): ServerStreams {
    return (this.#streams ??= new ServerStreams(this.#host.options, this.#client, this.#completer, (invocationId) => {
      this.#active?.delete(invocationId);
    }));
  }

  #uploadStreams(): UploadStreams {
    return (this.#uploads ??= new UploadStreams(this.#host.options, this.#onSettled));
  }
}

/** An invocation has ended, with an error if its result could not be sent. */
function tell(watch: InvocationWatch | undefined, error: unknown, startedAt: number): void {
  if (error === undefined) watch?.completed(startedAt);
  else watch?.failed(error, startedAt);
}
