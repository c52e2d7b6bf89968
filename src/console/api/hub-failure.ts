/** Why the hub does not do something. */
export interface HubFailure {
  /** Of `errors.ts`, such as `unknown_topic`; `undefined`: the text has none. */
  readonly code: string | undefined;
  /** The server's words, without what the client and the protocol put in front. */
  readonly reason: string;
}

/** What the error of an invocation or a stream says: `… HubException: forbidden: the token lacks …`. */
export function hubFailureOf(error: unknown): HubFailure {
  const text = error instanceof Error ? error.message : String(error);
  const words = text.replace(/^[^]*?\bHubException: /, '');
  const [, code, reason] = /^([a-z][a-z_]*): ([^]+)$/.exec(words) ?? [];
  return { code, reason: reason ?? words };
}
