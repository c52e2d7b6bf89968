/** Where the server reports what it does; a pino logger fits as it is. Message contents and query strings are never logged. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

const ignore = (): void => undefined;

/** The default: nothing is reported. */
export const silentLogger: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore };
