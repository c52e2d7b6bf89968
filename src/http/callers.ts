import type { IncomingMessage } from 'node:http';
import type { Principal } from '../auth/principal';
import { bearerToken } from '../auth/token-finder';
import { queryOf } from './request-target';
import type { TokenVerifier } from '../auth/token-verifier';
import type { AnonymousSockets } from './anonymous-sockets';

/** Says who sends a request. */
export class Callers {
  #verifier: Pick<TokenVerifier, 'verify' | 'known'>;
  readonly #anonymous: Pick<AnonymousSockets, 'recognize'>;

  constructor(verifier: Pick<TokenVerifier, 'verify' | 'known'>, anonymous: Pick<AnonymousSockets, 'recognize'>) {
    this.#verifier = verifier;
    this.#anonymous = anonymous;
  }

  /** Other tokens are good from now on. */
  replaceVerifier(verifier: Pick<TokenVerifier, 'verify' | 'known'>): void {
    this.#verifier = verifier;
  }

  /**
   * For whom a request probably is, told before anything is verified: the holder of a token that is known already, and
   * '' for all others. Good for nothing but the order in which requests are looked at.
   */
  guessHolder({ headers }: Pick<IncomingMessage, 'headers'>): string {
    const token = bearerToken(headers.authorization);
    return (token === undefined ? undefined : this.#verifier.known(token)?.holder) ?? '';
  }

  /** The subject of a request's token, if it is one that is known to be good. For the log. */
  subjectOf({ headers, url }: Pick<IncomingMessage, 'headers' | 'url'>): string | undefined {
    const query = queryOf(url);
    const token = bearerToken(headers.authorization) ?? query.get('token') ?? query.get('access_token');
    return token === null ? undefined : this.#verifier.known(token)?.subject;
  }

  /** The bearer of the request's token. Throws or rejects as `TokenVerifier.verify`. */
  identify({ socket }: Pick<IncomingMessage, 'socket'>, token: string): Principal | Promise<Principal> {
    const found = this.#verifier.verify(token);
    if (!(found instanceof Promise)) {
      this.#anonymous.recognize(socket);
      return found;
    }
    return found.then((principal) => {
      this.#anonymous.recognize(socket);
      return principal;
    });
  }
}
