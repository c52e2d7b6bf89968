// The same code as for `require`, under names that `import` knows: one copy, so one class HubException.
import server from './dist/index.js';

export const {
  createHubServer,
  defineHub,
  HubException,
  LIMIT_NAMES,
  mayCarryTokenInQuery,
  method,
  RawJson,
  streamMethod,
} = server;
