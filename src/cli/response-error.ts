import { z } from 'zod';
import { ServerError } from './server-error';
import { CommandError } from './command-error';
import { UsageError } from './usage-error';

/** An error of this server's own routes, or one of the Events API. */
const problem = z.union([z.object({ detail: z.string() }), z.object({ error: z.string() })]);

const coded = z.union([z.object({ code: z.string() }), z.object({ documentation: z.string() })]);

/** What the server answers to names and parameters that break a rule. */
const WRONG_ARGUMENT: ReadonlySet<string> = new Set(['invalid_query', 'invalid_name']);

/**
 * The error for an HTTP response without success. Only a 5xx may go away by itself: a `ServerError`; all others are a
 * `CommandError`, and a `UsageError` where an argument or an option was passed on that cannot be.
 */
export function responseError(status: number, body: string): Error {
  const message = `the server answered ${status}${detail(body)}`;
  if (status === 400 && WRONG_ARGUMENT.has(codeOf(body) ?? '')) return new UsageError(message);
  return status >= 500 ? new ServerError(message) : new CommandError(message);
}

function detail(body: string): string {
  try {
    const parsed = problem.safeParse(JSON.parse(body));
    if (!parsed.success) return '';
    return `: ${'detail' in parsed.data ? parsed.data.detail : parsed.data.error}`;
  } catch {
    // Something other than this server has answered, so there is nothing but the status.
    return '';
  }
}

/** The code of an error: its own, or the part of a page that explains it. */
export function codeOf(body: string): string | undefined {
  try {
    const parsed = coded.safeParse(JSON.parse(body));
    if (!parsed.success) return undefined;
    return 'code' in parsed.data ? parsed.data.code : parsed.data.documentation.split('#')[1];
  } catch {
    return undefined;
  }
}
