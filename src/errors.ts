/** What one kind of failure means to a caller, over SignalR and HTTP alike. */
export interface ErrorKind {
  /** HTTP status of the response; a hub caller gets the code and the message in a `HubException`. */
  readonly status: number;
  /** Whether the same request may succeed later without changes. */
  readonly retry: boolean;
  /** One sentence that is true of every error of this kind. */
  readonly meaning: string;
}

/** Every error a caller can get. The README has the same table, and a test compares the two. */
export const errorKinds = {
  malformed_json: { status: 400, retry: false, meaning: 'The text is not JSON; `position` is the byte it breaks at.' },
  malformed_body: { status: 400, retry: false, meaning: 'The body cannot be read as its headers announce it.' },
  invalid_events: { status: 400, retry: false, meaning: 'Events break a rule; `problems` lists up to 20 of them.' },
  invalid_name: { status: 400, retry: false, meaning: 'A topic name or a stream id breaks a rule.' },
  invalid_properties: { status: 400, retry: false, meaning: 'Stream properties break a rule.' },
  invalid_definitions: { status: 400, retry: false, meaning: 'Definitions of parameters or events break a rule.' },
  invalid_parameters: {
    status: 400,
    retry: false,
    meaning: 'Parameter data break a rule; `problems` lists up to 20 of them.',
  },
  invalid_query: { status: 400, retry: false, meaning: 'A query parameter or an argument breaks a rule.' },
  invalid_rows: { status: 400, retry: false, meaning: 'The body holds no rows that could be stored or quarantined.' },
  invalid_schema: {
    status: 400,
    retry: false,
    meaning: 'The schema of a data source breaks a rule or asks for something that is not supported.',
  },
  invalid_sql: { status: 400, retry: false, meaning: 'The query is not one SELECT that this server can carry out.' },
  invalid_idempotency_key: {
    status: 400,
    retry: false,
    meaning: 'The idempotency key is empty, too long or not printable.',
  },
  result_too_large: {
    status: 400,
    retry: false,
    meaning: 'The result of the query has more rows or bytes than allowed.',
  },
  unauthenticated: { status: 401, retry: false, meaning: 'There is no valid token.' },
  forbidden: { status: 403, retry: false, meaning: 'The token lacks the scope this needs.' },
  origin_not_allowed: { status: 403, retry: false, meaning: 'The page comes from an origin that is not allowed.' },
  not_found: { status: 404, retry: false, meaning: 'There is nothing at this path.' },
  unknown_topic: { status: 404, retry: false, meaning: 'There is no such topic and the token may not create it.' },
  unknown_data_source: {
    status: 404,
    retry: false,
    meaning: 'There is no such data source, and the request does not create one.',
  },
  unknown_stream: { status: 404, retry: false, meaning: 'The topic has no such stream.' },
  method_not_allowed: {
    status: 405,
    retry: false,
    meaning: 'The path does not accept this method; `Allow` lists those it accepts.',
  },
  request_timeout: {
    status: 408,
    retry: true,
    meaning: 'The body or message came in more slowly than the server waits for.',
  },
  query_timeout: { status: 408, retry: false, meaning: 'The query took longer than allowed and was stopped.' },
  topic_exists: { status: 409, retry: false, meaning: 'A topic or data source of this name exists already.' },
  wrong_topic_kind: {
    status: 409,
    retry: false,
    meaning: 'The topic holds events where rows were meant, or rows where events were.',
  },
  schema_changed: { status: 409, retry: true, meaning: 'The schema changed while the request was carried out.' },
  confirmation_required: {
    status: 409,
    retry: false,
    meaning: 'The request would remove everything the topic holds; `confirm=true` says that this is meant.',
  },
  position_gone: {
    status: 410,
    retry: false,
    meaning: 'What follows the position was removed; `earliest` is the position to read on from.',
  },
  message_too_large: {
    status: 413,
    retry: false,
    meaning: 'A body or message is over the limit, as sent or inflated.',
  },
  unsupported_media_type: {
    status: 415,
    retry: false,
    meaning: 'The content type is not `application/json` in UTF-8.',
  },
  unsupported_encoding: {
    status: 415,
    retry: false,
    meaning: 'The content encoding is none of `gzip`, `deflate`, `br` and `zstd`.',
  },
  idempotency_mismatch: {
    status: 422,
    retry: false,
    meaning: 'The idempotency key was used with another body or for another purpose.',
  },
  rate_limited: {
    status: 429,
    retry: true,
    meaning: 'More requests or bytes per second than the server is set to accept.',
  },
  over_share: {
    status: 429,
    retry: true,
    meaning: "The token's subject has its share of what all callers share: bytes, places, connections or topics.",
  },
  internal: { status: 500, retry: true, meaning: 'The server failed unexpectedly; its log has the details.' },
  keys_unavailable: {
    status: 503,
    retry: true,
    meaning: "The public keys of the token's issuer cannot be fetched at the moment.",
  },
  store_busy: {
    status: 503,
    retry: true,
    meaning: 'Too much is waiting already: events for the disk, bodies being received, or reads.',
  },
  store_unavailable: { status: 503, retry: true, meaning: 'The store cannot write or read at the moment.' },
  shutting_down: { status: 503, retry: true, meaning: 'The server is stopping.' },
  topic_limit: { status: 507, retry: false, meaning: 'The server already holds as many topics as allowed.' },
  stream_limit: { status: 507, retry: false, meaning: 'The topic already holds as many streams as allowed.' },
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof errorKinds;

/**
 * A broken rule in a batch: the index of an event or definition, or in a column of parameter data, a JSON path inside
 * it, and what is wrong there.
 */
export interface Problem {
  readonly index: number;
  readonly path: string;
  readonly message: string;
}

/** Machine-readable parts of an error, besides its code. */
export interface ErrorDetails {
  /** Broken rules, at most 20 (`invalid_events`, `invalid_definitions`, `invalid_parameters`). */
  readonly problems?: readonly Problem[];
  /** Byte offset in the text (`malformed_json`). */
  readonly position?: number;
  /** The least position that can be read after (`position_gone`). */
  readonly earliest?: string | undefined;
  /** The scope that the token lacks (`forbidden`). */
  readonly scope?: string;
  /** Whether the request brings no token at all, and not a wrong one (`unauthenticated`). */
  readonly noToken?: boolean;
  /** The underlying failure, for the log; callers never see it. */
  readonly cause?: unknown;
}

/** A failure whose code and message are meant for the caller. */
export class WriterHubError extends Error {
  override readonly name = 'WriterHubError';
  readonly problems: readonly Problem[] | undefined;
  readonly position: number | undefined;
  readonly earliest: string | undefined;
  readonly scope: string | undefined;
  readonly noToken: boolean;

  constructor(
    readonly code: ErrorCode,
    message: string,
    details: ErrorDetails = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.problems = details.problems;
    this.position = details.position;
    this.earliest = details.earliest;
    this.scope = details.scope;
    this.noToken = details.noToken ?? false;
  }

  get kind(): ErrorKind {
    return errorKinds[this.code];
  }
}

/** The error of a token that may not do what is asked for. `otherForm`: how the scope is written elsewhere. */
export function lacksScope(scope: string, otherForm?: string): WriterHubError {
  const shown = otherForm === undefined ? scope : `${scope} (${otherForm})`;
  return new WriterHubError('forbidden', `the token lacks the scope ${shown}`, { scope });
}

/**
 * Whether an error is worth logging each time. Back pressure, a shutdown and a disk that cannot be written to fail many
 * requests at once and are logged once, where they begin.
 */
export function isFault({ code }: WriterHubError): boolean {
  return code === 'internal' || code === 'keys_unavailable';
}
