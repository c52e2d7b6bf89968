import { type Config, ConfigError } from '../src/config';
import { createLogger } from '../src/log';
import { openForwarding } from '../src/hub-forwarding';
import { completeConfig } from '../src/settings/settings';

const LOGGER = createLogger('silent');

const KAFKA = { store: 'kafka', kafkaBrokers: '127.0.0.1:9092', jwtSecret: 'x'.repeat(40) } as const;

describe('openForwarding', () => {
  it('passes nothing on unless the others are told an address', () => {
    expect(openForwarding(completeConfig(KAFKA), LOGGER)).toBeUndefined();
  });

  it.each<[wrong: string, settings: Partial<Config>, message: RegExp]>([
    ['an address alone', { ...KAFKA, forwardingAddress: 'hub:7000' }, /ADDRESS needs WRITER_HUB_FORWARDING_HOST/],
    ['no address at all', { ...KAFKA, forwardingHost: '0.0.0.0' }, /0\.0\.0\.0 is no address/],
    ['no address of IPv6', { ...KAFKA, forwardingHost: '::' }, /:: is no address/],
    [
      'no secret that others have',
      { store: 'kafka', kafkaBrokers: '127.0.0.1:9092', forwardingHost: '10.0.0.5' },
      /WRITER_HUB_FORWARDING_KEYS or WRITER_HUB_JWT_SECRET/,
    ],
    [
      'a store of one hub',
      { jwtSecret: 'x'.repeat(40), forwardingHost: '10.0.0.5' },
      /FORWARDING_HOST needs WRITER_HUB_STORE=kafka/,
    ],
  ])('refuses %s', (_, settings, message) => {
    const open = (): unknown => completeConfig(settings);
    expect(open).toThrow(ConfigError);
    expect(open).toThrow(message);
  });
});
