import { setTimeout as delay } from 'node:timers/promises';
import path from 'node:path';
import { ROOT, type ServerProcess } from './process';
import { startWriterHub } from './writer-hub-server';

/** How long a hub may take to catch up, milliseconds. */
const READY_WITHIN = 120_000;

/** Starts a hub of the store on these brokers, with more options in its environment. Resolves when it is ready. */
export async function startKafkaHub(
  brokers: string,
  data: string,
  options: Readonly<Record<string, string>> = {},
  port = 0,
): Promise<ServerProcess> {
  const hub = await startWriterHub(
    data,
    {
      WRITER_HUB_STORE: 'kafka',
      WRITER_HUB_KAFKA_BROKERS: brokers,
      // Where the client library is installed.
      NODE_PATH: path.join(ROOT, 'test/kafka/node_modules'),
      ...options,
    },
    port,
  );
  const deadline = performance.now() + READY_WITHIN;
  while (!(await isReady(hub.url))) {
    if (performance.now() > deadline) throw new Error(`the hub at ${hub.url} is not ready: ${hub.log()}`);
    await delay(50);
  }
  return hub;
}

async function isReady(url: string): Promise<boolean> {
  const answer = await fetch(`${url}/readyz`);
  await answer.arrayBuffer();
  return answer.ok;
}
