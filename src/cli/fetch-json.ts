import { ServerError } from './server-error';
import type { Target } from './target';
import { request } from './request';
import { responseError } from './response-error';

/** The body of the answer to a GET. Rejects with the error that the server answers, or with a `ServerError`. */
export async function fetchText(target: Target, path: string, signal?: AbortSignal): Promise<string> {
  const response = await request(target, path, {
    headers: { authorization: `Bearer ${target.token}` },
    ...(signal !== undefined && { signal }),
  });
  const text = await response.text();
  if (!response.ok) throw responseError(response.status, text);
  return text;
}

/** JSON of a text; rejects with a `ServerError` where something other than a writer-hub has answered. */
export function jsonOf<T>(target: Target, text: string, parse: (text: string) => T): T {
  try {
    return parse(text);
  } catch (error) {
    throw new ServerError(`what answers at ${target.url} is no writer-hub, or one of another version`, {
      cause: error,
    });
  }
}
