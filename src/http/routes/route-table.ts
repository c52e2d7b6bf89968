import { EVENTS_API } from './events-api-routes';
import { HUB_ROUTES } from './hub-routes';
import { LIVE_API } from './live-routes';
import { OPERATIONS_API } from './operations-routes';
import { REFERENCE_API } from './reference-routes';
import type { Api, Route } from '../route';
import { TOKENS_API } from './tokens-routes';
import { TOPICS_API } from './topics-routes';

/** What is served here, in the order in which paths are tried. */
export const APIS: readonly Api[] = [TOPICS_API, LIVE_API, EVENTS_API, TOKENS_API, OPERATIONS_API, REFERENCE_API];

/** Every route of the server, once. The README lists the same and a test compares the two. */
export const ROUTES: readonly Route[] = [...APIS.flatMap(({ routes }) => routes), ...HUB_ROUTES];
