import { createRequire } from 'node:module';
import path from 'node:path';
import { TestEnvironment } from 'jest-environment-node';
import { KAFKA_PACKAGE, type KafkaModule } from '../../../src/store/kafka/client/kafka-module';

/** The native part of the client library can be loaded once in a process: here, not in each test file. */
export default class KafkaEnvironment extends TestEnvironment {
  constructor(...parameters: ConstructorParameters<typeof TestEnvironment>) {
    super(...parameters);
    try {
      const load = createRequire(path.join(__dirname, '../package.json'));
      this.global.kafkaModule = load(KAFKA_PACKAGE) as KafkaModule;
    } catch {
      // The suite says what is missing.
    }
  }
}
