import { z } from 'zod';
import { requireAdmin } from '../auth/principal';
import { MAX_TOKEN_LENGTH } from '../auth/token-signature';
import { parseDuration } from '../duration';
import { WriterHubError } from '../errors';
import { faultsOf } from '../json/schema-faults';
import type { AuthenticatedHandler } from './route';
import type { RouteContext } from './route-context';

/** The most bytes of the body: what goes into a token is shorter than a token. */
const MAX_BYTES = 2 * MAX_TOKEN_LENGTH;

/** The most scopes of a token, and the longest scope and subject, in characters. */
const MAX_SCOPES = 100;
const LONGEST_TEXT = 300;

/** How long a token lives if nothing is said: as one of `writer-hub token`. */
const DEFAULT_LIFETIME = '30d';

const order = z.strictObject({
  scopes: z.array(z.string().min(1).max(LONGEST_TEXT)).min(1).max(MAX_SCOPES),
  /** As `parseDuration` reads it. */
  expires: z.string().max(20).optional(),
  /** It is written to the log and into metrics of shares, so it has no control characters. */
  subject: z
    .string()
    .min(1)
    .max(LONGEST_TEXT)
    .regex(/^\P{Cc}*$/u, 'a subject has no control characters')
    .optional(),
});

/**
 * `POST /tokens`: makes a token, signed with the server's own secret. Only an administrator may, who may do everything,
 * so that no token allows more than the one it was made with. It is answered once and kept nowhere.
 */
export function mintTokenRoute({ issue, bodies }: Pick<RouteContext, 'issue' | 'bodies'>): AuthenticatedHandler {
  return async (principal, request, response) => {
    requireAdmin(principal);
    const { holder } = principal;
    const parsed = order.safeParse(await bodies.parseJson({ request, response, holder, maxBytes: MAX_BYTES }));
    if (!parsed.success) throw new WriterHubError('invalid_query', faultsOf(parsed.error));
    const { scopes, expires = DEFAULT_LIFETIME, subject } = parsed.data;
    const { token, tokenId, expiresAt = null } = issue({ scopes, expiresIn: parseDuration(expires), subject });
    // RFC 6750, 5.3, and RFC 6749, 5.1: what holds a token is kept by no cache.
    response.setHeader('Cache-Control', 'no-store');
    response.status(201).json({ token, tokenId, expiresAt });
  };
}
