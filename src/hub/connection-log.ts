import type { Principal } from '../auth/principal';
import type { Logger } from '../log';
import type { HubHooks } from '../signalr';
import { traceFieldsOf } from '../tracing/trace-context';

/** Logs a line when a connection begins and one when it ends. */
export function connectionLog(logger: Logger): HubHooks<Principal> {
  return {
    onConnected({ connectionId, principal, request }) {
      if (!logger.isLevelEnabled('info')) return;
      const trace = traceFieldsOf(request.headers['traceparent']);
      logger.info(
        { connectionId, subject: principal.subject, remote: request.remoteAddress, ...trace },
        'hub connection',
      );
    },
    onDisconnected({ connectionId }, error) {
      logger.info({ connectionId, reason: error?.message }, 'hub connection ended');
    },
  };
}
