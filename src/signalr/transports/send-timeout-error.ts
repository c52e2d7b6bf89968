import { TimeoutError } from '../exceptions';

/** Why a connection ended whose client took nothing of what was sent to it. */
export class SendTimeoutError extends TimeoutError {
  constructor(what: string) {
    super(`the client ${what}: sendTimeout has passed`);
  }
}
