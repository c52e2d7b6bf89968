import type { IncomingMessage } from 'node:http';
import type { TraceInvocation } from '../signalr';
import type { Store } from '../store/contract/store';
import type { TraceFields } from './trace-context';

/** How a request was answered. */
export interface TracedAnswer {
  /** The template of its route; `undefined`: it was for none. */
  readonly route: string | undefined;
  readonly status: number;
  /** The code of the error that it was answered with. */
  readonly code: string | undefined;
}

/** One request that is traced. */
export interface RequestTrace {
  /** Calls what the request sets off, which belongs to the trace. */
  run<T>(call: () => T): T;
  ended(answer: TracedAnswer): void;
}

/** Where a request came to and came from, as proxies have it; without its query, which may hold a token. */
export interface RequestPlace {
  readonly scheme: string;
  readonly host: string | undefined;
  readonly path: string;
  readonly client: string | undefined;
}

/** Follows what the server does for its callers, for whoever collects traces, and for the log. */
export interface Tracing {
  /** A request begins; `undefined`: it is not traced. `place` is called if it is. */
  request(request: IncomingMessage, place: () => RequestPlace): RequestTrace | undefined;
  /** What log lines of a request say. */
  fieldsOf(request: IncomingMessage): TraceFields | undefined;
  /** What log lines say of what is being done just now, where that is known. */
  current(): TraceFields | undefined;
  readonly invocation: TraceInvocation;
  /** The same store, whose appends are traced as part of what they are called for. */
  watch(store: Store): Store;
}
