import type { IncomingMessage } from 'node:http';
import type { Context, Link, Span, Tracer } from '@opentelemetry/api';
import { WriterHubError } from '../errors';
import type { Logger } from '../log';
import type { InvocationTrace, TraceInvocation, TracedConnection, TransportName } from '../signalr';
import type { Store } from '../store/contract/store';
import { type TraceFields, traceFieldsOf } from './trace-context';
import { type AppendedRecords, watchAppends } from './traced-store';
import type { RequestPlace, RequestTrace, TracedAnswer, Tracing } from './tracing';

/** The package `@opentelemetry/api`, which is loaded only where somebody collects traces. */
export type OpenTelemetry = typeof import('@opentelemetry/api');

/** HTTP methods that the semantic conventions know; others are `_OTHER`, so that nobody makes them up. */
const METHODS = new Set(['CONNECT', 'DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT', 'QUERY', 'TRACE']);

/** What the semantic conventions call transports: `signalr.transport`. */
const TRANSPORTS: Readonly<Record<TransportName, string>> = {
  webSockets: 'web_sockets',
  serverSentEvents: 'server_sent_events',
  longPolling: 'long_polling',
};

/**
 * Traces with OpenTelemetry: a span for each request and invocation, below it one for each append until it is
 * committed. Attributes are those of the semantic conventions for HTTP, RPC and databases, as of version 1.29. No query
 * string is ever part of them.
 */
export class SpanTracing implements Tracing {
  readonly #api: OpenTelemetry;
  readonly #tracer: Tracer;
  readonly #logger: Logger;
  /** The spans of requests, for their lines in the log. */
  readonly #requests = new WeakMap<IncomingMessage, Span>();
  /** What the spans of the invocations of a connection are linked to, by the request that began it. */
  readonly #links = new WeakMap<TracedConnection['request'], Link[]>();

  constructor(api: OpenTelemetry, version: string, logger: Logger) {
    this.#api = api;
    this.#tracer = api.trace.getTracer('writer-hub', version);
    this.#logger = logger;
  }

  request(request: IncomingMessage, place: () => RequestPlace): RequestTrace {
    const { SpanKind, context, trace } = this.#api;
    const parent = this.#parentOf(request.headers);
    const attributes = requestAttributes(request, place());
    const name = attributes['http.request.method'] === '_OTHER' ? 'HTTP' : attributes['http.request.method']!;
    const span = this.#tracer.startSpan(name, { kind: SpanKind.SERVER, attributes }, parent);
    this.#requests.set(request, span);
    const inside = trace.setSpan(parent, span);
    return {
      run: (call) => context.with(inside, call),
      ended: (answer) => {
        this.#endRequest(span, name, answer);
      },
    };
  }

