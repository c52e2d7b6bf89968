import { randomBytes } from 'node:crypto';

/** What a negotiated client gets: the id others may know, and the token that only it knows. */
export interface NegotiatedIds {
  readonly connectionId: string;
  readonly connectionToken: string;
}

/** What is known of a token. */
export type TokenState = 'unknown' | 'negotiated' | 'connected';

interface Entry {
  readonly connectionId: string;
  /** When a negotiated connection that was never made is forgotten; `undefined` once it was made. */
  expiresAt: number | undefined;
}

/** The connections that were negotiated, by token, from negotiation to their end. */
export class ConnectionTable {
  readonly #entries = new Map<string, Entry>();
  #negotiated = 0;

  /** How many wait to be made. */
  get negotiated(): number {
    return this.#negotiated;
  }

  /** Makes an entry that waits until `expiresAt`. The protocol's version 0 knows one id for both purposes. */
  negotiate(version: number, expiresAt: number): NegotiatedIds {
    const connectionId = createId();
    const connectionToken = version === 0 ? connectionId : createId();
    this.#entries.set(connectionToken, { connectionId, expiresAt });
    this.#negotiated++;
    return { connectionId, connectionToken };
  }

  state(token: string): TokenState {
    const entry = this.#entries.get(token);
    if (entry === undefined) return 'unknown';
    return entry.expiresAt === undefined ? 'connected' : 'negotiated';
  }

  /** Takes a negotiated token for a connection and returns its id. @throws Error when the token is in any other state. */
  connect(token: string): string {
    const entry = this.#entries.get(token);
    if (entry?.expiresAt === undefined) throw new Error('The token is not waiting for a connection.');
    entry.expiresAt = undefined;
    this.#negotiated--;
    return entry.connectionId;
  }

  /** Forgets a token whose connection is gone. */
  release(token: string): void {
    this.#entries.delete(token);
  }

  /** Forgets what was negotiated and never connected. */
  expire(now: number): void {
    if (this.#negotiated === 0) return;
    for (const [token, { expiresAt }] of this.#entries) {
      if (expiresAt === undefined || now < expiresAt) continue;
      this.#entries.delete(token);
      this.#negotiated--;
    }
  }
}

/** 16 random bytes as 22 characters, as ASP.NET Core's ids are. */
export function createId(): string {
  return randomBytes(16).toString('base64url');
}
