import { randomBytes } from 'node:crypto';

/** Makes the ids of connections: the one that others may know, and the token that only its client knows. */
export interface ConnectionIds {
  connectionId(): string;
  connectionToken(): string;
}

/** 16 random bytes as 22 characters, like ASP.NET Core's ids. */
export function createId(): string {
  return randomBytes(16).toString('base64url');
}

/** The ids of a server that is alone. */
export const PLAIN_IDS: ConnectionIds = { connectionId: createId, connectionToken: createId };
