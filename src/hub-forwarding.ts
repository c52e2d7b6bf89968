import { hkdfSync } from 'node:crypto';
import type { Config } from './config';
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

/** How requests are passed on to the hub that has their connection; `undefined`: they are not. */
export function openForwarding(config: Config, logger: Logger): HubForwarding | undefined {
  const { forwardingHost: host, forwardingPort: port, forwardingAddress: address } = config;
  if (host === undefined) return undefined;
  const keys = keysOf(config);
  const channel = openHubChannel(config, logger);
  if (channel === undefined) return undefined;
  return { channel, forwarding: { keys, host, port, ...(address !== undefined && { address }) } };
}

/** The first signs. Secrets that were made in data directories are not those of other hubs. */
function keysOf({ forwardingKeys, jwtSecret }: Config): readonly string[] {
  if (forwardingKeys !== undefined) return forwardingKeys;
  // One of the two is there: `refuseContradictions`.
  const key = hkdfSync('sha256', jwtSecret!, '', 'writer-hub forwarding', KEY_BYTES);
  return [Buffer.from(key).toString('base64')];
}
