// The same code as for `require`, under names that `import` knows: one copy, so one class HubException.
import server from './dist/index.js';

export const {
  bearerTokenOf,
  createConnectionEndpoint,
  createHubServer,
  Decimal,
  defineHub,
  EVENT_CHANNELS,
  ExactDate,
  HubException,
  LIMIT_NAMES,
  mayCarryTokenInQuery,
  method,
  RawJson,
  stream,
  streamMethod,
} = server;
