import { arrayOf, integer, type JsonSchema, object, ref, text } from './json-schema';

/** What is answered when a request fails. */
export const ERROR_SCHEMAS = {
  Problem: {
    description:
      'RFC 9457. A request that is not HTTP, or whose headers are too long, has no `code`, and the type `about:blank`.',
    ...object(
      {
        type: text('`urn:writer-hub:error:` and the code'),
        title: text('what is true of every error of this code'),
        status: integer(),
        detail: text('what is wrong with this request'),
      },
      {
        code: text('for programs'),
        problems: arrayOf(
          object({
            index: integer('of the event or definition, or in a column of parameter data'),
            path: text('a JSON path inside it'),
            message: text(),
          }),
          'broken rules, at most 20',
        ),
        position: integer('byte offset in the text at which it is no JSON'),
        earliest: { ...ref('Position'), description: 'the least position that can be read after' },
      },
    ),
  },
  EventsApiError: {
    description: 'An error in the form of the Events API.',
    ...object({ error: text(), documentation: text('the address of a page of this server that explains it') }),
  },
  RefreshError: {
    description: 'Why the token of a connection was not replaced.',
    ...object({
      error: {
        type: 'string',
        enum: [
          'missing_connection_token',
          'unsupported_negotiate_version',
          'connection_not_found',
          'invalid_token',
          'permission_change_rejected',
        ],
      },
    }),
  },
} as const satisfies Record<string, JsonSchema>;
