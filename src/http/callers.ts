import type { IncomingMessage } from 'node:http';
import type { Principal } from '../auth/principal';
import type { TokenVerifier } from '../auth/token-verifier';
import type { AnonymousSockets } from './anonymous-sockets';

/** Says who sends a request. */
export class Callers {
  readonly #verifier: Pick<TokenVerifier, 'verify'>;
  readonly #anonymous: Pick<AnonymousSockets, 'recognize'>;

  constructor(verifier: Pick<TokenVerifier, 'verify'>, anonymous: Pick<AnonymousSockets, 'recognize'>) {
    this.#verifier = verifier;
    this.#anonymous = anonymous;
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
