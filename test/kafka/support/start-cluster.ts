import { BROKERS, FILES, MISSING, startCluster, type SuiteCluster } from './suite-cluster';

declare global {
  var kafkaSuiteCluster: SuiteCluster | undefined;
}

export default async function start(): Promise<void> {
  const started = await startCluster();
  if (typeof started === 'string') {
    process.stdout.write(`not run: ${started}\n`);
    process.env[MISSING] = started;
  } else {
    globalThis.kafkaSuiteCluster = started;
    process.env[BROKERS] = started.addresses;
    process.env[FILES] = started.directory;
  }
}
