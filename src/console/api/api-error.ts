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
