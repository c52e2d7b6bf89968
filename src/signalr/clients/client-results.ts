import type { Peer } from './hub-connection-store';
import type { ClientInvokeOptions } from './clients';
import type { Clock } from '../clock';
import { HubException, InvalidDataException } from '../exceptions';
import { type CompletionMessage, MESSAGE_TYPE } from '../protocol/hub-messages';

/** The longest time a timer of Node.js can wait. */
const LONGEST_TIMEOUT = 0x7fffffff;

const CANCELED = 'Invocation canceled by the server.';

/** What an invocation of a client comes to. */
type Outcome = Pick<CompletionMessage, 'error' | 'result'>;

interface Waiting {
  readonly peer: Peer;
  settle(outcome: Outcome): void;
}

/** Invocations of clients that wait for an answer. HubProtocol: Client results. */
export class ClientResults {
  #lastId = 0;
  readonly #waiting = new Map<string, Waiting>();
  readonly #byPeer = new Map<Peer, Set<Waiting>>();
  readonly #options: { readonly clock: Clock; readonly clientResultTimeout: number };

  constructor(options: { readonly clock: Clock; readonly clientResultTimeout: number }) {
    this.#options = options;
  }

  /** Whether somebody waits for an answer to this invocation, from whatever client. */
  expects(invocationId: string): boolean {
    return this.#waiting.has(invocationId);
  }

  /** Invokes a method of a client. Nothing is told to the client when nobody waits any longer: few clients would understand. */
  async invoke(peer: Peer, target: string, args: readonly unknown[], options: ClientInvokeOptions): Promise<unknown> {
    if (peer.speechless !== undefined) throw new Error(peer.speechless);
    if (options.signal?.aborted === true) throw new HubException(CANCELED);
    const invocationId = `s${++this.#lastId}`;
    peer.send({ type: MESSAGE_TYPE.Invocation, invocationId, target, arguments: args });
    const { error, result } = await this.#outcome(invocationId, peer, options);
    if (error !== undefined) throw new HubException(error);
    return result;
  }

  /**
   * Takes a client's answer. Returns whether anybody waited for it.
   * @throws InvalidDataException when another client was asked.
   */
  answer(peer: Peer, { invocationId, error, result }: CompletionMessage): boolean {
    const waiting = this.#waiting.get(invocationId);
    if (waiting === undefined) return false;
    if (waiting.peer !== peer) throw new InvalidDataException('The client answered what another client was asked.');
    waiting.settle({ error, result });
    return true;
  }

  /** The client is gone. */
  abandon(peer: Peer): void {
    for (const waiting of this.#byPeer.get(peer) ?? []) {
      waiting.settle({ error: `Connection '${peer.connectionId}' disconnected.` });
    }
  }

  #outcome(
    invocationId: string,
    peer: Peer,
    { signal, timeout = this.#options.clientResultTimeout }: ClientInvokeOptions,
  ): Promise<Outcome> {
    return new Promise((resolve) => {
      const cancel = (): void => {
        waiting.settle({ error: CANCELED });
      };
      const giveUp = (): void => {
        waiting.settle({ error: `The client did not answer within ${timeout} ms.` });
      };
      const stopTimer = timeout > LONGEST_TIMEOUT ? undefined : this.#options.clock.every(timeout, giveUp);
      signal?.addEventListener('abort', cancel);
      const waiting: Waiting = {
        peer,
        settle: (outcome) => {
          this.#forget(invocationId, waiting);
          signal?.removeEventListener('abort', cancel);
          stopTimer?.();
          resolve(outcome);
        },
      };
      this.#remember(invocationId, waiting);
    });
  }

  #remember(invocationId: string, waiting: Waiting): void {
    this.#waiting.set(invocationId, waiting);
    const asked = this.#byPeer.get(waiting.peer);
    if (asked === undefined) this.#byPeer.set(waiting.peer, new Set([waiting]));
    else asked.add(waiting);
  }

  #forget(invocationId: string, waiting: Waiting): void {
    this.#waiting.delete(invocationId);
    const asked = this.#byPeer.get(waiting.peer);
    if (asked?.delete(waiting) === true && asked.size === 0) this.#byPeer.delete(waiting.peer);
  }
}
