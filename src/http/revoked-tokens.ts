import { requireAdmin } from '../auth/principal';
import { PageQuery } from './page-query';
import type { AuthenticatedHandler } from './route';
import type { RouteContext } from './route-context';

/** `GET /tokens/revoked`: the tokens that were revoked and are still remembered, the latest of them. */
export function revokedTokens({ revocations }: Pick<RouteContext, 'revocations'>): AuthenticatedHandler {
  return (principal, request, response) => {
    requireAdmin(principal);
    const { revoked, count } = revocations.list(new PageQuery(request.url).limit());
    response.json({ revoked: revoked.map(({ tokenId, until = null }) => ({ tokenId, until })), count });
    return Promise.resolve();
  };
}
