import type { ClientResults } from '../clients/client-results';
import type { GroupManager } from '../clients/clients';
import type { HubConnectionStore } from '../clients/hub-connection-store';
import { HubException } from '../exceptions';
import type { ValueKind } from '../protocol/value-kinds';
import { RemoteMessage } from './encoded-forms';
import type { GroupFrame, InvokeFrame, Outcome } from './frames';

/** What requests of other servers are answered with. */
export interface ServedClients {
  readonly store: HubConnectionStore;
  readonly results: ClientResults;
  readonly groups: GroupManager;
}

interface Waiting {
  readonly server: string;
  readonly controller: AbortController;
}

/** Does what other servers ask of this one's connections. */
export class ServedRequests {
  readonly #clients: ServedClients;
  readonly #answer: (server: string, id: string, outcome: Outcome) => void;
  /** The results of clients that other servers wait for. */
  readonly #waiting = new Map<string, Waiting>();

  constructor(clients: ServedClients, answer: (server: string, id: string, outcome: Outcome) => void) {
    this.#clients = clients;
    this.#answer = answer;
  }

  /** How many results of clients other servers wait for. */
  get size(): number {
    return this.#waiting.size;
  }

  changeGroup({ kind, server, id, connectionId, group }: GroupFrame): void {
    this.#clients.groups[kind](connectionId, group).then(
      () => {
        this.#answer(server, id, {});
      },
      (error: unknown) => {
        this.#answer(server, id, refusal(error));
      },
    );
  }

  invoke({ server, id, connectionId, forms, returns }: InvokeFrame): void {
    const client = this.#clients.store.find(connectionId);
    if (client === undefined) {
      this.#answer(server, id, { error: `Connection '${connectionId}' does not exist.` });
      return;
    }
    const controller = new AbortController();
    this.#waiting.set(id, { server, controller });
    // The server that asks keeps the time.
    const kind = returns as ValueKind | undefined;
    const options = { timeout: Infinity, signal: controller.signal, ...(kind !== undefined && { returns: kind }) };
    const end = (outcome: Outcome): void => {
      this.#waiting.delete(id);
      this.#answer(server, id, outcome);
    };
    this.#clients.results.relay({ client, invocationId: id, message: new RemoteMessage(forms) }, options).then(
      (value) => {
        end({ value });
      },
      (error: unknown) => {
        end(refusal(error));
      },
    );
  }

  /** Nobody waits for the result any more. A late answer of the client is ignored. */
  cancel(server: string, id: string): void {
    const waiting = this.#waiting.get(id);
    if (waiting?.server === server) waiting.controller.abort();
  }

  /** A server is gone, and with it whoever waited there. */
  forget(server: string): void {
    for (const waiting of [...this.#waiting.values()]) {
      if (waiting.server === server) waiting.controller.abort();
    }
  }
}

function refusal(error: unknown): Outcome {
  const message = error instanceof Error ? error.message : String(error);
  return { error: message, hub: error instanceof HubException };
}
