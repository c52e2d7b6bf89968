import { WriterHubError } from '../errors';
import { HubException } from '../signalr';

/** Is notified of every error that a caller is answered with. */
export type OnError = (error: WriterHubError) => void;

/** What the methods of the hub throw: a `HubException` whose text begins with the error's code. */
export class HubErrors {
  readonly #onError: OnError;

  constructor(onError: OnError) {
    this.#onError = onError;
  }

  /** What a caller is told of an error; an error that is not meant for callers stays what it is. */
  asException(error: unknown): unknown {
    return error instanceof WriterHubError ? this.asHubException(error) : error;
  }

  asHubException(error: WriterHubError): HubException {
    this.#onError(error);
    return new HubException(hubErrorText(error));
  }

  /** For the end of a chain of promises. */
  readonly rethrow = (error: unknown): never => {
    throw this.asException(error);
  };
}

/** The text of an error, with the code in front. */
export function hubErrorText({ code, message, problems = [] }: WriterHubError): string {
  const list = problems.map(({ index, path, message: text }) => `\n[${index}] ${path}: ${text}`).join('');
  return `${code}: ${message}${list}`;
}
