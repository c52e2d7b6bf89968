import { once } from 'node:events';
import { networkInterfaces } from 'node:os';
import type { Config } from '../config';
import { createLogger } from '../log';
import { startWriterHub } from '../server';
import { unknownVariables } from '../unknown-variables';
import { banner } from './banner';
import { networkUrlsOf } from './network-urls';
import type { Print } from './print';

/**
 * Serves until SIGTERM or SIGINT, then shuts down in order: what was accepted is committed and answered. A second
 * signal ends the process at once.
 */
export async function serve(config: Config, env: NodeJS.ProcessEnv, print: Print): Promise<void> {
  const logger = createLogger(config.logLevel, { format: config.logFormat });
  for (const { name, meant } of unknownVariables(env)) {
    const hint = meant === undefined ? 'see writer-hub serve --help' : `did you mean ${meant}?`;
    logger.warn({ variable: name, hint }, 'an environment variable is none of the options, and does nothing');
  }
  const hub = await startWriterHub(config, logger);
  const networkUrls = networkUrlsOf(hub.url, config.host, networkInterfaces());
  await print(banner({ ...hub, networkUrls, hasOwnSecret: config.jwtSecret === undefined }));
  const first = new AbortController();
  const { signal: done } = first;
  const signal = await Promise.race([
    once(process, 'SIGTERM', { signal: done }),
    once(process, 'SIGINT', { signal: done }),
  ]);
  first.abort();
  logger.info({ signal: String(signal[0]) }, 'stopping');
  await hub.close();
}
