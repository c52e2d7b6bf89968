import type { Route } from '../http/route';
import type { JsonObject } from './answer-objects';

/** Query parameters that hold a token: they stand under the ways to authenticate instead. */
export const TOKEN_PARAMETERS: ReadonlySet<string> = new Set(['token', 'access_token']);

/** Ways to bring a token, by what the parameter is called; the header is always taken. */
const SCHEME_OF: Readonly<Record<string, string>> = { token: 'queryToken', access_token: 'queryAccessToken' };

/** How a token is brought. */
export const SECURITY_SCHEMES: JsonObject = {
  bearer: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description:
      'A JSON Web Token: `npx writer-hub token --scope "create read:*"` prints one. Its claim `scope` says what it may do: ' +
      '`append:<topic>`, `create`, `read:<topic>`, `drop:<name>`, `admin`; `*` and a `*` at the end match.',
  },
  queryToken: {
    type: 'apiKey',
    in: 'query',
    name: 'token',
    description: 'The same token in the address, as clients of the Events API may send it.',
  },
  queryAccessToken: {
    type: 'apiKey',
    in: 'query',
    name: 'access_token',
    description: 'The same token in the address, for an `EventSource` and a WebSocket, which cannot send a header.',
  },
};

/** What a caller has to bring: one of these, with one of the scopes. */
export function securityOf({ scope, parameters }: Route): readonly JsonObject[] {
  if (scope === 'none') return [];
  const schemes = parameters.flatMap(({ name, in: place }) => (place === 'query' ? (SCHEME_OF[name] ?? []) : []));
  const scopes = scope === 'any' ? [[]] : scope.map((one) => [one]);
  return ['bearer', ...schemes].flatMap((scheme) => scopes.map((each) => ({ [scheme]: each })));
}
