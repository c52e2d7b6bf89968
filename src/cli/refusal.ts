import { z } from 'zod';
import { ServerError } from './server-error';
import { UsageError } from './usage-error';

/** An error of this server's own routes, or one of the Events API. */
const problem = z.union([z.object({ detail: z.string() }), z.object({ error: z.string() })]);

/** What an HTTP answer that is no success says. Only a 5xx may go away by itself and is a `ServerError`; anything else is a `UsageError`. */
export function refusal(status: number, body: string): Error {
  const message = `the server answered ${status}${detail(body)}`;
  return status >= 500 ? new ServerError(message) : new UsageError(message);
}

function detail(body: string): string {
  try {
    const parsed = problem.safeParse(JSON.parse(body));
    if (!parsed.success) return '';
    return `: ${'detail' in parsed.data ? parsed.data.detail : parsed.data.error}`;
  } catch {
    // Whatever answered, it was not this server: the status alone has to do.
    return '';
  }
}
