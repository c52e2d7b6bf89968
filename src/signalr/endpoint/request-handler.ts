import type { IncomingMessage, ServerResponse } from 'node:http';

/** A request handler for Express, connect and plain `http.createServer`. */
export type HubRequestHandler = (request: IncomingMessage, response: ServerResponse, next?: () => void) => void;
