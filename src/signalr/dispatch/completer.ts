import { describeError, HubException } from '../exceptions';
import type { Instruments, InvocationRefusal } from '../instruments';
import type { Logger } from '../logger';
import {
  type BindingFailureMessage,
  type CompletionMessage,
  MESSAGE_TYPE,
  type StreamBindingFailureMessage,
} from '../protocol/hub-messages';
import { ArgumentMisfitException } from '../protocol/value-binding';

/** How many characters a log line quotes of a reason, which may contain a name the client made up. */
const LONGEST_REASON = 200;

/** An invocation that cannot be started. */
interface Refusal {
  readonly invocationId: string | undefined;
  readonly reason: InvocationRefusal;
  /** What is wrong with the arguments, for the log alone. */
  readonly misfit?: string | undefined;
}

/** Words the error for arguments that do not fit; `reason` says why. */
export type MisfitHandler = (reason: string) => Error | undefined;

/** What a completer needs to know of its server. */
export interface CompleterOptions {
  readonly detailedErrors: boolean;
  readonly logger: Logger;
}

/** What sends the completions. */
export interface CompletionSender {
  /** @throws TypeError when the result has no encoding. */
  send(completion: CompletionMessage): void;
}

/**
 * Completes the invocations of one connection, in the words of ASP.NET Core. An invocation without an id gets no
 * completion.
 */
export class Completer {
  readonly #connectionId: string;
  readonly #options: CompleterOptions;
  readonly #sender: CompletionSender;
  readonly #instruments: Instruments;

  constructor(connectionId: string, options: CompleterOptions, sender: CompletionSender, instruments: Instruments) {
    this.#connectionId = connectionId;
    this.#options = options;
    this.#sender = sender;
    this.#instruments = instruments;
  }

  /** Returns the error when the result cannot be sent. */
  succeed(invocationId: string | undefined, target: string, result: unknown): unknown {
    if (invocationId === undefined) return undefined;
    // DefaultHubDispatcher: the result of a method that returns nothing is null.
    const completion = { type: MESSAGE_TYPE.Completion, invocationId, result: result === undefined ? null : result };
    try {
      this.#sender.send(completion);
      return undefined;
    } catch (error) {
      this.fail(invocationId, target, error);
      return error;
    }
  }

  /** The method has failed, or its result cannot be sent. */
  fail(invocationId: string | undefined, target: string, error: unknown): void {
    this.#fail(invocationId, target, unexpected(target), error);
  }

  /** A stream has ended, or the client has cancelled it. */
  endStream(invocationId: string): void {
    this.#sender.send({ type: MESSAGE_TYPE.Completion, invocationId });
  }

  /** A stream has failed after its first item was asked for. */
  failStream(invocationId: string, target: string, error: unknown): void {
    this.#fail(invocationId, target, 'An error occurred on the server while streaming results.', error);
  }

  /** A method that is declared to return a stream has returned something else. Which is not a secret of the server. */
  failNotAStream(invocationId: string, target: string): string {
    this.#options.logger.error({ connectionId: this.#connectionId, target }, 'stream method returned no stream');
    const text = `The value returned by the streaming method '${target}' is not a ChannelReader<> or IAsyncEnumerable<>.`;
    this.#completeWithError(invocationId, text);
    return text;
  }

  /** The id of an invocation is that of another one which is running. */
  rejectId(invocationId: string): void {
    this.#reject({ invocationId, reason: 'invocationId' }, `Invocation ID '${invocationId}' is already in use.`);
  }

  /** The invocation cannot be started. */
  #reject({ invocationId, reason: cause, misfit }: Refusal, summary: string, error?: Error): void {
    const { logger, detailedErrors } = this.#options;
    this.#instruments.refuse(this.#connectionId, cause);
    const reason = describeError(summary, error, error !== undefined).slice(0, LONGEST_REASON);
    const fields = { connectionId: this.#connectionId, reason, ...(misfit !== undefined && { misfit }) };
    logger.debug(fields, 'call refused');
    if (invocationId === undefined) return;
    this.#completeWithError(
      invocationId,
      error === undefined ? summary : describeError(summary, error, detailedErrors),
    );
  }

  /** The method does not exist, or the arguments do not fit it: then `onMisfit` may have another error for that. */
  rejectBinding({ invocationId, target, error }: BindingFailureMessage, onMisfit?: MisfitHandler): void {
    const summary = `Failed to invoke '${target}' due to an error on the server.`;
    const misfit = error instanceof ArgumentMisfitException ? error.reason : undefined;
    const other = misfit === undefined ? undefined : this.#ask(onMisfit, misfit);
    const refusal = { invocationId, reason: error === undefined ? 'unknownMethod' : 'arguments', misfit } as const;
    this.#reject(refusal, summary, other ?? error ?? new HubException('Method does not exist.'));
  }

  /** A method that returns a stream was invoked for a single result, or the other way round. */
  rejectInvocationType(invocationId: string | undefined, target: string, streaming: boolean): void {
    const [method, invocation] = streaming ? ['non-streaming', 'streaming'] : ['streaming', 'non-streaming'];
    const text = `The client attempted to invoke the ${method} '${target}' method with a ${invocation} invocation.`;
    this.#reject({ invocationId, reason: 'invocationType' }, text);
  }

  /** The streams of an invocation cannot be opened. */
  rejectStreams(invocationId: string | undefined, target: string, reason: string): void {
    this.#reject({ invocationId, reason: 'streams' }, unexpected(target), new HubException(reason));
  }

  /** The error a method gets for an item of an upload stream that does not fit. */
  describeItem({ error }: StreamBindingFailureMessage): string {
    return describeError('Failed to bind Stream message.', error, this.#options.detailedErrors);
  }

  /** What it throws is logged, and the client is told what it would be told without it. */
  #ask(onMisfit: MisfitHandler | undefined, reason: string): Error | undefined {
    try {
      return onMisfit?.(reason);
    } catch (error) {
      this.#options.logger.error({ connectionId: this.#connectionId, err: error }, 'onMisfit failed');
      return undefined;
    }
  }

  #fail(invocationId: string | undefined, target: string, summary: string, error: unknown): void {
    const { logger, detailedErrors } = this.#options;
    const fields = { connectionId: this.#connectionId, target, err: error };
    if (error instanceof HubException) logger.debug(fields, 'hub method refused');
    else logger.error(fields, 'hub method failed');
    if (invocationId !== undefined)
      this.#completeWithError(invocationId, describeError(summary, error, detailedErrors));
  }

  #completeWithError(invocationId: string, error: string): void {
    this.#sender.send({ type: MESSAGE_TYPE.Completion, invocationId, error });
  }
}

function unexpected(target: string): string {
  return `An unexpected error occurred invoking '${target}' on the server.`;
}