  fieldsOf(request: IncomingMessage): TraceFields | undefined {
    return fieldsOf(this.#requests.get(request)) ?? traceFieldsOf(request.headers['traceparent']);
  }

  current(): TraceFields | undefined {
    return fieldsOf(this.#api.trace.getActiveSpan());
  }

  readonly invocation: TraceInvocation = (method, connection, headers): InvocationTrace => {
    const { SpanKind, context, trace, propagation, ROOT_CONTEXT } = this.#api;
    const parent = headers === undefined ? ROOT_CONTEXT : propagation.extract(ROOT_CONTEXT, lowerCased(headers));
    const attributes = {
      'rpc.system': 'signalr',
      'rpc.system.name': 'signalr',
      'rpc.service': 'WriterHub',
      'rpc.method': method,
      'signalr.connection.id': connection.connectionId,
      'signalr.transport': TRANSPORTS[connection.transport],
    };
    const links = this.#linksTo(connection);
    const span = this.#tracer.startSpan(`WriterHub/${method}`, { kind: SpanKind.SERVER, attributes, links }, parent);
    const started = performance.now();
    return {
      run: (call) => context.with(trace.setSpan(parent, span), call),
      ended: (status, error) => {
        if (status === 'failed') this.#fail(span, errorType(error));
        else if (status === 'refused') span.setAttribute('error.type', errorType(error));
        span.end();
        const milliseconds = Math.round((performance.now() - started) * 100) / 100;
        const { connectionId } = connection;
        this.#logger.debug({ connectionId, method, status, milliseconds, ...fieldsOf(span) }, 'invocation');
      },
    };
  };

  watch(store: Store): Store {
    return watchAppends(store, (append, store) => this.#append(append, store));
  }

  /** The span of an append, until it is committed and synced or refused. */
  async #append<Receipt>({ kind, records, bytes }: AppendedRecords, store: () => Promise<Receipt>): Promise<Receipt> {
    const attributes = {
      'db.system.name': 'sqlite',
      'db.operation.name': 'INSERT',
      'db.operation.batch.size': records,
      'writer_hub.append.kind': kind,
      'writer_hub.append.bytes': bytes,
    };
    const span = this.#tracer.startSpan(`commit ${kind}`, { attributes });
    try {
      return await store();
    } catch (error) {
      this.#fail(span, errorType(error));
      throw error;
    } finally {
      span.end();
    }
  }

  /**
   * Where Node.js' own instrumentation has begun a span already, that is the parent; else what the headers say, as the
   * SDK is set up to read them.
   */
  #parentOf(headers: IncomingMessage['headers']): Context {
    const { context, trace, propagation, ROOT_CONTEXT } = this.#api;
    return trace.getActiveSpan() === undefined ? propagation.extract(ROOT_CONTEXT, headers) : context.active();
  }

  /** The trace in which the connection was begun: an invocation may belong to another one. */
  #linksTo({ request }: TracedConnection): Link[] {
    const known = this.#links.get(request);
    if (known !== undefined) return known;
    const { trace, propagation, ROOT_CONTEXT } = this.#api;
    const context = trace.getSpanContext(propagation.extract(ROOT_CONTEXT, request.headers));
    const links = context === undefined ? [] : [{ context }];
    this.#links.set(request, links);
    return links;
  }

  #endRequest(span: Span, name: string, { route, status, code }: TracedAnswer): void {
    span.setAttribute('http.response.status_code', status);
    if (route !== undefined) {
      span.setAttribute('http.route', route);
      span.updateName(`${name} ${route}`);
    }
    // Semantic conventions for HTTP servers: an error of the client is none of the span's.
    if (status >= 500) this.#fail(span, code ?? String(status));
    else if (code !== undefined) span.setAttribute('error.type', code);
    span.end();
  }

  #fail(span: Span, type: string): void {
    span.setAttribute('error.type', type);
    span.setStatus({ code: this.#api.SpanStatusCode.ERROR });
  }
}

function requestAttributes(
  { method = '', headers, httpVersion }: IncomingMessage,
  { scheme, host, path, client }: RequestPlace,
): Record<string, string> {
  const agent = headers['user-agent'];
  return {
    'http.request.method': METHODS.has(method) ? method : '_OTHER',
    ...(!METHODS.has(method) && { 'http.request.method_original': method }),
    'url.scheme': scheme,
    'url.path': path,
    'network.protocol.version': httpVersion,
    ...(host !== undefined && { 'server.address': host }),
    ...(client !== undefined && { 'client.address': client }),
    ...(agent !== undefined && { 'user_agent.original': agent }),
  };
}

/** W3C Trace Context, section 3.2: names of headers have any case. Those of messages come as they were sent. */
function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function fieldsOf(span: Span | undefined): TraceFields | undefined {
  if (span === undefined) return undefined;
  const { traceId, spanId } = span.spanContext();
  return { traceId, spanId };
}

/** A code, or the name of an error's class: never its text, which may repeat what was sent. */
function errorType(error: unknown): string {
  if (error instanceof WriterHubError) return error.code;
  // What the hub throws begins with the code.
  if (error instanceof Error) return /^([a-z_]{3,40}): /.exec(error.message)?.[1] ?? error.name;
  return '_OTHER';
}
