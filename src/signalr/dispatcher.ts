import { asPromise } from './as-promise';
import { describeError, HubException } from './errors';
import type { HubContext } from './hub-context';
import type { Hub } from './hub';
import type { Logger } from './logger';
import {
  type BindingFailureMessage,
  type CompletionMessage,
  type InvocationMessage,
  MessageType,
  type StreamInvocationMessage,
} from './protocol/messages';

/** Any message that asks for a method to be called. */
export type Call = InvocationMessage | StreamInvocationMessage | BindingFailureMessage;

/** What a dispatcher must know of its server. */
export interface DispatchOptions {
  readonly maximumParallelInvocations: number;
  readonly maximumParallelInvocationBytes: number;
  readonly detailedErrors: boolean;
  readonly logger: Logger;
}

/** Where a dispatcher's answers go. */
export interface DispatchOutlet {
  /** Sends a completion. @throws TypeError when its result has no encoding. */
  complete(completion: CompletionMessage): void;
  /** An invocation that was waited for has ended. */
  onSettled(): void;
}

/** A log line quotes so much of what may hold a name the client made up. */
const longestReason = 200;

/**
 * Calls the methods of a hub for one connection. An invocation starts within `dispatch`, so in order of arrival; it may
 * complete later. What it fails with is answered in the words of ASP.NET Core.
 */
export class Dispatcher<P> {
  /** How many invocations have started and not completed. */
  running = 0;
  #runningBytes = 0;

  constructor(
    private readonly hub: Hub<P>,
    private readonly context: HubContext<P>,
    private readonly options: DispatchOptions,
    private readonly outlet: DispatchOutlet,
  ) {}

  /** Whether no further invocation may start for now. */
  get full(): boolean {
    return (
      this.running >= this.options.maximumParallelInvocations ||
      this.#runningBytes >= this.options.maximumParallelInvocationBytes
    );
  }

  /** Starts an invocation that came in so many bytes. */
  dispatch(call: Call, size: number): void {
    const { invocationId, target } = call;
    if (call.type === MessageType.BindingFailure) {
      const error = call.error ?? new HubException('Method does not exist.');
      this.#refuse(call, `Failed to invoke '${target}' due to an error on the server.`, error);
      return;
    }
    if (call.type === MessageType.StreamInvocation) {
      const attempted = `The client attempted to invoke the non-streaming '${target}' method`;
      this.#refuse(call, `${attempted} with a streaming invocation.`);
      return;
    }
    const streams = call.streamIds?.length ?? 0;
    if (streams > 0) {
      const error = new HubException(`Client sent ${streams} stream(s), Hub method expects 0.`);
      this.#refuse(call, `An unexpected error occurred invoking '${target}' on the server.`, error);
      return;
    }
    this.#invoke(invocationId, target, call.arguments, size);
  }

  #invoke(invocationId: string | undefined, target: string, args: readonly unknown[], size: number): void {
    let returned: unknown;
    let pending: Promise<unknown> | undefined;
    try {
      returned = this.hub.method(target)?.invoke(this.context, args);
      pending = asPromise(returned);
    } catch (error) {
      this.#fail(invocationId, target, error);
      return;
    }
    if (pending === undefined) {
      this.#succeed(invocationId, target, returned);
      return;
    }
    this.running++;
    this.#runningBytes += size;
    pending.then(
      (result) => {
        this.#succeed(invocationId, target, result);
        this.#settle(size);
      },
      (error: unknown) => {
        this.#fail(invocationId, target, error);
        this.#settle(size);
      },
    );
  }

  #settle(size: number): void {
    this.running--;
    this.#runningBytes -= size;
    this.outlet.onSettled();
  }

  #succeed(invocationId: string | undefined, target: string, result: unknown): void {
    if (invocationId === undefined) return;
    // DefaultHubDispatcher: a method without a result answers null.
    const completion = { type: MessageType.Completion, invocationId, result: result === undefined ? null : result };
    try {
      this.outlet.complete(completion);
    } catch (error) {
      this.#fail(invocationId, target, error);
    }
  }

  /** The method has failed, or what it returned cannot be sent. */
  #fail(invocationId: string | undefined, target: string, error: unknown): void {
    const { logger, detailedErrors } = this.options;
    const fields = { connectionId: this.context.connectionId, target, err: error };
    if (error instanceof HubException) logger.debug(fields, 'hub method refused');
    else logger.error(fields, 'hub method failed');
    if (invocationId === undefined) return;
    const summary = `An unexpected error occurred invoking '${target}' on the server.`;
    this.#answer(invocationId, describeError(summary, error, detailedErrors));
  }

  /** The client asked for what is not there. */
  #refuse({ invocationId }: Call, summary: string, error?: Error): void {
    const { logger, detailedErrors } = this.options;
    const reason = describeError(summary, error, error !== undefined);
    logger.debug({ connectionId: this.context.connectionId, reason: reason.slice(0, longestReason) }, 'call refused');
    if (invocationId === undefined) return;
    this.#answer(invocationId, error === undefined ? summary : describeError(summary, error, detailedErrors));
  }

  #answer(invocationId: string, error: string): void {
    this.outlet.complete({ type: MessageType.Completion, invocationId, error });
  }
}
