import { z } from 'zod';
import { UsageError } from './usage-error';

const problem = z.object({ detail: z.string() });

/** What an HTTP answer that is no success says. Only a 5xx may go away by itself; anything else is a `UsageError`. */
export function refusal(status: number, body: string): Error {
  const message = `the server answered ${status}${detail(body)}`;
  return status >= 500 ? new Error(message) : new UsageError(message);
}

function detail(body: string): string {
  try {
    const parsed = problem.safeParse(JSON.parse(body));
    return parsed.success ? `: ${parsed.data.detail}` : '';
  } catch {
    // Whatever answered, it was not this server: the status alone has to do.
    return '';
  }
}
