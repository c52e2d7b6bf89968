import { WriterHubError } from '../../errors';

/** The most characters of the name of a Kafka topic. https://kafka.apache.org/documentation/#basic_ops_add_topic */
const MOST_CHARACTERS = 249;

const ESCAPED = /[^A-Za-z0-9-]/gu;

/** Which topic of a hub a log is of: its name, and whether another one had that name before. */
export interface LogTopic {
  readonly name: string;
  /** 0 for the first topic of its name. */
  readonly generation: number;
}

/**
 * How the Kafka topics of a hub are called: a prefix, and the name of a topic of the hub, in which `_` is written twice
 * and every other sign but letters, digits and `-` as `_` and two digits for each byte of its UTF-8, so that it can be
 * read back. There is no `.` in it: Kafka takes it for the same as `_`. Where another topic had the name before, `_G`
 * and a number stand behind.
 */
export class TopicNames {
  readonly #prefix: string;

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  /** The Kafka topic of what belongs to no topic of the hub. */
  get catalogue(): string {
    return `${this.#prefix}_Catalogue`;
  }

  /** The Kafka topic of what hubs say to each other. */
  get hubs(): string {
    return `${this.#prefix}_Hubs`;
  }

  /** Throws `invalid_name` when the name is too long for Kafka. */
  of({ name, generation }: LogTopic): string {
    const escaped = name.replace(ESCAPED, escape);
    const found = `${this.#prefix}${escaped}${generation === 0 ? '' : `_G${generation}`}`;
    if (found.length <= MOST_CHARACTERS) return found;
    throw new WriterHubError(
      'invalid_name',
      `the Kafka topic of this topic would have a name of ${found.length} characters, and ${MOST_CHARACTERS} is the most`,
    );
  }

  /** The topic that a Kafka topic is of; `undefined`: it is of none. */
  read(kafkaTopic: string): LogTopic | undefined {
    if (!kafkaTopic.startsWith(this.#prefix)) return undefined;
    const [, escaped = '', generation = '0'] =
      /^((?:[A-Za-z0-9-]|__|_[0-9a-f]{2})+)(?:_G([1-9]\d*))?$/.exec(kafkaTopic.slice(this.#prefix.length)) ?? [];
    if (escaped === '') return undefined;
    const name = decode(escaped.replace(/__|_(..)/g, (_, digits?: string) => `%${digits ?? '5f'}`));
    if (name === undefined) return undefined;
    const topic = { name, generation: Number(generation) };
    return this.of(topic) === kafkaTopic ? topic : undefined;
  }
}

function escape(sign: string): string {
  return sign === '_'
    ? '__'
    : Array.from(Buffer.from(sign), (byte) => `_${byte.toString(16).padStart(2, '0')}`).join('');
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    // The bytes are no UTF-8.
    return undefined;
  }
}
