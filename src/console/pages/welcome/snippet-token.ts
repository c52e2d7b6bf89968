import type { Api } from '../../api/api';
import { scopesOf } from '../../app/token-claims';
import type { Session } from '../../app/session';

/** What programs on this page may do: make topics, send, read; nothing that could not be undone. */
const SCOPES = ['create', 'read:*'];

/** A token, and what it may do. */
export interface SnippetToken {
  readonly token: string;
  readonly scopes: readonly string[];
  /** It was made for snippets; else it is the one of whoever is signed in. */
  readonly isMade: boolean;
}

/** The tokens that were made, by whose session, so that a page that is opened again makes no other. */
const MADE = new WeakMap<Session, { readonly by: string; readonly token: Promise<SnippetToken> }>();

/**
 * A token for snippets, which end in files and in shells: an administrator's own does not, but one that may create,
 * send and read. Who may not make tokens has but the one.
 */
export function snippetToken(session: Session, api: Api): Promise<SnippetToken> {
  const own = session.token ?? '';
  const scopes = scopesOf(own);
  if (!scopes.includes('admin')) return Promise.resolve({ token: own, scopes, isMade: false });
  const made = MADE.get(session);
  if (made?.by === own) return made.token;
  const token = api
    .post<{ readonly token: string }>(['tokens'], { body: { scopes: SCOPES, expires: '30d', subject: 'first-steps' } })
    .then(({ token }) => ({ token, scopes: SCOPES, isMade: true }));
  MADE.set(session, { by: own, token });
  token.catch(() => MADE.delete(session));
  return token;
}
