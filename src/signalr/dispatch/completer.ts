import { describeError, HubException } from '../exceptions';
import type { Logger } from '../logger';
import {
  type BindingFailureMessage,
  type CompletionMessage,
  MESSAGE_TYPE,
  type StreamBindingFailureMessage,
} from '../protocol/hub-messages';

/** A log line quotes so much of what may hold a name the client made up. */
const LONGEST_REASON = 200;

/** What a completer must know of its server. */
export interface CompleterOptions {
  readonly detailedErrors: boolean;
  readonly logger: Logger;
}

/** Where completions go. */
export interface CompletionSender {
  /** @throws TypeError when its result has no encoding. */
  send(completion: CompletionMessage): void;
}

/** Answers the invocations of one connection, in the words of ASP.NET Core. Without an id nothing is answered. */
export class Completer {
  readonly #connectionId: string;
  readonly #options: CompleterOptions;
  readonly #sender: CompletionSender;

  constructor(connectionId: string, options: CompleterOptions, sender: CompletionSender) {
    this.#connectionId = connectionId;
    this.#options = options;
    this.#sender = sender;
  }

  succeed(invocationId: string | undefined, target: string, result: unknown): void {
    if (invocationId === undefined) return;
    // DefaultHubDispatcher: a method without a result answers null.
    const completion = { type: MESSAGE_TYPE.Completion, invocationId, result: result === undefined ? null : result };
    try {
      this.#sender.send(completion);
    } catch (error) {
      this.fail(invocationId, target, error);
    }
  }

  /** The method has failed, or what it returned cannot be sent. */
  fail(invocationId: string | undefined, target: string, error: unknown): void {
    this.#fail(invocationId, target, unexpected(target), error);
  }

  /** A stream has come to its end, or the client wants no more of it. */
  endStream(invocationId: string): void {
    this.#sender.send({ type: MESSAGE_TYPE.Completion, invocationId });
  }

  /** A stream has failed on its way. */
  failStream(invocationId: string, target: string, error: unknown): void {
    this.#fail(invocationId, target, 'An error occurred on the server while streaming results.', error);
  }

  /** The client asked for what is not there. */
  reject(invocationId: string | undefined, summary: string, error?: Error): void {
    const { logger, detailedErrors } = this.#options;
    const reason = describeError(summary, error, error !== undefined);
    logger.debug({ connectionId: this.#connectionId, reason: reason.slice(0, LONGEST_REASON) }, 'call refused');
    if (invocationId === undefined) return;
    this.#completeWithError(
      invocationId,
      error === undefined ? summary : describeError(summary, error, detailedErrors),
    );
  }

  /** There is no such method, or the arguments do not fit it. */
  rejectBinding({ invocationId, target, error }: BindingFailureMessage): void {
    const reason = error ?? new HubException('Method does not exist.');
    this.reject(invocationId, `Failed to invoke '${target}' due to an error on the server.`, reason);
  }

  /** A stream was asked of a method that answers with a value, or the other way round. */
  rejectInvocationType(invocationId: string | undefined, target: string, streaming: boolean): void {
    const [method, invocation] = streaming ? ['non-streaming', 'streaming'] : ['streaming', 'non-streaming'];
    const text = `The client attempted to invoke the ${method} '${target}' method with a ${invocation} invocation.`;
    this.reject(invocationId, text);
  }

  /** The streams that come or go with an invocation cannot be had. */
  rejectStreams(invocationId: string | undefined, target: string, reason: string): void {
    this.reject(invocationId, unexpected(target), new HubException(reason));
  }

  /** What a method hears of an upload stream with an item it does not take. */
  describeItem({ error }: StreamBindingFailureMessage): string {
    return describeError('Failed to bind Stream message.', error, this.#options.detailedErrors);
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
