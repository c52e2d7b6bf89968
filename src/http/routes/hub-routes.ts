import { ref } from '../../schemas/json-schema';
import type { Answer, MountedRoute, Parameter } from '../route';
import { EVENT_STREAM_TYPE, json, JSON_TYPE, LIVE_HEADERS, PROBLEM_TYPE } from './answers';

/** Where the SignalR hub is mounted. */
export const HUB_PATH = '/hub';

/** Where it is too: some clients know an address to read from and another to write to, with `/hub` behind either. */
export const HUB_PATHS = [HUB_PATH, '/reader/hub', '/writer/hub'] as const;

/** What the routes of the hub are about, for people. */
export const HUB_MEANING =
  "The transports of SignalR. Use one of its clients rather than these routes; the hub's methods are at `/hub-methods`.";

/** TransportProtocols: browsers cannot set headers for a WebSocket or an event stream. */
const ACCESS_TOKEN: Parameter = {
  name: 'access_token',
  in: 'query',
  type: 'string',
  required: false,
  meaning: 'the token, instead of in the header `Authorization`',
};

const CONNECTION: Parameter = {
  name: 'id',
  in: 'query',
  type: 'string',
  required: true,
  meaning: 'the connection token that negotiation gave',
};

/** An answer of SignalR's transports to what they refuse: a sentence, or nothing. */
function refusal(status: number, meaning: string): Answer {
  return { status, mediaTypes: ['text/plain'], meaning };
}

/** For whoever may not connect, or not now. */
const REFUSALS: readonly Answer[] = [
  refusal(401, 'there is no valid token'),
  {
    status: 403,
    mediaTypes: ['text/plain', PROBLEM_TYPE],
    meaning: 'the page comes from an origin that is not allowed, or the connection belongs to another user',
  },
  refusal(429, "the token's subject has its share of the connections or of the memory"),
  refusal(500, 'the server failed unexpectedly'),
  refusal(503, 'there is no room for more, the server is stopping, or keys of an issuer cannot be fetched'),
];

/** For requests that name a connection. */
const CONNECTION_REFUSALS: readonly Answer[] = [
  ...REFUSALS,
  refusal(400, 'no connection is named, or its transport does not take this'),
  refusal(404, 'there is no such connection, or the transport is not offered'),
  refusal(409, 'the connection is busy with another request'),
];

/** The requests of SignalR's transports, which `src/signalr` serves. */
export const HUB_ROUTES: readonly MountedRoute[] = [
  {
    id: 'negotiate',
    verb: 'POST',
    path: `${HUB_PATH}/negotiate`,
    scope: 'any',
    parameters: [
      {
        name: 'negotiateVersion',
        in: 'query',
        type: 'integer',
        required: false,
        default: 0,
        meaning: 'version of the negotiation: 0 or 1',
      },
    ],
    answers: [
      json(
        ref('Negotiation'),
        'a connection and its transports',
        '{"negotiateVersion":1,"connectionId":"Zm9vYmFyYmF6","connectionToken":"c2VjcmV0c2VjcmV0",' +
          '"availableTransports":[{"transport":"WebSockets","transferFormats":["Text","Binary"]}]}',
      ),
    ],
    errors: [],
    refusals: REFUSALS,
    meaning: 'begins a SignalR connection',
    served: 'mounted',
  },
  {
    id: 'refreshToken',
    verb: 'POST',
    path: `${HUB_PATH}/refresh`,
    scope: 'any',
    parameters: [CONNECTION],
    answers: [json(ref('Refreshed'), 'for how many seconds the new token is good', '{"tokenLifetimeSeconds":3600}')],
    errors: [],
    refusals: [
      ...REFUSALS.filter(({ status }) => status !== 401 && status !== 403),
      ...[400, 401, 404].map((status) => ({ ...json(ref('RefreshError'), 'why the token was not replaced'), status })),
      {
        status: 403,
        mediaTypes: [JSON_TYPE, 'text/plain', PROBLEM_TYPE],
        schema: ref('RefreshError'),
        meaning: 'the token is of another user, or the page of an origin that is not allowed',
      },
    ],
    meaning: 'gives an open SignalR connection another token of the same subject, as clients of .NET 11 do',
    served: 'mounted',
  },
  {
    id: 'connect',
    verb: 'GET',
    path: HUB_PATH,
    scope: 'any',
    parameters: [{ ...CONNECTION, required: false }, ACCESS_TOKEN],
    answers: [
      { status: 101, mediaTypes: [], meaning: 'WebSockets' },
      {
        status: 200,
        mediaTypes: [EVENT_STREAM_TYPE, 'application/octet-stream', 'text/plain'],
        headers: LIVE_HEADERS,
        meaning: 'Server-Sent Events, or a long poll, the first of which is empty',
      },
      { status: 204, mediaTypes: ['text/plain'], meaning: 'a long poll of a connection that has ended' },
    ],
    errors: [],
    refusals: CONNECTION_REFUSALS,
    meaning: 'SignalR over WebSockets, Server-Sent Events and long polling, in JSON and MessagePack',
    served: 'mounted',
  },
  {
    id: 'sendHubMessages',
    verb: 'POST',
    path: HUB_PATH,
    scope: 'any',
    parameters: [CONNECTION],
    body: {
      mediaTypes: [],
      required: true,
      meaning: 'hub messages',
      example: '{"protocol":"json","version":1}\u001e',
    },
    answers: [{ status: 200, mediaTypes: ['text/plain'], meaning: 'the messages were taken' }],
    errors: [],
    refusals: [
      ...CONNECTION_REFUSALS,
      refusal(405, 'the connection is a WebSocket'),
      refusal(413, 'a message is too large'),
    ],
    meaning: 'what a client sends over Server-Sent Events and long polling',
    served: 'mounted',
  },
  {
    id: 'endConnection',
    verb: 'DELETE',
    path: HUB_PATH,
    scope: 'any',
    parameters: [CONNECTION],
    answers: [{ status: 202, mediaTypes: ['text/plain'], meaning: 'the connection ends' }],
    errors: [],
    refusals: CONNECTION_REFUSALS,
    meaning: 'ends a long polling connection',
    served: 'mounted',
  },
];

/** The template of each of the paths. */
const TEMPLATES: ReadonlyMap<string, string> = new Map(
  HUB_ROUTES.flatMap(({ path }) => HUB_PATHS.map((hub) => [`${hub}${path.slice(HUB_PATH.length)}`, path])),
);

/** The template of a path of the hub, whichever of its addresses was asked; `undefined`: it is none. */
export function hubTemplateOf(path: string): string | undefined {
  return TEMPLATES.get(path);
}
