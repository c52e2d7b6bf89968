import { WriterHubError } from '../../../errors';
import type { KafkaError } from './kafka-module';

/** How long a question to the cluster may take, milliseconds; sockets give up before. */
export const ASK = 10_000;

/** How long it is waited before a broker is asked again for a log that was made just now, milliseconds. */
export const LEARN_AGAIN = 20;

/** A code of the protocol. */
const BAD_REPLICATION = 38;

/** The answer to a question. Rejects with `store_unavailable`, but for codes that are as good as an answer. */
export function asked<Result>(
  ask: (done: (error: KafkaError | null | undefined, result: Result) => void) => void,
  good: readonly number[] = [],
): Promise<Result> {
  return new Promise((resolve, reject) => {
    ask((error, result) => {
      if (!error || good.includes(error.code)) resolve(result);
      else reject(toError(error));
    });
  });
}

export function toError(error: KafkaError): WriterHubError {
  const hint = error.code === BAD_REPLICATION ? '; see WRITER_HUB_KAFKA_REPLICATION' : '';
  return new WriterHubError('store_unavailable', `the Kafka cluster says: ${error.message}${hint}`, { cause: error });
}

export function closed(): WriterHubError {
  return new WriterHubError('store_unavailable', 'the connection to Kafka is closed');
}
