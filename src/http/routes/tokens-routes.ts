import { findToken } from '../../auth/token-finder';
import { ref } from '../../schemas/json-schema';
import { revokeToken } from '../revoke-token';
import type { Api } from '../route';

export const TOKENS_API: Api = {
  name: 'tokens',
  meaning: 'Tokens are made with `writer-hub token`; here they are refused before they expire.',
  findToken,
  routes: [
    {
      id: 'revokeToken',
      verb: 'POST',
      path: '/tokens/revoke',
      scope: ['admin'],
      parameters: [],
      body: {
        mediaTypes: ['application/json'],
        required: true,
        meaning: "`tokenId`: the token's `jti`; `expiresAt`: when it expires anyway, in milliseconds since 1970",
        example: '{"tokenId": "0b1c0a6e-7f3a-4c43-9d3f-1f0e7b0b8a52"}',
        schema: ref('Revocation'),
      },
      answers: [{ status: 200, mediaTypes: [], meaning: 'the token is refused from now on' }],
      errors: [],
      meaning:
        'with the body `{"tokenId": "…"}` (a token\'s `jti`) refuses a token from now on and closes its connections',
      served: 'express',
      handler: revokeToken,
    },
  ],
};
