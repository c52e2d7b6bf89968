import { createRequire } from 'node:module';
import type { Logger } from '../log';
import { HeaderTracing } from './header-tracing';
import { type OpenTelemetry, SpanTracing } from './span-tracing';
import type { Tracing } from './tracing';

/** Where every copy of version 1 of `@opentelemetry/api` in a process looks for what an SDK has registered. */
const REGISTERED = Symbol.for('opentelemetry.js.api.1');

/**
 * Traces with OpenTelemetry if an SDK was registered before the server starts, as with `node --import`. Otherwise
 * nothing of it is loaded.
 */
export function openTracing(version: string, logger: Logger): Tracing {
  const registered = (globalThis as { readonly [REGISTERED]?: { readonly trace?: unknown } })[REGISTERED];
  if (registered?.trace === undefined) return new HeaderTracing(logger);
  let api: OpenTelemetry;
  try {
    api = createRequire(__filename)('@opentelemetry/api') as OpenTelemetry;
  } catch (error) {
    logger.warn({ err: error }, 'there are no traces: @opentelemetry/api is not installed beside the server');
    return new HeaderTracing(logger);
  }
  logger.info('traces go to the OpenTelemetry SDK that is registered');
  return new SpanTracing(api, version, logger);
}
