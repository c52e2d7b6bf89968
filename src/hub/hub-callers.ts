import type { Principal } from '../auth/principal';
import type { Revocations } from '../auth/revocations';
import { watchToken } from '../auth/token-watch';
import type { WriterHubError } from '../errors';
import type { HubContext } from '../signalr';

/** What reads for longer than its token may. */
export interface Watched {
  /** The rights are others from now on: those of the token that the connection has now. */
  onRights(principal: Principal): void;
  /** The token has ended, and the connection has no other. */
  onEnd(error: WriterHubError): void;
}

/**
 * The connections of the hub with the tokens that they have now: each request of a client that polls brings one, which
 * takes the place of the one before.
 */
export class HubCallers {
  readonly #contexts = new Map<string, HubContext<Principal>>();
  readonly #revocations: Pick<Revocations, 'onRevoked' | 'isRevoked'>;

  constructor(revocations: Pick<Revocations, 'onRevoked' | 'isRevoked'>) {
    this.#revocations = revocations;
  }

  /** A connection begins. */
  add(context: HubContext<Principal>): void {
    this.#contexts.set(context.connectionId, context);
  }

  remove({ connectionId }: HubContext<Principal>): void {
    this.#contexts.delete(connectionId);
  }

  /** Looks at the rights again whenever the token which they are of ends. Returns what stops that. */
  watch(connectionId: string, principal: Principal, watched: Watched): () => void {
    let stop = watchToken(principal, this.#revocations, (error) => {
      stop();
      const renewed = this.#contexts.get(connectionId)?.principal;
      if (renewed === undefined || renewed === principal || !this.#isValid(renewed)) {
        watched.onEnd(error);
        return;
      }
      stop = this.watch(connectionId, renewed, watched);
      watched.onRights(renewed);
    });
    return () => {
      stop();
    };
  }

  #isValid({ expiresAt = Infinity, tokenId }: Principal): boolean {
    return expiresAt > Date.now() && (tokenId === undefined || !this.#revocations.isRevoked(tokenId));
  }
}
