/** What one kind of failure means to a caller, whichever door the caller came through. */
export interface ErrorKind {
  /** HTTP status of the answer; a hub caller gets the code and the text in a `HubException`. */
  readonly status: number;
  /** Whether the same request may succeed later without a change to it. */
  readonly retry: boolean;
  /** One sentence that is true of every error of this kind. */
  readonly meaning: string;
}

/** Every error a caller can meet, once. The README lists the same table and a test compares the two. */
export const errorKinds = {
  malformed_json: { status: 400, retry: false, meaning: 'The text is not JSON; `position` is the byte it breaks at.' },
  malformed_body: { status: 400, retry: false, meaning: 'The body cannot be read as its headers announce it.' },
  invalid_events: { status: 400, retry: false, meaning: 'Events break a rule; `problems` lists up to 20 of them.' },
  invalid_name: { status: 400, retry: false, meaning: 'A topic name or a stream id breaks a rule.' },
  invalid_properties: { status: 400, retry: false, meaning: 'Stream properties break a rule.' },
  invalid_query: { status: 400, retry: false, meaning: 'A query parameter or an argument breaks a rule.' },
  invalid_rows: { status: 400, retry: false, meaning: 'The body holds no rows that could be stored or quarantined.' },
  invalid_schema: {
    status: 400,
    retry: false,
    meaning: 'The schema of a data source breaks a rule or asks for what there is not.',
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
    meaning: 'The result of the query has more rows or bytes than it may.',
  },
  unauthenticated: { status: 401, retry: false, meaning: 'There is no valid token.' },
  forbidden: { status: 403, retry: false, meaning: 'The token lacks the scope this needs.' },
  origin_not_allowed: { status: 403, retry: false, meaning: 'The page comes from an origin that is not allowed.' },
  not_found: { status: 404, retry: false, meaning: 'Nothing is at this path.' },
  unknown_topic: { status: 404, retry: false, meaning: 'There is no such topic and the token may not create it.' },
  unknown_data_source: { status: 404, retry: false, meaning: 'There is no such data source, and none is made.' },
  unknown_stream: { status: 404, retry: false, meaning: 'The topic has no such stream.' },
  method_not_allowed: {
    status: 405,
    retry: false,
    meaning: 'The path does not take this verb; `Allow` lists those it takes.',
  },
  query_timeout: { status: 408, retry: false, meaning: 'The query took longer than it may and was stopped.' },
  topic_exists: { status: 409, retry: false, meaning: 'A topic or data source of this name exists already.' },
  wrong_topic_kind: {
    status: 409,
    retry: false,
    meaning: 'The topic holds events where rows were meant, or rows where events were.',
  },
  schema_changed: { status: 409, retry: true, meaning: 'The schema changed while the request was carried out.' },
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
    meaning: 'More requests or bytes a second than the server was set to take.',
  },
  internal: { status: 500, retry: true, meaning: 'The server failed in a way it should not; its log says how.' },
  keys_unavailable: {
    status: 503,
    retry: true,
    meaning: "The public keys of the token's issuer cannot be fetched at the moment.",
  },
  store_busy: {
    status: 503,
    retry: true,
    meaning: 'As much is waiting as may: events for the disk, bodies being received, or reads.',
  },
  store_unavailable: { status: 503, retry: true, meaning: 'The store cannot write or read at the moment.' },
  shutting_down: { status: 503, retry: true, meaning: 'The server is stopping.' },
  topic_limit: { status: 507, retry: false, meaning: 'The server holds as many topics as it may.' },
  stream_limit: { status: 507, retry: false, meaning: 'The topic holds as many streams as it may.' },
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof errorKinds;

/** One broken rule in a batch: the event's index in its array, a JSON path inside the event, and what is wrong there. */
export interface Problem {
  readonly index: number;
  readonly path: string;
  readonly message: string;
}

/** Machine-readable parts of an error besides its code. */
export interface ErrorDetails {
  /** Broken rules, at most 20 (`invalid_events`). */
  readonly problems?: readonly Problem[];
  /** Byte offset in the text (`malformed_json`). */
  readonly position?: number;
  /** The underlying failure, for the log; callers never see it. */
  readonly cause?: unknown;
}

/** A failure whose code and message are meant for the caller. */
export class WriterHubError extends Error {
  override readonly name = 'WriterHubError';
  readonly problems: readonly Problem[] | undefined;
  readonly position: number | undefined;

  constructor(
    readonly code: ErrorCode,
    message: string,
    details: ErrorDetails = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.problems = details.problems;
    this.position = details.position;
  }

  get kind(): ErrorKind {
    return errorKinds[this.code];
  }
}

/**
 * Whether an error tells an operator something new. Pressure, a stop and a disk that cannot be written to fail many requests at
 * once and are logged once, where they begin.
 */
export function isFault({ code }: WriterHubError): boolean {
  return code === 'internal' || code === 'keys_unavailable';
}
