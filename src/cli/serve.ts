import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { isatty } from 'node:tty';
import { createLogger, type Logger } from '../log';
import { startWriterHub, type WriterHub } from '../server';
import type { ConfigSource } from '../settings/config-source';
import { FileWatch } from '../settings/file-watch';
import { refuseUnusableFiles } from '../settings/named-files';
import { unknownVariables } from '../unknown-variables';
import { banner } from './banner';
import { networkUrlsOf } from './network-urls';
import type { Print } from './print';

/**
 * Serves until SIGTERM or SIGINT, then shuts down in order: what was accepted is committed and answered. A second
 * signal ends the process at once. SIGHUP, or a change of a file that the settings are in, has them read again.
 */
export async function serve(source: ConfigSource, env: NodeJS.ProcessEnv, print: Print): Promise<void> {
  const settings = source.load();
  refuseUnusableFiles(settings);
  const { config } = settings;
  const logger = createLogger(config.logLevel, { format: config.logFormat });
  warn(source, env, logger);
  const hangUps = new HangUps();
  const hub = await startWriterHub(config, logger);
  const reload = (cause: object): void => {
    logger.info(cause, 'reading the configuration again');
    hub.reload(() => source.load().config);
    if (source.exposesSecret) logger.warn({ file: source.file?.path }, EXPOSED);
  };
  const watch = new FileWatch(
    () => source.files,
    (file) => {
      reload({ file });
    },
  );
  await watch.start();
  hangUps.begin(() => {
    reload({ signal: 'SIGHUP' });
  });
  const networkUrls = networkUrlsOf(hub.url, config.host, networkInterfaces());
  await print(banner({ ...hub, networkUrls, hasOwnSecret: config.jwtSecret === undefined }));
  logger.info({ signal: await stopSignal(hangUps) }, 'stopping');
  watch.stop();
  await closeIgnoring(hub, hangUps);
}

const EXPOSED = 'everybody on this machine may read the secret in the configuration file; take that right away';

function warn(source: ConfigSource, env: NodeJS.ProcessEnv, logger: Logger): void {
  const { file } = source;
  if (file !== undefined) logger.info({ file: file.path, notRead: file.passedOver }, 'configuration file');
  if (source.exposesSecret) logger.warn({ file: file?.path }, EXPOSED);
  for (const { name, meant } of unknownVariables(env)) {
    const hint = meant === undefined ? 'see writer-hub serve --help' : `did you mean ${meant}?`;
    logger.warn({ variable: name, hint }, 'an environment variable is none of the options, and does nothing');
  }
}

/** Resolves with the signal that ends the server. */
async function stopSignal(hangUps: HangUps): Promise<string> {
  const first = new AbortController();
  const { signal: done } = first;
  const signal = await Promise.race([
    once(process, 'SIGTERM', { signal: done }),
    once(process, 'SIGINT', { signal: done }),
    hangUps.terminalGone.then(() => ['SIGHUP']),
  ]);
  first.abort();
  return String(signal[0]);
}

/** A hang-up does not end a server that ends already. */
async function closeIgnoring(hub: WriterHub, hangUps: HangUps): Promise<void> {
  try {
    await hub.close();
  } finally {
    hangUps.end();
  }
}

/**
 * What SIGHUP means: that the terminal is gone which the server was started in, or, as for every service, that its
 * configuration is to be read again. One that comes while the server starts is kept until it has started.
 */
class HangUps {
  readonly terminalGone: Promise<void>;
  #onReload: (() => void) | undefined;
  #isWaiting = false;
  readonly #listener: () => void;

  constructor() {
    const hadTerminal = isatty(0) || isatty(1);
    let leave: () => void = () => undefined;
    this.terminalGone = new Promise((resolve) => (leave = resolve));
    this.#listener = () => {
      if (hadTerminal && !hasTerminal()) leave();
      else if (this.#onReload === undefined) this.#isWaiting = true;
      else this.#onReload();
    };
    process.on('SIGHUP', this.#listener);
  }

  begin(onReload: () => void): void {
    this.#onReload = onReload;
    if (this.#isWaiting) onReload();
  }

  end(): void {
    process.off('SIGHUP', this.#listener);
  }
}

/** Whether the process has a terminal that it could ask something. */
function hasTerminal(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r'));
    return true;
  } catch {
    // ENXIO: there is none, or it was closed.
    return false;
  }
}
