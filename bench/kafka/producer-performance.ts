import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { KAFKA_VERSION, run } from '../../src/kafka-dev/kafka-jars';
import { spawn } from 'node:child_process';
import { once } from 'node:events';

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>writer-hub</groupId>
  <artifactId>kafka-bench</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>org.apache.kafka</groupId>
      <artifactId>kafka-tools</artifactId>
      <version>${KAFKA_VERSION}</version>
    </dependency>
  </dependencies>
</project>
`;

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
    const jars = path.join(directory, 'tools');
    if (!existsSync(jars)) {
      mkdirSync(directory, { recursive: true });
      const pom = path.join(directory, 'pom.xml');
      writeFileSync(pom, POM);
      const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${jars}`];
      await run('mvn', ['--batch-mode', '--quiet', '--strict-checksums', '--file', pom, ...goal]);
    }
    return new ProducerPerformance(path.join(jars, '*'));
  }

  /** Sends so many records of so many bytes as fast as it can, acknowledged by all in-sync replicas. */
  async send(brokers: string, topic: string, records: number, bytes: number): Promise<ProducerRun> {
    const place = ['--bootstrap-server', brokers, '--topic', topic, '--partitions', '1', '--replication-factor', '3'];
    const safe = ['--config', 'min.insync.replicas=2', '--config', `max.message.bytes=${2 * bytes + 1_000_000}`];
    await run('java', ['-cp', this.#classes, 'org.apache.kafka.tools.TopicCommand', '--create', ...place, ...safe]);
    const settings = [
      `bootstrap.servers=${brokers}`,
      'acks=all',
      'linger.ms=1',
      'batch.size=1000000',
      `max.request.size=${2 * bytes + 1_000_000}`,
    ];
    const args = ['-Xmx512m', '-cp', this.#classes, 'org.apache.kafka.tools.ProducerPerformance', '--topic', topic];
    const amounts = ['--num-records', String(records), '--record-size', String(bytes), '--throughput', '-1'];
    const child = spawn('java', [...args, ...amounts, '--producer-props', ...settings], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    for (const output of [child.stdout, child.stderr]) output.on('data', (text: Buffer) => (said += text.toString()));
    await once(child, 'close');
    const last = said.trimEnd().split('\n').at(-1) ?? '';
    const [, rate, megabytes, p99] = /([\d.]+) records\/sec \(([\d.]+) MB\/sec\).* (\d+) ms 99th/.exec(last) ?? [];
    if (rate === undefined || megabytes === undefined) throw new Error(`ProducerPerformance has said: ${said}`);
    // Its megabytes are those of 1,048,576 bytes.
    return { recordsPerSecond: Number(rate), megabytesPerSecond: Number(megabytes) * 1.048576, p99: Number(p99) };
  }
}
