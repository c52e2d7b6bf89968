import type { MountedRoute, Parameter } from '../route';

/** Where the SignalR hub is mounted. */
export const HUB_PATH = '/hub';

/** Where it is too: some clients know an address to read from and another to write to, with `/hub` behind either. */
export const HUB_PATHS = [HUB_PATH, '/reader/hub', '/writer/hub'] as const;

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

/** The requests of SignalR's transports, which `src/signalr` serves. */
export const HUB_ROUTES: readonly MountedRoute[] = [
  {
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
    answers: [{ status: 200, mediaTypes: ['application/json'], meaning: 'a connection and its transports' }],
    meaning: 'begins a SignalR connection',
    served: 'mounted',
  },
  {
    verb: 'POST',
    path: `${HUB_PATH}/refresh`,
    scope: 'any',
    parameters: [CONNECTION],
    answers: [{ status: 200, mediaTypes: ['application/json'], meaning: 'for how many seconds the new token is good' }],
    meaning: 'gives an open SignalR connection another token of the same subject, as clients of .NET 11 do',
    served: 'mounted',
  },
  {
    verb: 'GET',
    path: HUB_PATH,
    scope: 'any',
    parameters: [{ ...CONNECTION, required: false }, ACCESS_TOKEN],
    answers: [
      { status: 101, mediaTypes: [], meaning: 'WebSockets' },
      { status: 200, mediaTypes: ['text/event-stream'], meaning: 'Server-Sent Events' },
      { status: 200, mediaTypes: ['application/octet-stream'], meaning: 'a long poll' },
      { status: 204, mediaTypes: [], meaning: 'a long poll of a connection that has ended' },
    ],
    meaning: 'SignalR over WebSockets, Server-Sent Events and long polling, in JSON and MessagePack',
    served: 'mounted',
  },
  {
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
    answers: [{ status: 200, mediaTypes: [], meaning: 'the messages were taken' }],
    meaning: 'what a client sends over Server-Sent Events and long polling',
    served: 'mounted',
  },
  {
    verb: 'DELETE',
    path: HUB_PATH,
    scope: 'any',
    parameters: [CONNECTION],
    answers: [{ status: 202, mediaTypes: [], meaning: 'the connection ends' }],
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
