import type { ConnectedClient } from './hub-connection-store';
import type { ClientInvokeOptions } from './clients';
import type { Clock } from '../clock';
import { HubException, InvalidDataException } from '../exceptions';
import { type CompletionMessage, MESSAGE_TYPE } from '../protocol/hub-messages';
import { isKnownKind, type ValueKind } from '../protocol/value-kinds';
import type { SharedMessage } from './shared-message';

/** The longest time a timer of Node.js can wait. */
export const LONGEST_TIMEOUT = 0x7fffffff;

const NO_RESULT = 'the client has completed the invocation without a result';
export const CANCELED = 'Invocation canceled by the server.';

/** How an invocation of a client ends. */
type Outcome = Pick<CompletionMessage, 'error' | 'result'>;

interface PendingResult {
  readonly client: ConnectedClient;
  readonly kind: ValueKind;
  settle(outcome: Outcome): void;
}

/** An invocation that another server asks a client for: the message has its id in it. */
export interface RelayedInvocation {
  readonly client: ConnectedClient;
  readonly invocationId: string;
  readonly message: SharedMessage;
}

/** What is said of a client that took too long. */
export function noAnswerWithin(timeout: number): string {
  return `the client did not answer within ${timeout} ms`;
}

/** The invocations of clients that are waiting for a result. HubProtocol: Client results. */
export class ClientResults {
  #lastId = 0;
  readonly #pending = new Map<string, PendingResult>();
  readonly #byClient = new Map<ConnectedClient, Set<PendingResult>>();
  readonly #options: { readonly clock: Clock; readonly clientResultTimeout: number };

  constructor(options: { readonly clock: Clock; readonly clientResultTimeout: number }) {
    this.#options = options;
  }

  /** The kind of the result of an invocation, of whatever client; `undefined` when nobody is waiting for it. */
  kindOf(invocationId: string): ValueKind | undefined {
    return this.#pending.get(invocationId)?.kind;
  }

  /**
   * Invokes a method of a client. The client is not notified when nobody is waiting any longer: few clients would
   * understand.
   */
  async invoke(
    client: ConnectedClient,
    target: string,
    args: readonly unknown[],
    options: ClientInvokeOptions,
  ): Promise<unknown> {
    checkInvocable(client, options);
    const invocationId = `s${++this.#lastId}`;
    client.send({ type: MESSAGE_TYPE.Invocation, invocationId, target, arguments: args });
    return resultOf(await this.#waitFor(invocationId, client, options));
  }

  /** As `invoke`, for another server. */
  async relay({ client, invocationId, message }: RelayedInvocation, options: ClientInvokeOptions): Promise<unknown> {
    checkInvocable(client, options);
    client.sendShared(message);
    return resultOf(await this.#waitFor(invocationId, client, options));
  }

  /**
   * Takes a client's completion. Returns whether somebody was waiting for it.
   * @throws InvalidDataException when it was another client that was invoked.
   */
  complete(client: ConnectedClient, { invocationId, error, result }: CompletionMessage): boolean {
    const pending = this.#pending.get(invocationId);
    if (pending === undefined) return false;
    if (pending.client !== client)
      throw new InvalidDataException('the client has answered an invocation of another client');
    const missing = error === undefined && result === undefined;
    pending.settle(missing ? { error: NO_RESULT } : { error, result });
    return true;
  }

  /** The client is gone: everything it was asked for fails. */
  cancelAll(client: ConnectedClient): void {
    for (const pending of this.#byClient.get(client) ?? []) {
      pending.settle({ error: `Connection '${client.connectionId}' disconnected.` });
    }
  }

  #waitFor(
    invocationId: string,
    client: ConnectedClient,
    { signal, timeout = this.#options.clientResultTimeout, returns = 'json' }: ClientInvokeOptions,
  ): Promise<Outcome> {
    return new Promise((resolve) => {
      const cancel = (): void => {
        pending.settle({ error: CANCELED });
      };
      const giveUp = (): void => {
        pending.settle({ error: noAnswerWithin(timeout) });
      };
      const stopTimer = timeout > LONGEST_TIMEOUT ? undefined : this.#options.clock.every(timeout, giveUp);
      signal?.addEventListener('abort', cancel);
      const pending: PendingResult = {
        client,
        kind: returns,
        settle: (outcome) => {
          this.#forget(invocationId, pending);
          signal?.removeEventListener('abort', cancel);
          stopTimer?.();
          resolve(outcome);
        },
      };
      this.#remember(invocationId, pending);
    });
  }

  #remember(invocationId: string, pending: PendingResult): void {
    this.#pending.set(invocationId, pending);
    const asked = this.#byClient.get(pending.client);
    if (asked === undefined) this.#byClient.set(pending.client, new Set([pending]));
    else asked.add(pending);
  }

  #forget(invocationId: string, pending: PendingResult): void {
    this.#pending.delete(invocationId);
    const asked = this.#byClient.get(pending.client);
    if (asked?.delete(pending) === true && asked.size === 0) this.#byClient.delete(pending.client);
  }
}

function checkInvocable(client: ConnectedClient, options: ClientInvokeOptions): void {
  if (client.cannotInvoke !== undefined) throw new Error(client.cannotInvoke);
  checkResultOptions(options);
}

/** @throws TypeError for a kind of results that there is not. @throws HubException when it was cancelled beforehand. */
export function checkResultOptions({ signal, returns }: ClientInvokeOptions): void {
  if (returns !== undefined && !isKnownKind(returns)) {
    throw new TypeError(`invoke: there is no kind '${String(returns)}' of results`);
  }
  if (signal?.aborted === true) throw new HubException(CANCELED);
}

function resultOf({ error, result }: Outcome): unknown {
  if (error !== undefined) throw new HubException(error);
  return result;
}
