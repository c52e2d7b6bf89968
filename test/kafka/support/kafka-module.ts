import { createRequire } from 'node:module';
import path from 'node:path';
import { KAFKA_PACKAGE, type KafkaModule } from '../../../src/store/kafka/client/kafka-module';

declare global {
  // Given by the environment of the suite.
  var kafkaModule: KafkaModule | undefined;
}

/** Whether the client library of test/kafka/package.json is installed. */
export function hasKafkaModule(): boolean {
  try {
    createRequire(path.join(__dirname, '../package.json')).resolve(KAFKA_PACKAGE);
    return true;
  } catch {
    return false;
  }
}

export function kafkaModule(): KafkaModule {
  const module = globalThis.kafkaModule;
  if (module === undefined) throw new Error(`${KAFKA_PACKAGE} cannot be loaded`);
  return module;
}
