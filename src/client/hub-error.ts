/** Codes of the server that pass: the same request may succeed later. */
export const PASSING_CODES: ReadonlySet<string> = new Set(
  'request_timeout schema_changed rate_limited over_share internal keys_unavailable store_busy store_unavailable shutting_down'.split(
    ' ',
  ),
);

/** A refusal for good. */
export class HubError extends Error {
  override readonly name = 'HubError';
  /**
   * The server's code, such as `invalid_events`, `forbidden` or `position_gone`; of the client itself are `queue_full`
   * and `closed`.
   */
  readonly code: string;

  /** `message`: the server's words, which begin with the code. */
  constructor(message: string) {
    super(message);
    this.code = /^(\w+): /.exec(message)?.[1] ?? 'refused';
  }

  /** The least position that can be read on from, if the server has named it (`position_gone`). */
  get earliest(): string | undefined {
    return /earliest position is now ([^\s,;)]+)/.exec(this.message)?.[1];
  }
}

/** What a method of the hub has answered with in place of a result; `undefined` when the connection failed it. */
export function asRefusal(error: unknown): HubError | undefined {
  const [, text] = /HubException: (.*)/s.exec(String(error)) ?? [];
  return text === undefined ? undefined : new HubError(text);
}

export function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
