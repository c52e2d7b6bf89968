// Kills the server with `kill -9` at random moments under load, starts it again on the same data directory, and reads
// everything back: each acknowledged event must be there once and in order, each other batch whole or not at all. Rows
// are posted with an idempotency key, and sent again after a kill when no answer came: each must be there once.
// Packages of parameter data are looked for by time and live.
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { ServerProcess } from '../../bench/support/process';
import { Random } from '../../bench/support/random';
import { positive, print, runScript } from '../../bench/support/script';
import { withTemporaryDirectory } from '../../bench/support/temporary';
import { startWriterHub, StreamReader } from '../../bench/support/writer-hub-server';
import { faultCount, type Findings, StreamCheck, StreamLedger, sum } from './ledger';
import { checkPackages, describePackages, packageFaults, PackageLedger, startPackageWriter } from './package-writer';
import { checkRows, describeRows, RowLedger, rowFaults, startRowWriter } from './row-writer';
import { startHttpWriter, startHubWriter, type WriterTarget } from './writers';

const TOPIC = 'crash';
const HUB_WRITERS = 4;
const STREAMS_PER_HUB_WRITER = 2;
const HTTP_WRITERS = 4;
const ROW_WRITERS = 4;
const PACKAGE_WRITERS = 2;

const hubLedgers = Array.from({ length: HUB_WRITERS }, (_, writer) =>
  Array.from({ length: STREAMS_PER_HUB_WRITER }, (_, stream) => new StreamLedger(`hub-${writer}-${stream}`)),
);
const httpLedgers = Array.from({ length: HTTP_WRITERS }, (_, writer) => new StreamLedger(`http-${writer}`));
const ledgers = [...hubLedgers.flat(), ...httpLedgers];
const packageLedgers = Array.from({ length: PACKAGE_WRITERS }, (_, writer) => new PackageLedger(`packages-${writer}`));
const rowLedgers = Array.from({ length: ROW_WRITERS }, (_, writer) => new RowLedger(writer));

/** Loads the server, kills it `afterMs` after the first acknowledgement, and waits until every answer has been read. */
async function runAndKill(server: ServerProcess, run: number, random: Random, afterMs: number): Promise<void> {
  let onAcknowledged = (): void => undefined;
  const first = new Promise<void>((resolve) => {
    onAcknowledged = resolve;
  });
  const target: WriterTarget = { port: server.port, topic: TOPIC, run, random, onAcknowledged };
  const writers = await Promise.all([
    ...hubLedgers.map((streams) => startHubWriter(streams, target)),
    ...httpLedgers.map((ledger) => startHttpWriter(ledger, target)),
    ...rowLedgers.map((ledger) => startRowWriter(ledger, target)),
    ...packageLedgers.map((ledger) => startPackageWriter(ledger, target)),
  ]);
  await first;
  await delay(afterMs);
  await server.kill();
  await Promise.all(writers.map((writer) => writer.ended));
}

/** Reads the events that each stream has gained since its last check. */
async function readOn(server: ServerProcess, checks: readonly StreamCheck[]): Promise<Findings> {
  const reader = new StreamReader(server.url);
  for (const [index, check] of checks.entries()) {
    for await (const event of reader.events(TOPIC, ledgers[index]!.stream, check.offset)) check.accept(event);
  }
  return sum(checks.map((check) => check.findings()));
}

/** Whether the server counts as many events as were read. */
async function countsAgree(server: ServerProcess, events: number): Promise<boolean> {
  const reader = new StreamReader(server.url);
  let counted = 0;
  for (const { stream } of ledgers) counted += await reader.count(TOPIC, stream);
  print(`the server counts ${counted} events, ${events} were read`);
  return counted === events;
}

function row(cells: readonly (string | number)[]): string {
  return `| ${cells.map((cell) => String(cell).padStart(9)).join(' | ')} |`;
}

function cells({ events, acknowledged, unanswered, storedUnanswered, refused, faults }: Findings): number[] {
  return [events, acknowledged, unanswered, storedUnanswered, refused, ...Object.values(faults)];
}

async function crash(directory: string, kills: number, random: Random): Promise<boolean> {
  const fresh = (): StreamCheck[] => ledgers.map((ledger) => new StreamCheck(ledger));
  const checks = fresh();
  const headings = ['events', 'acked', 'unacked', 'of them in', 'refused'];
  const faults = ['lost', 'partial', 'repeated', 'disorder', 'refused in', 'overtaking', 'unknown'];
  print(row(['kill', 'after ms', 'start ms', ...headings, ...faults]));
  let server = await startWriterHub(directory);
  let total = 0;
  for (let run = 0; run < kills; run++) {
    // Half of the runs are very short: recovery is then killed while its first commits run.
    const afterMs = random.between(0, 1) === 0 ? random.between(0, 100) : random.between(100, 1500);
    await runAndKill(server, run, random, afterMs);
    const start = performance.now();
    server = await startWriterHub(directory);
    const startMs = Math.round(performance.now() - start);
    const findings = await readOn(server, checks);
    total = faultCount(findings);
    print(row([run + 1, afterMs, startMs, ...cells(findings)]));
  }
  const whole = await readOn(server, fresh());
  print(row(['all', '', '', ...cells(whole)]));
  const counted = await countsAgree(server, whole.events);
  const rows = await checkRows(server.url, TOPIC, rowLedgers);
  print(describeRows(rows));
  const packages = await checkPackages(server.url, TOPIC, packageLedgers);
  print(describePackages(packages));
  const clean = await server.stop();
  if (!clean) print(`the server did not end cleanly:\n${server.log()}`);
  return total + faultCount(whole) + rowFaults(rows) + packageFaults(packages) === 0 && counted && clean;
}

void runScript(15 * 60_000, async () => {
  const { values } = parseArgs({
    options: {
      kills: { type: 'string', default: '20' },
      seed: { type: 'string', default: String(1 + (Date.now() % 1_000_000)) },
    },
  });
  const kills = positive('kills', values.kills);
  print(`${kills} kills, --seed ${values.seed}; counts are cumulative, and are counts of batches except`);
  print('for events, repeated, disorder and unknown, which are counts of events');
  const random = new Random(positive('seed', values.seed));
  const kept = await withTemporaryDirectory((directory) => crash(directory, kills, random));
  print(kept ? 'every acknowledged event is there, once and in order' : 'FAILED');
  return kept;
});
