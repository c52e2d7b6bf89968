/** Where the server logs; a pino logger fits. Message contents and query strings are never logged. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

const ignore = (): void => undefined;

/** The default: nothing is logged. */
export const silentLogger: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore };
