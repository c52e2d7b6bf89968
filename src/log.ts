import { pino, destination, type Logger } from 'pino';

export type { Logger };

/**
 * JSON lines on stderr, so that stdout stays free for what a command prints. Lines are written in the background and
 * flushed when the process ends. Nothing that is logged may hold a token or a payload: requests are logged by their path alone.
 */
export function createLogger(level: string): Logger {
  const target = destination({ dest: 2, sync: false, minLength: 4096, periodicFlush: 500 });
  return pino({ level, base: null, timestamp: () => `,"time":"${new Date().toISOString()}"` }, target);
}
