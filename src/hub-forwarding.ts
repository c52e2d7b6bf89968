import { hkdfSync } from 'node:crypto';
import { type Config, ConfigError } from './config';
import type { Logger } from './log';
import { openHubChannel } from './open-store';
import type { ForwardingOptions } from './signalr';
import type { HubChannel } from './store/kafka/hub-channel';

/** How hubs answer what clients of another one send to them. */
export interface HubForwarding {
  /** How they know of each other. */
  readonly channel: HubChannel;
  readonly forwarding: ForwardingOptions;
}

const KEY_BYTES = 32;

/**
 * How requests are passed on to the hub that has their connection; `undefined`: they are not. Throws a `ConfigError`
 * when what is asked for does not go together.
 */
export function openForwarding(config: Config, logger: Logger): HubForwarding | undefined {
  const { forwardingHost: host, forwardingPort: port, forwardingAddress: address } = config;
  if (host === undefined) {
    if (address === undefined) return undefined;
    throw new ConfigError('WRITER_HUB_FORWARDING_ADDRESS needs WRITER_HUB_FORWARDING_HOST');
  }
  if (address === undefined && (host === '0.0.0.0' || host === '::')) {
    throw new ConfigError(`WRITER_HUB_FORWARDING_HOST ${host} is no address: WRITER_HUB_FORWARDING_ADDRESS says one`);
  }
  const keys = keysOf(config);
  const channel = openHubChannel(config, logger);
  if (channel === undefined) throw new ConfigError('WRITER_HUB_FORWARDING_HOST needs WRITER_HUB_STORE=kafka');
  return { channel, forwarding: { keys, host, port, ...(address !== undefined && { address }) } };
}

/** The first signs. Secrets that were made in data directories are not those of other hubs. */
function keysOf({ forwardingKeys, jwtSecret }: Config): readonly string[] {
  if (forwardingKeys !== undefined) return forwardingKeys;
  if (jwtSecret === undefined) {
    throw new ConfigError(
      'WRITER_HUB_FORWARDING_HOST needs what all hubs have: WRITER_HUB_FORWARDING_KEYS or WRITER_HUB_JWT_SECRET',
    );
  }
  const key = hkdfSync('sha256', jwtSecret, '', 'writer-hub forwarding', KEY_BYTES);
  return [Buffer.from(key).toString('base64')];
}
