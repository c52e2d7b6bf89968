import { arrayOf, closedObject, constant, integer, type JsonSchema, object, text } from './json-schema';

/** The server itself, tokens, and the negotiation of SignalR. */
export const SERVER_SCHEMAS = {
  ServerInfo: {
    description: 'The server, and where to find what.',
    ...object(
      {
        name: constant('writer-hub'),
        version: text(),
        hub: text('the path of the SignalR hub'),
        topics: text(),
        health: text(),
        ready: text(),
        openapi: text('the OpenAPI document'),
        swagger: text('the page to try it'),
        hubMethods: text('the page about the methods of the hub'),
      },
      {
        metrics: text('absent when they are at a port of their own'),
        sql: text('absent where there is no SQL'),
        sqlFormats: arrayOf(text(), 'what `FORMAT` of a query may be'),
      },
    ),
  },
  Alive: object({ status: constant('alive') }),
  Ready: object({ status: constant('ready') }),
  TokenOrder: {
    description: 'A token to be made.',
    ...closedObject(
      {
        scopes: {
          type: 'array',
          minItems: 1,
          maxItems: 100,
          items: { type: 'string', minLength: 1, maxLength: 300 },
          description: 'what it allows',
        },
      },
      {
        expires: { type: 'string', maxLength: 20, description: 'how long it lives, such as `24h`, or `never`' },
        subject: { type: 'string', minLength: 1, maxLength: 300, description: 'whose it is; no control characters' },
      },
    ),
  },
  MintedToken: {
    description: 'A token, which is given this once.',
    ...object({
      token: text(),
      tokenId: text('its `jti`, by which it is revoked'),
      expiresAt: { type: ['integer', 'null'], description: 'milliseconds since 1970; `null`: never' },
    }),
  },
  RevokedTokens: object({
    revoked: arrayOf(
      object({
        tokenId: text(),
        until: {
          type: ['integer', 'null'],
          description: 'when it is forgotten, milliseconds since 1970; `null`: never',
        },
      }),
      'the latest first',
    ),
    count: integer('how many there are in all'),
  }),
  Revocation: {
    description: 'A token to be refused.',
    ...closedObject(
      {
        tokenId: {
          type: 'string',
          minLength: 1,
          maxLength: 65536,
          pattern: '^\\S+$',
          description: "the token's `jti`",
        },
      },
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
