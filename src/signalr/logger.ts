import { inspect } from 'node:util';

/**
 * Where the server logs; a pino logger fits, and `console`. Message contents and query strings are never logged.
 */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

const ignore = (): void => undefined;

/** Logs nothing. */
export const silentLogger: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore };

/** The levels that a logger must have. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;

/** How fields are named for people. */
const READABLE_NAMES: Readonly<Record<string, string>> = { connectionId: 'connection', target: 'method' };

/** How many characters of a field are written. */
const LONGEST_FIELD = 200;

/** All that would change the look of a terminal or begin a line, but for the line breaks of a stack. */
// eslint-disable-next-line no-control-regex -- these are what is looked for
const CONTROLS = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029]/g;

/** The default: warnings and errors, readable, on stderr. */
export class StderrLogger implements Logger {
  readonly #hubName: () => string;
  /** How many lines are being written. */
  #writing = 0;

  /** `hubName` tells the hubs of a process apart; it may be empty. */
  constructor(hubName: () => string) {
    this.#hubName = hubName;
  }

  debug(): void {
    // What a client does wrong would fill the log.
  }

  info(): void {
    // Nothing that needs attention.
  }

  warn(fields: object, message: string): void {
    this.#write('warn', fields, message);
  }

  error(fields: object, message: string): void {
    this.#write('error', fields, message);
  }

  /** One line, and below it the stack of an error, indented. */
  #write(level: string, fields: object, message: string): void {
    const named: [string, unknown][] = [];
    const hub = this.#hubName();
    if (hub !== '') named.push(['hub', hub]);
    let error: unknown;
    for (const [name, value] of Object.entries(fields)) {
      if (name === 'err') error = value;
      else if (value !== undefined) named.push([READABLE_NAMES[name] ?? name, value]);
    }
    const list = named.map(([name, value]) => `${name} ${readable(value)}`).join(', ');
    const about = list === '' ? '' : ` (${list})`;
    this.#put(`${new Date().toISOString()} ${level} signalr: ${message}${about}${reason(error)}\n`);
  }

  /** When nobody reads stderr any more, its lines are lost and the process goes on. */
  #put(text: string): void {
    const { stderr } = process;
    if (++this.#writing === 1) stderr.on('error', ignore);
    stderr.write(text, () => {
      // The stream emits its error after this.
      setImmediate(() => {
        if (--this.#writing === 0) stderr.off('error', ignore);
      });
    });
  }
}

function readable(value: unknown): string {
  const text = typeof value === 'string' ? value : inspect(value, { breakLength: Infinity });
  return escaped(text.length > LONGEST_FIELD ? `${text.slice(0, LONGEST_FIELD)}…` : text).replaceAll('\n', '\\n');
}

/** An error as it follows a line: its text, and its stack and causes below. */
function reason(error: unknown): string {
  if (error === undefined) return '';
  return `: ${escaped(inspect(error)).replaceAll('\n', '\n    ')}`;
}

/** Text from a client cannot pass for a line of the log, nor steer a terminal. */
function escaped(text: string): string {
  return text.replace(CONTROLS, (control) => `\\x${control.charCodeAt(0).toString(16).padStart(2, '0')}`);
}
