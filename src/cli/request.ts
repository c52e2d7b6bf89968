import { ServerError } from './server-error';
import type { Target } from './target';

/** Sends a request to a server. Rejects with a `ServerError` that says why when no response comes. */
export async function request({ url }: Pick<Target, 'url'>, path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(`${url}${path}`, init);
  } catch (error) {
    throw new ServerError(`cannot reach ${url}: ${reasonOf(error)}`, { cause: error });
  }
}

/**
 * `fetch` says only that it failed. The reason is its cause, or one per address for a host name with several addresses.
 */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : reasonOf(error.cause);
}
