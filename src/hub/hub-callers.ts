import { setImmediate } from 'node:timers/promises';
import type { Principal } from '../auth/principal';
import type { Revocations } from '../auth/revocations';
import { watchToken } from '../auth/token-watch';
import { WriterHubError } from '../errors';
import type { HubContext } from '../signalr';

/** How many turns of the event loop it takes a stream that has ended to say so; those of a busy server are shared. */
const TURNS_TO_TELL = 8;

/** What reads for longer than its token may. */
export interface Watched {
  /** The rights are others from now on: those of the token that the connection has now. */
  onRights(principal: Principal): void;
  /** The token has ended, and the connection has no other. */
  onEnd(error: WriterHubError): void;
}

/** What a connection may read, asked at any time. */
export interface Rights {
  mayRead(topic: string): boolean;
}

/**
 * The connections of the hub with the tokens that they have now: each request of a client that polls brings one, which
 * takes the place of the one before.
 */
export class HubCallers {
  readonly #contexts = new Map<string, HubContext<Principal>>();
  /** What ends the streams of the hub that are under way. */
  readonly #streams = new Set<(reason: unknown) => void>();
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

  /**
   * For a stream of the hub. As `watch`: calls `stop` with the reason when the token has ended, when `check` throws for
   * other rights, or when the server stops.
   */
  watchRights(
    { connectionId, principal }: Pick<HubContext<Principal>, 'connectionId' | 'principal'>,
    check: (principal: Principal) => void,
    stop: (reason: unknown) => void,
  ): () => void {
    const unwatch = this.watch(connectionId, principal, {
      onEnd: stop,
      onRights: (renewed) => {
        try {
          check(renewed);
        } catch (error) {
          stop(error);
        }
      },
    });
    this.#streams.add(stop);
    return () => {
      unwatch();
      this.#streams.delete(stop);
    };
  }

  /** Ends all streams of the hub with `shutting_down`, and resolves when the clients that listen were sent that. */
  async endStreams(): Promise<void> {
    for (const stop of [...this.#streams]) stop(new WriterHubError('shutting_down', 'the server is stopping'));
    for (let turns = 0; turns < TURNS_TO_TELL; turns++) await setImmediate();
  }

  /** What the token allows that the connection has now, for as long as that lasts. */
  rightsOf({ connectionId, principal }: HubContext<Principal>): Rights {
    return {
      mayRead: (topic) => {
        const current = this.#contexts.get(connectionId)?.principal ?? principal;
        return this.#isValid(current) && current.scopes.mayRead(topic);
      },
    };
  }

  #isValid({ expiresAt = Infinity, tokenId }: Principal): boolean {
    return expiresAt > Date.now() && (tokenId === undefined || !this.#revocations.isRevoked(tokenId));
  }
}
