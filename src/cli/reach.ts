import { ServerError } from './server-error';
import type { Target } from './target';

/** Asks a server, and rejects with a `ServerError` that says why when there is no answer. */
export async function reach({ url }: Target, path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(`${url}${path}`, init);
  } catch (error) {
    throw new ServerError(`cannot reach ${url}: ${reasonOf(error)}`, { cause: error });
  }
}

/** `fetch` says no more than that it failed; its cause says why, for a name with several addresses in the causes of each. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : reasonOf(error.cause);
}
