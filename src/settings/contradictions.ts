import { type Config, ConfigError, options, type OptionName } from '../config';
import { GivenNames } from './given-names';

/** What is wrong with options of which each alone is right: which of them is named first, and a sentence about it. */
interface Contradiction {
  readonly wrong: OptionName;
  readonly text: (names: GivenNames) => string;
}

/** Refuses options that contradict each other with a `ConfigError`. */
export function refuseContradictions(config: Config, names = new GivenNames()): Config {
  const found = [tls(config), metrics(config), secret(config), forwarding(config), divided(config), kafka(config)].find(
    (contradiction) => contradiction !== undefined,
  );
  if (found === undefined) return config;
  throw new ConfigError(`${names.at(found.wrong)} ${found.text(names)}`);
}

function tls({ tlsCertFile, tlsKeyFile }: Config): Contradiction | undefined {
  if ((tlsCertFile === undefined) === (tlsKeyFile === undefined)) return undefined;
  const [wrong, other] =
    tlsKeyFile === undefined ? (['tlsCertFile', 'tlsKeyFile'] as const) : (['tlsKeyFile', 'tlsCertFile'] as const);
  return { wrong, text: (names) => `and ${names.of(other, wrong)} go together: give both or neither` };
}

function metrics({ host, port, metricsHost, metricsPort }: Config): Contradiction | undefined {
  if (metricsHost !== undefined && metricsPort === undefined) {
    const text = (names: GivenNames): string =>
      `is the address of ${names.of('metricsPort', 'metricsHost')}: give both or neither`;
    return { wrong: 'metricsHost', text };
  }
  if (metricsPort === undefined || metricsPort === 0 || metricsPort !== port || (metricsHost ?? host) !== host)
    return undefined;
  const text = (names: GivenNames): string =>
    `is ${metricsPort}, as ${names.of('port', 'metricsPort')} is: each needs one of its own`;
  return { wrong: 'metricsPort', text };
}

/** What a program gives has not been read from a text. */
function secret({ jwtSecret }: Config): Contradiction | undefined {
  if (jwtSecret === undefined) return undefined;
  const fault = options.jwtSecret.schema.safeParse(jwtSecret).error?.issues[0]?.message;
  return fault === undefined ? undefined : { wrong: 'jwtSecret', text: () => fault };
}

function forwarding(config: Config): Contradiction | undefined {
  const { forwardingHost: host, forwardingAddress: address, store } = config;
  if (host === undefined) return address === undefined ? undefined : needs('forwardingAddress', 'forwardingHost');
  if (address === undefined && (host === '0.0.0.0' || host === '::')) {
    const text = (names: GivenNames): string =>
      `${host} is no address: ${names.of('forwardingAddress', 'forwardingHost')} says one`;
    return { wrong: 'forwardingHost', text };
  }
  if (config.forwardingKeys === undefined && config.jwtSecret === undefined) {
    const text = (names: GivenNames): string => {
      const [keys, secret] = [names.of('forwardingKeys', 'forwardingHost'), names.of('jwtSecret', 'forwardingHost')];
      return `needs what all hubs have: ${keys} or ${secret}`;
    };
    return { wrong: 'forwardingHost', text };
  }
  return store === 'kafka' ? undefined : needs('forwardingHost', 'store', '=kafka');
}

function divided({ view, store, forwardingHost }: Config): Contradiction | undefined {
  if (view === 'all') return undefined;
  if (store !== 'kafka') return needs('view', 'store', '=kafka');
  return forwardingHost === undefined ? needs('view', 'forwardingHost') : undefined;
}

function kafka(config: Config): Contradiction | undefined {
  const { kafkaReplication: replication, kafkaMinInsyncReplicas: inSync } = config;
  if (config.store !== 'kafka') return undefined;
  if (config.kafkaBrokers === undefined) return needs('store', 'kafkaBrokers');
  if (inSync > replication) {
    const text = (names: GivenNames): string =>
      `${inSync} is more than ${names.of('kafkaReplication', 'kafkaMinInsyncReplicas')} ${replication}`;
    return { wrong: 'kafkaMinInsyncReplicas', text };
  }
  if (inSync < 2 && !config.kafkaAllowUnsafe) {
    const text = (names: GivenNames): string =>
      `${inSync}: what is acknowledged may lie on one broker, and go with it; ${names.of('kafkaAllowUnsafe', 'kafkaMinInsyncReplicas')} takes that`;
    return { wrong: 'kafkaMinInsyncReplicas', text };
  }
  if (config.kafkaSasl !== undefined && config.kafkaUsername === undefined) return needs('kafkaSasl', 'kafkaUsername');
  if (config.kafkaSasl !== undefined && config.kafkaPassword === undefined) return needs('kafkaSasl', 'kafkaPassword');
  return config.kafkaCaFile === undefined || config.kafkaTls ? undefined : needs('kafkaCaFile', 'kafkaTls');
}

function needs(wrong: OptionName, other: OptionName, value = ''): Contradiction {
  return { wrong, text: (names) => `needs ${names.of(other, wrong)}${value}` };
}
