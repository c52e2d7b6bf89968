// Opens the store in a directory and appends rows with idempotency records without end, printing the number of each
// append when it is acknowledged: a process to be killed at any moment. Arguments: the directory and the first number.
import process from 'node:process';
import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { SqliteStore } from '../../../../dist/store/sqlite/sqlite-store.js';

const [directory, first] = process.argv.slice(2);
const rowsPerAppend = 3;
const outstanding = 100;

function appendOf(number, schemaVersion) {
  const row = `[null,${number}]`;
  const failed = [Buffer.from(String(number)).toString('base64'), ['c'], [`${number} does not fit`], [`${number}`]];
  return {
    topic: 'd',
    schemaVersion,
    rows: { json: Buffer.from(Array(rowsPerAppend).fill(row).join(',')), count: rowsPerAppend },
    quarantine: { json: Buffer.from(JSON.stringify(failed)), count: 1 },
    record: {
      key: `key ${number}`,
      subject: '',
      fingerprint: createHash('sha256').update(String(number)).digest(),
      answer: `stored ${number}`,
      expiresAt: Date.now() + 3_600_000,
    },
  };
}

async function main() {
  const limits = { maxQueueBytes: 1e6, maxTopics: 10, maxStreamsPerTopic: 10, busyTimeout: 1000 };
  const store = await SqliteStore.open({ directory, ...limits });
  let next = Number(first);
  if (next === 0) {
    await store.rows.createDataSource({ name: 'd', definition: '', columns: [{ name: 'number', storage: 'any' }] });
  }

  const { schemaVersion } = (await store.catalogue.topic('d')).dataSource;

  async function appendForEver() {
    for (;;) {
      const number = next++;
      await store.rows.appendRows(appendOf(number, schemaVersion));
      process.stdout.write(`${number}\n`);
    }
  }

  await Promise.all(Array.from({ length: outstanding }, appendForEver));
}

main().catch((error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
