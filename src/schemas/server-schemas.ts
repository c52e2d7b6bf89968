import { arrayOf, closedObject, constant, integer, type JsonSchema, object, text } from './json-schema';

/** The server itself, tokens, and the negotiation of SignalR. */
export const SERVER_SCHEMAS = {
  ServerInfo: {
    description: 'The server, and where to find what.',
    ...object({
      name: constant('writer-hub'),
      version: text(),
      hub: text('the path of the SignalR hub'),
      topics: text(),
      health: text(),
      ready: text(),
      metrics: text(),
      openapi: text('the OpenAPI document'),
      swagger: text('the page to try it'),
      hubMethods: text('the page about the methods of the hub'),
    }),
  },
  Alive: object({ status: constant('alive') }),
  Ready: object({ status: constant('ready') }),
  Revocation: {
    description: 'A token to be refused.',
    ...closedObject(
      { tokenId: { type: 'string', minLength: 1, maxLength: 65536, description: "the token's `jti`" } },
      {
        expiresAt: {
          type: 'integer',
          minimum: 1,
          maximum: Number.MAX_SAFE_INTEGER,
          description: 'when it expires anyway, in milliseconds since 1970; absent: never',
        },
      },
    ),
  },
  Negotiation: {
    description: 'A connection and its transports, or why there is none.',
    ...object(
      {},
      {
        useStatefulReconnect: { type: 'boolean' },
        negotiateVersion: integer(),
        connectionId: text(),
        connectionToken: text('the secret part of the id, which the requests of the connection name'),
        tokenLifetimeSeconds: integer('for how long the token is good'),
        availableTransports: arrayOf(
          object({
            transport: { type: 'string', enum: ['WebSockets', 'ServerSentEvents', 'LongPolling'] },
            transferFormats: arrayOf({ type: 'string', enum: ['Text', 'Binary'] }),
          }),
        ),
        error: text('why there is no connection; the status is 200, as the protocol has it'),
      },
    ),
  },
  Refreshed: object({}, { tokenLifetimeSeconds: integer('for how long the new token is good; absent: for ever') }),
} as const satisfies Record<string, JsonSchema>;
