import type { KafkaConfig } from '../kafka-module';
import { BrokerConnection, type BrokerSecurity } from './broker-connection';
import type { WireReader } from './wire';

/** What a topic is set to, by the names that Kafka has for it. */
export type Settings = ReadonlyMap<string, string>;

interface Question {
  readonly topic: string;
  readonly resolve: (settings: Settings) => void;
  readonly reject: (error: Error) => void;
}

/** https://kafka.apache.org/protocol#The_Messages_DescribeConfigs; 1 is the first version that Kafka 4 knows. */
const [DESCRIBE_CONFIGS, VERSION, TOPIC] = [32, 1, 2];

/** How long a question may take, milliseconds. */
const ASK = 10_000;

/** So many topics are asked about at once. */
const TOPICS_AT_ONCE = 500;

/**
 * Asks a cluster what its topics are set to, which the client library cannot. Questions of one turn of the event loop
 * are one.
 */
export class TopicSettings {
  #waiting: Question[] = [];
  readonly #addresses: readonly string[];
  readonly #security: BrokerSecurity;
  readonly #timeout: number;

  /** `brokers`: `host:port`, separated by commas; `config`: as librdkafka has it; `timeout` in milliseconds. */
  constructor(brokers: string, config: KafkaConfig = {}, timeout = ASK) {
    this.#timeout = timeout;
    this.#addresses = brokers.split(',').map((address) => address.trim());
    this.#security = securityOf(config);
  }

  /** Rejects when no broker can be asked, or the cluster does not say it. */
  of(topic: string): Promise<Settings> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.length === 0) setImmediate(() => void this.#askAll());
      this.#waiting.push({ topic, resolve, reject });
    });
  }

  async #askAll(): Promise<void> {
    const questions = this.#waiting;
    this.#waiting = [];
    for (let from = 0; from < questions.length; from += TOPICS_AT_ONCE) {
      const some = questions.slice(from, from + TOPICS_AT_ONCE);
      try {
        const answers = await this.#ask([...new Set(some.map(({ topic }) => topic))]);
        for (const { topic, resolve, reject } of some) {
          const answer = answers.get(topic) ?? new Error('the cluster has not answered');
          if (answer instanceof Error) reject(answer);
          else resolve(answer);
        }
      } catch (error) {
        for (const { reject } of some) reject(error as Error);
      }
    }
  }

  /** Asks the first broker that can be reached. */
  async #ask(topics: readonly string[]): Promise<Map<string, Settings | Error>> {
    let failure: unknown;
    for (const address of this.#addresses) {
      try {
        return await this.#askBroker(address, topics);
      } catch (error) {
        failure = error;
      }
    }
    throw failure;
  }

  async #askBroker(address: string, topics: readonly string[]): Promise<Map<string, Settings | Error>> {
    const connection = await BrokerConnection.open(address, this.#security, AbortSignal.timeout(this.#timeout));
    try {
      const answer = await connection.request({
        ...{ key: DESCRIBE_CONFIGS, version: VERSION },
        write: (body) => {
          // All settings of each; without where else they could be set.
          body.array(topics, (topic) => body.int8(TOPIC).string(topic).int32(-1)).int8(0);
        },
      });
      answer.int32();
      return new Map(answer.array(() => readTopic(answer)));
    } finally {
      connection.close();
    }
  }
}

function readTopic(answer: WireReader): [topic: string, Settings | Error] {
  const [code, reason] = [answer.int16(), answer.string()];
  answer.int8();
  const topic = answer.string() ?? '';
  const settings = new Map(answer.array(() => readSetting(answer)));
  return [topic, code === 0 ? settings : new Error(reason ?? `the cluster has answered with error ${code}`)];
}

function readSetting(answer: WireReader): [name: string, value: string] {
  const [name = '', value = ''] = [answer.string(), answer.string()];
  // Whether it can be changed, where it comes from, whether it is a secret, and where else it is set.
  answer.boolean();
  answer.int8();
  answer.boolean();
  answer.array(() => [answer.string(), answer.string(), answer.int8()]);
  return [name, value];
}

/** What librdkafka is told, for a connection of our own. */
function securityOf(config: KafkaConfig): BrokerSecurity {
  const protocol = String(config['security.protocol'] ?? 'plaintext');
  const ca = config['ssl.ca.pem'];
  const text = (name: string): string => String(config[name] ?? '');
  return {
    ...(protocol.endsWith('ssl') && { tls: ca === undefined ? {} : { ca: String(ca) } }),
    ...(protocol.startsWith('sasl') && {
      sasl: {
        mechanism: text('sasl.mechanisms'),
        username: text('sasl.username'),
        password: text('sasl.password'),
      },
    }),
  };
}
