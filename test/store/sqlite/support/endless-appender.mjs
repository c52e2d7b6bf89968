// Opens the store in a directory and appends without end, printing the number of each append when it is acknowledged:
// a process to be killed at any moment. Arguments: the directory and the first number.
import process from 'node:process';
import { Buffer } from 'node:buffer';
import { SqliteStore } from '../../../../dist/store/sqlite/sqlite-store.js';

const [directory, first] = process.argv.slice(2);
const streams = 5;
const eventsPerAppend = 3;
const outstanding = 100;

async function main() {
  const limits = { maxQueueBytes: 1e6, maxTopics: 10, maxStreamsPerTopic: 10, busyTimeout: 1000 };
  const store = await SqliteStore.open({ directory, ...limits });
  let next = Number(first);

  async function appendForEver() {
    for (;;) {
      const number = next++;
      const event = `{"timestamp":${number},"id":"${number}"}`;
      const json = Buffer.from(Array(eventsPerAppend).fill(event).join(','));
      const batch = { json, count: eventsPerAppend, minTimestamp: BigInt(number), maxTimestamp: BigInt(number) };
      await store.log.append({ topic: 't', streamId: `s${number % streams}`, createTopic: true, batch });
      process.stdout.write(`${number}\n`);
    }
  }

  await Promise.all(Array.from({ length: outstanding }, appendForEver));
}

main().catch((error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
