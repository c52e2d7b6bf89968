import { parseExact } from './json';

/** What an answer of the server that is an error says. */
export class ApiError extends Error {
  /** HTTP status; 0: there was no answer. */
  readonly status: number;
  /** Code of `errors.ts`, such as `unknown_topic`; `unreachable`: there was no answer. */
  readonly code: string;
  /** What is wrong where, of a body that was refused. */
  readonly problems: readonly ApiProblem[];

  constructor(message: string, details: ApiErrorDetails) {
    super(message, { cause: details.cause });
    this.name = 'ApiError';
    this.status = details.status;
    this.code = details.code;
    this.problems = details.problems ?? [];
  }
}

export interface ApiProblem {
  /** Which of the events, rows or definitions of the body, from 0. */
  readonly index: number;
  /** The member that is wrong, such as `$.timestamp`; `$`: the thing as a whole. */
  readonly path: string;
  readonly message: string;
}

interface ApiErrorDetails {
  readonly status: number;
  readonly code: string;
  readonly problems?: readonly ApiProblem[];
  readonly cause?: unknown;
}

/** The error of an answer: RFC 9457's form, or `{"error": "…"}` of the Events API. */
export function errorOf(status: number, text: string): ApiError {
  const { code, detail, error, problems, documentation } = membersOf(text);
  const message = textIn(detail) ?? textIn(error) ?? `the server answered ${status}`;
  return new ApiError(message, {
    status,
    // The Events API says the code where it is explained: `…/docs/events-api#invalid_sql`.
    code: textIn(code) ?? /#(\w+)$/.exec(textIn(documentation) ?? '')?.[1] ?? `http_${status}`,
    problems: Array.isArray(problems) ? (problems as readonly ApiProblem[]) : [],
  });
}

function membersOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const body = parseExact(text);
    return typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  } catch {
    // A proxy's page, perhaps: its status says enough.
    return {};
  }
}

function textIn(member: unknown): string | undefined {
  return typeof member === 'string' && member !== '' ? member : undefined;
}
