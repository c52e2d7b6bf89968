import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Request, Response } from 'express';
import type { Principal } from '../auth/principal';
import type { ErrorCode } from '../errors';
import type { JsonSchema } from '../schemas/json-schema';
import type { KnownParameters } from './known-parameters';
import type { RouteContext } from './route-context';

/** A route as data: what it takes and answers, for whoever documents it, and what serves it. */
export type Route = ExpressRoute | DirectRoute | MountedRoute;

export type Verb = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** A scope for the topic or data source that one of the route's parameters names. */
export type NamedScope = `${'append' | 'read' | 'drop'}:{${string}}`;

/**
 * Who may call. `none`: everybody. `any`: the bearer of a valid token, who sees what the token may read. Otherwise the
 * bearer of one of these scopes. `admin` allows everything; `create` allows whatever `append:{…}` does.
 */
export type RequiredScope = 'none' | TokenScope;
export type TokenScope = 'any' | readonly ('admin' | 'create' | NamedScope)[];

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly type: 'string' | 'integer' | 'boolean';
  /** Of an integer: how wide it is. */
  readonly format?: 'int64';
  readonly required: boolean;
  /** The values there are, when they can be listed. */
  readonly values?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  /** Of a string: a regular expression that all of it matches. */
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  /** Whether it may be given several times. */
  readonly repeated?: true;
  readonly default?: string | number | boolean;
  /** A value to try. */
  readonly example?: string | number | boolean;
  readonly meaning: string;
}

export interface RequestBody {
  /** Media types it may have; empty: the route does not look at the content type. */
  readonly mediaTypes: readonly string[];
  readonly required: boolean;
  readonly meaning: string;
  /** The text of one, as the first of the media types. */
  readonly example: string;
  /** Of the JSON document. Absent: the body is text. */
  readonly schema?: JsonSchema;
}

/** A header of an answer. */
export interface AnswerHeader {
  readonly name: string;
  /** Whether every such answer has it. */
  readonly required: boolean;
  readonly schema: JsonSchema;
  readonly meaning: string;
}

/** An answer that is not an error. Errors have the form of the route's API and the codes of `src/errors.ts`. */
export interface Answer {
  readonly status: number;
  /** None: the body is empty. */
  readonly mediaTypes: readonly string[];
  /** Of the JSON document. */
  readonly schema?: JsonSchema;
  /** Of each line of `application/x-ndjson`, and of the data of each event of `text/event-stream`. */
  readonly item?: JsonSchema;
  readonly headers?: readonly AnswerHeader[];
  /** The JSON text of a true answer, or for `text/event-stream` and lines alone the text itself. */
  readonly example?: string;
  readonly meaning: string;
}

export interface RouteDescription {
  /** A name for programs that are made from the description, `camelCase`. */
  readonly id: string;
  /** A route for GET answers HEAD as well. */
  readonly verb: Verb;
  /** `/topics/{topic}/streams`: a parameter stands for a part of the path without `/`. */
  readonly path: string;
  readonly parameters: readonly Parameter[];
  readonly body?: RequestBody;
  readonly answers: readonly Answer[];
  /** What it may fail with besides what follows from its scope, parameters and body. */
  readonly errors: readonly ErrorCode[];
  readonly meaning: string;
  /** More than `meaning` says, in Markdown. */
  readonly details?: string;
  /** Whether its handler refuses query parameters with a reason of its own. */
  readonly refusesQuery?: true;
}

/** Answers a request that needs no token. */
export type Handler = (request: Request, response: Response) => void | Promise<void>;

/** Answers a request whose token has been verified. */
export type AuthenticatedHandler = (principal: Principal, request: Request, response: Response) => Promise<void>;

/**
 * Served by Express, which verifies the token before the handler is called. `handler` makes it for one server, or gives
 * `undefined` when that server does not have the route.
 */
export type ExpressRoute = RouteDescription & { readonly served: 'express' } & (
    | { readonly scope: 'none'; readonly handler: (context: RouteContext) => Handler | undefined }
    | { readonly scope: TokenScope; readonly handler: (context: RouteContext) => AuthenticatedHandler | undefined }
  );

/** A path that has been matched: behind it the values of its parameters, in the template's order and decoded. */
export type PathMatch = readonly string[];

/** Answers a request by itself; also finds and verifies the token. */
export type DirectHandler = (request: IncomingMessage, response: ServerResponse, match: PathMatch) => Promise<void>;

/** Served in front of Express, which would cost several times what storing an event or a row does. */
export interface DirectRoute extends RouteDescription {
  readonly served: 'direct';
  readonly scope: TokenScope;
  /** `query` is what the handler asks whether a request has parameters that the route does not take. */
  readonly handler: (context: RouteContext, query: KnownParameters) => DirectHandler;
}

/** Served by something that brings its own request handler; the row only documents it. */
export interface MountedRoute extends RouteDescription {
  readonly served: 'mounted';
  readonly scope: RequiredScope;
  /** How it answers what it refuses: in a form of its own, without codes. */
  readonly refusals: readonly Answer[];
}

/** Routes that take the token from the same places. */
export interface Api {
  readonly name: string;
  /** What its routes are about, for people. */
  readonly meaning: string;
  /** Finds the token of a request. Throws `unauthenticated`. */
  readonly findToken: (request: IncomingMessage) => string;
  /** Whether paths match in any case and with a slash at the end too: for addresses that people type. */
  readonly lenientPaths?: true;
  /** Query parameters that clients send of their own, and that change nothing. */
  readonly ignoredParameters?: readonly string[];
  readonly routes: readonly (ExpressRoute | DirectRoute)[];
}
