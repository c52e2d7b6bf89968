import path from 'node:path';
import { fetchArtifacts, KAFKA_VERSION, run } from '../../src/kafka-dev/kafka-jars';

const TOOLS = [`org.apache.kafka:kafka-tools:${KAFKA_VERSION}`];

/** What Kafka's own load generator says of itself. */
export interface ProducerRun {
  readonly recordsPerSecond: number;
  readonly megabytesPerSecond: number;
  readonly p99: number;
}

/** Kafka's `ProducerPerformance`, which Maven fetches into a directory. */
export class ProducerPerformance {
  readonly #classes: string;

  private constructor(classes: string) {
    this.#classes = classes;
  }

  static async fetch(directory: string): Promise<ProducerPerformance> {
    await fetchArtifacts(directory, TOOLS);
    return new ProducerPerformance(path.join(directory, '*'));
  }

  /** Sends so many records of so many bytes as fast as it can, acknowledged by all in-sync replicas. */
  async send(brokers: string, topic: string, records: number, bytes: number): Promise<ProducerRun> {
    const largest = 2 * bytes + 1_000_000;
    const place = ['--bootstrap-server', brokers, '--topic', topic, '--partitions', '1', '--replication-factor', '3'];
    const safe = ['--config', 'min.insync.replicas=2', '--config', `max.message.bytes=${largest}`];
    await this.#run('TopicCommand', ['--create', ...place, ...safe]);
    const amounts = ['--num-records', String(records), '--record-size', String(bytes), '--throughput', '-1'];
    const sending = ['acks=all', 'linger.ms=1', 'batch.size=1000000', `max.request.size=${largest}`];
    const settings = ['--producer-props', `bootstrap.servers=${brokers}`, ...sending];
    const said = await this.#run('ProducerPerformance', ['--topic', topic, ...amounts, ...settings]);
    const last = said.trimEnd().split('\n').at(-1) ?? '';
    const [, rate, megabytes, p99] = /([\d.]+) records\/sec \(([\d.]+) MB\/sec\).* (\d+) ms 99th/.exec(last) ?? [];
    if (rate === undefined || megabytes === undefined) throw new Error(`ProducerPerformance has said: ${said}`);
    // Its megabytes are those of 1,048,576 bytes.
    return { recordsPerSecond: Number(rate), megabytesPerSecond: Number(megabytes) * 1.048576, p99: Number(p99) };
  }

  #run(tool: string, args: readonly string[]): Promise<string> {
    return run('java', ['-Xmx512m', '-cp', this.#classes, `org.apache.kafka.tools.${tool}`, ...args]);
  }
}
