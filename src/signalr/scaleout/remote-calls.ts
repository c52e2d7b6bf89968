import { CANCELED, LONGEST_TIMEOUT, noAnswerWithin } from '../clients/client-results';
import type { ClientInvokeOptions } from '../clients/clients';
import type { Clock } from '../clock';
import { HubException } from '../exceptions';
import type { Frame, Outcome } from './frames';
import type { NoAnswer, RemoteRequests } from './remote-requests';

/** What is said of a request that was not answered, although its connection may be there. */
const UNANSWERED = {
  lost: 'the answer of the server of the connection may have been lost',
  unreachable: 'the server of the connection cannot be reached',
} as const;

/** A frame of this server, without its sender. */
type Unsigned<F> = F extends Frame ? Omit<F, 'server'> : never;

/** What a server says: a frame without its sender, which is always this server. */
export type Statement = Unsigned<Frame>;

/** How requests reach the other servers. */
export interface RequestLink {
  readonly requests: RemoteRequests;
  readonly clock: Clock;
  /** Says something to one server. Returns false when it cannot be said. */
  tell(server: string, statement: Statement): boolean;
}

/** A request to the server of a connection. */
export interface RemoteRequest {
  readonly server: string;
  readonly connectionId: string;
  readonly statement: Extract<Statement, { readonly id: string }>;
}

/** What is said of a connection whose server is gone, or never was. */
export function doesNotExist(connectionId: string): Error {
  return new Error(`Connection '${connectionId}' does not exist.`);
}

/** Asks a client of another server for a result, and waits as long as the options say. */
export function callRemotely(
  link: RequestLink,
  request: RemoteRequest,
  { timeout = Infinity, signal }: ClientInvokeOptions,
): Promise<unknown> {
  const { server, connectionId, statement } = request;
  return new Promise((resolve, reject) => {
    const giveUp = (text: string): void => {
      if (!link.requests.forget(statement.id)) return;
      link.tell(server, { kind: 'cancel', id: statement.id });
      end();
      reject(new HubException(text));
    };
    const cancel = (): void => {
      giveUp(CANCELED);
    };
    const onTimeout = (): void => {
      giveUp(noAnswerWithin(timeout));
    };
    const stopTimer = timeout > LONGEST_TIMEOUT ? undefined : link.clock.every(timeout, onTimeout);
    signal?.addEventListener('abort', cancel);
    const end = (): void => {
      signal?.removeEventListener('abort', cancel);
      stopTimer?.();
    };
    const onNoAnswer = (reason: NoAnswer): void => {
      end();
      reject(new HubException(reason === 'gone' ? `Connection '${connectionId}' disconnected.` : UNANSWERED[reason]));
    };
    const onAnswer = (outcome: Outcome): void => {
      end();
      settle(outcome, resolve, reject);
    };
    ask(link, request, { onAnswer, onNoAnswer });
  });
}

/** Has another server change a group. A connection of a server that is gone is in no group. */
export function changeRemotely(link: RequestLink, request: RemoteRequest): Promise<void> {
  return new Promise((resolve, reject) => {
    const onNoAnswer = (reason: NoAnswer): void => {
      if (reason === 'gone') resolve();
      else reject(new Error(UNANSWERED[reason]));
    };
    const onAnswer = (outcome: Outcome): void => {
      settle(
        outcome,
        () => {
          resolve();
        },
        reject,
      );
    };
    ask(link, request, { onAnswer, onNoAnswer });
  });
}

function ask(
  link: RequestLink,
  { server, statement }: RemoteRequest,
  waiting: { onAnswer(outcome: Outcome): void; onNoAnswer(reason: NoAnswer): void },
): void {
  link.requests.add(statement.id, { server, ...waiting });
  // Nothing waits for what was not said.
  if (!link.tell(server, statement) && link.requests.forget(statement.id)) waiting.onNoAnswer('unreachable');
}

function settle(
  { error, hub, value }: Outcome,
  resolve: (value: unknown) => void,
  reject: (error: Error) => void,
): void {
  if (error === undefined) resolve(value);
  else reject(hub === true ? new HubException(error) : new Error(error));
}
