import { findToken } from '../../auth/token-finder';
import { mintTokenRoute } from '../mint-token';
import { DEFAULT_PAGE, MAX_PAGE } from '../page-query';
import { revokeToken } from '../revoke-token';
import { revokedTokens } from '../revoked-tokens';
import type { Api } from '../route';
import { JSON_TYPE } from './answers';

export const TOKENS_API: Api = {
  name: 'tokens',
  findToken,
  routes: [
    {
      verb: 'POST',
      path: '/tokens',
      scope: ['admin'],
      parameters: [],
      body: {
        mediaTypes: [JSON_TYPE],
        required: true,
        meaning:
          '`scopes`: 1 to 100 of them; `expires`: how long it lives, such as `24h` or `never`, by default `30d`; `subject`: whose it is',
        example: '{"scopes": ["append:cars", "read:*"], "expires": "24h", "subject": "pit wall"}',
      },
      answers: [
        {
          status: 201,
          mediaTypes: [JSON_TYPE],
          meaning:
            '`{"token": …, "tokenId": …, "expiresAt": …}`: in milliseconds since 1970, `null` for `never`. The token is given once',
        },
      ],
      meaning: 'makes a token with the scopes of the body: `{"scopes": ["read:*"], "expires": "24h", "subject": "…"}`',
      served: 'express',
      handler: mintTokenRoute,
    },
    {
      verb: 'GET',
      path: '/tokens/revoked',
      scope: ['admin'],
      parameters: [
        {
          name: 'limit',
          in: 'query',
          type: 'integer',
          required: false,
          minimum: 1,
          maximum: MAX_PAGE,
          default: DEFAULT_PAGE,
          meaning: 'most tokens in the answer',
        },
      ],
      answers: [
        {
          status: 200,
          mediaTypes: [JSON_TYPE],
          meaning:
            '`{"revoked": [{"tokenId": …, "until": …}, …], "count": …}`: the latest first, each with the time at which it is forgotten ' +
            '(milliseconds since 1970; `null`: never), and how many there are in all',
        },
      ],
      meaning: 'the tokens that were revoked and have not expired yet',
      served: 'express',
      handler: revokedTokens,
    },
    {
      verb: 'POST',
      path: '/tokens/revoke',
      scope: ['admin'],
      parameters: [],
      body: {
        mediaTypes: ['application/json'],
        required: true,
        meaning: "`tokenId`: the token's `jti`; `expiresAt`: when it expires anyway, in milliseconds since 1970",
        example: '{"tokenId": "0b1c0a6e-7f3a-4c43-9d3f-1f0e7b0b8a52"}',
      },
      answers: [{ status: 200, mediaTypes: [], meaning: 'the token is refused from now on' }],
      meaning:
        'with the body `{"tokenId": "…"}` (a token\'s `jti`) refuses a token from now on and closes its connections',
      served: 'express',
      handler: revokeToken,
    },
  ],
};
