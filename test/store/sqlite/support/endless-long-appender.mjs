// Opens the store in a directory and appends long batches and short ones to the same topic, and rows with quarantined
// ones, without end, printing the number of each append when it is acknowledged: a process to be killed at any moment.
// Arguments: the directory and the first number.
import process from 'node:process';
import { Buffer } from 'node:buffer';
import { scanEvents } from '../../../../dist/events/event-scanner.js';
import { TextCuts } from '../../../../dist/json/text-cuts.js';
import { SqliteStore } from '../../../../dist/store/sqlite/sqlite-store.js';

const [directory, first] = process.argv.slice(2);
const EVENTS = 12_000;
const ROWS = 21_000;
const QUARANTINED = 7000;

function eventsOf(number, count) {
  const text = Array(count).fill(`{"timestamp":${number},"id":"${number}"}`).join(',');
  return scanEvents(Buffer.from(`[${text}]`), { maxDepth: 8, maxTags: 8 });
}

function rowsOf(row, count) {
  const cuts = new TextCuts();
  for (let index = 1; index < count; index++) cuts.pass(index * (row.length + 1) - 1, index);
  return { json: Buffer.from(Array(count).fill(row).join(',')), count, ...cuts.noted };
}

async function main() {
  const limits = { maxQueueBytes: 1e8, maxTopics: 10, maxStreamsPerTopic: 10, busyTimeout: 1000 };
  const store = await SqliteStore.open({ directory, ...limits });
  let next = Number(first);
  if (next === 0) {
    await store.rows.createDataSource({ name: 'd', definition: '', columns: [{ name: 'number', storage: 'any' }] });
  }
  const { schemaVersion } = (await store.catalogue.topic('d')).dataSource;

  async function appendForEver(append) {
    for (;;) {
      const number = next++;
      await append(number);
      process.stdout.write(`${number}\n`);
    }
  }

  const send = (streamId, count) => (number) =>
    store.log.append({
      topic: 't',
      streamId,
      holder: streamId,
      createTopic: true,
      batch: eventsOf(number, count),
    });
  const raw = (number) => Buffer.from(String(number)).toString('base64');
  const sendRows = (number) =>
    store.rows.appendRows({
      topic: 'd',
      schemaVersion,
      holder: 'rows',
      rows: rowsOf(`[null,${number}]`, ROWS),
      quarantine: rowsOf(`["${raw(number)}",["c"],["no"],["x"]]`, QUARANTINED),
    });
  const senders = [send('long', EVENTS), send('other', EVENTS), send('short', 3), sendRows];
  await Promise.all(senders.map(appendForEver));
}

main().catch((error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
