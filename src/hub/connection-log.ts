import type { Principal } from '../auth/principal';
import type { Logger } from '../log';
import type { HubHooks } from '../signalr';

/** Logs a line when a connection begins and one when it ends. */
export function connectionLog(logger: Logger): HubHooks<Principal> {
  return {
    onConnected({ connectionId, principal, request }) {
      logger.info({ connectionId, subject: principal.subject, remote: request.remoteAddress }, 'hub connection');
    },
    onDisconnected({ connectionId }, error) {
      logger.info({ connectionId, reason: error?.message }, 'hub connection ended');
    },
  };
}
