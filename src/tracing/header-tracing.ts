import type { IncomingMessage } from 'node:http';
import type { Logger } from '../log';
import type { TraceInvocation } from '../signalr';
import type { Store } from '../store/contract/store';
import { type TraceFields, traceFieldsOf } from './trace-context';
import type { Tracing } from './tracing';

/**
 * Passes the traces that callers bring on into the log, where nobody collects any: nothing is looked at but headers,
 * when a line is written.
 */
export class HeaderTracing implements Tracing {
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  request(): undefined {
    return undefined;
  }

  fieldsOf({ headers }: Pick<IncomingMessage, 'headers'>): TraceFields | undefined {
    return traceFieldsOf(headers['traceparent']);
  }

  current(): undefined {
    return undefined;
  }

  /** An invocation that brings a trace has a line of its own, as a request has. */
  readonly invocation: TraceInvocation = (method, { connectionId }, headers) => {
    if (headers === undefined || !this.#logger.isLevelEnabled('info')) return undefined;
    const fields = traceFieldsOf(headers['traceparent']);
    if (fields === undefined) return undefined;
    const started = performance.now();
    return {
      run: (call) => call(),
      ended: (status) => {
        const milliseconds = Math.round((performance.now() - started) * 100) / 100;
        this.#logger.info({ connectionId, method, status, milliseconds, ...fields }, 'invocation');
      },
    };
  };

  watch(store: Store): Store {
    return store;
  }
}
