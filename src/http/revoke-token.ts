import { z } from 'zod';
import { requireAdmin } from '../auth/principal';
import { tokenIdFault } from '../auth/token-id';
import { MAX_TOKEN_LENGTH } from '../auth/token-signature';
import { WriterHubError } from '../errors';
import type { AuthenticatedHandler } from './route';
import type { RouteContext } from './route-context';

/** The most bytes of the body, which is small. */
const MAX_BYTES = 2 * MAX_TOKEN_LENGTH;

const revocation = z.strictObject({
  /** The token's `jti`. */
  tokenId: z
    .string()
    .max(MAX_TOKEN_LENGTH)
    .refine((text) => tokenIdFault(text) === undefined, { error: ({ input }) => tokenIdFault(String(input)) }),
  /** When the token expires (milliseconds since the Unix epoch), after which the revocation can be forgotten. */
  expiresAt: z.int().positive().optional(),
});

/** `POST /tokens/revoke`: refuses a token from now on and closes its connections. */
export function revokeToken({
  revocations,
  bodies,
}: Pick<RouteContext, 'revocations' | 'bodies'>): AuthenticatedHandler {
  return async (principal, request, response) => {
    requireAdmin(principal);
    const { holder } = principal;
    const parsed = revocation.safeParse(await bodies.parseJson({ request, response, holder, maxBytes: MAX_BYTES }));
    if (!parsed.success) throw new WriterHubError('invalid_query', faultOf(parsed.error));
    const { expiresAt = Infinity } = parsed.data;
    if (expiresAt <= Date.now()) {
      throw new WriterHubError('invalid_query', 'expiresAt is in the past; it is in milliseconds since 1970');
    }
    await revocations.revoke(parsed.data.tokenId, parsed.data.expiresAt);
    response.status(200).end();
  };
}

/** The first fault, by the name of its field. */
function faultOf({ issues }: z.ZodError): string {
  const [first] = issues;
  return `${first?.path.join('.') || 'the body'}: ${first?.message ?? 'cannot be read'}`;
}
