// Opens thousands of hub connections, keeps them open, and lets each send one-event invocations: all must be completed
// without an error, and each event must be stored once, in the order of its connection.
import { parseArgs } from 'node:util';
import { HubClient } from '../../bench/support/hub-client';
import { peakMegabytes } from '../../bench/support/procfs';
import { positive, print, runScript } from '../../bench/support/script';
import { withTemporaryDirectory } from '../../bench/support/temporary';
import { startWriterHub, StreamReader, TOKEN } from '../../bench/support/writer-hub-server';
import { faultCount, StreamCheck, StreamLedger, sum } from './ledger';

const TOPIC = 'connections';
const WAVE = 100;

/** One connection with a stream of its own; it sends all its invocations at once and waits for their completions. */
class Sender {
  readonly ledger: StreamLedger;
  readonly check: StreamCheck;
  /** The first thing that went wrong. */
  fault: string | undefined;
  #client: HubClient | undefined;
  #unanswered = 0;
  #settle = (): void => undefined;

  constructor(index: number) {
    this.ledger = new StreamLedger(`connection-${index}`);
    this.check = new StreamCheck(this.ledger);
  }

  async open(port: number): Promise<void> {
    this.#client = await HubClient.open(
      { port, token: TOKEN },
      {
        onCompletion: (id, error) => {
          this.#completed(id, error);
        },
        onClose: (reason) => {
          this.#ended(reason);
        },
      },
    );
  }

  /** Resolves when everything has been answered, or when nothing more can be. */
  send(invocations: number): Promise<void> {
    return new Promise((resolve) => {
      this.#settle = resolve;
      this.#unanswered = invocations;
      if (this.fault !== undefined) resolve();
      for (let count = 0; count < invocations; count++) {
        const { batch, json } = this.ledger.write(1, 0);
        this.#client?.invoke(batch, 'SendEventData', `["${TOPIC}","${this.ledger.stream}",${json}]`);
      }
    });
  }

  close(): void {
    this.#settle = (): void => undefined;
    this.#client?.destroy();
  }

  #completed(id: number, error: string | undefined): void {
    if (error !== undefined) this.fault ??= error;
    this.ledger.answer(id, error === undefined ? 'acknowledged' : 'refused');
    this.#unanswered--;
    if (this.#unanswered === 0) this.#settle();
  }

  #ended(reason: string): void {
    this.fault ??= reason;
    this.#settle();
  }
}

/** Runs an action on all senders, `wave` of them at a time. */
async function inWaves(senders: readonly Sender[], action: (sender: Sender) => Promise<void>): Promise<void> {
  for (let from = 0; from < senders.length; from += WAVE)
    await Promise.all(senders.slice(from, from + WAVE).map(action));
}

async function connections(directory: string, count: number, invocations: number): Promise<boolean> {
  const server = await startWriterHub(directory);
  const senders = Array.from({ length: count }, (_, index) => new Sender(index));
  const start = performance.now();
  await inWaves(senders, (sender) => sender.open(server.port));
  const opened = performance.now();
  print(`${count} connections open after ${((opened - start) / 1000).toFixed(1)} s`);
  await Promise.all(senders.map((sender) => sender.send(invocations)));
  const seconds = (performance.now() - opened) / 1000;

  const reader = new StreamReader(server.url);
  await inWaves(senders, async ({ ledger, check }) => {
    for await (const event of reader.events(TOPIC, ledger.stream)) check.accept(event);
  });
  const findings = sum(senders.map(({ check }) => check.findings()));
  const broken = senders.filter(({ fault }) => fault !== undefined);
  print(`${findings.acknowledged} of ${count * invocations} invocations completed in ${seconds.toFixed(1)} s`);
  print(`refused ${findings.refused}, unanswered ${findings.unanswered}, broken connections ${broken.length}`);
  for (const { fault } of broken.slice(0, 5)) print(`  ${fault ?? ''}`);
  print(`stored events ${findings.events}; ${JSON.stringify(findings.faults)}`);
  print(`server memory at its peak: ${peakMegabytes(server.pid).toFixed(0)} MB`);
  for (const sender of senders) sender.close();
  const clean = await server.stop();
  if (!clean) print(`the server did not end cleanly:\n${server.log()}`);
  const all = count * invocations;
  return (
    clean &&
    broken.length === 0 &&
    faultCount(findings) === 0 &&
    findings.acknowledged === all &&
    findings.events === all
  );
}

void runScript(5 * 60_000, async () => {
  const { values } = parseArgs({
    options: { connections: { type: 'string', default: '2000' }, invocations: { type: 'string', default: '50' } },
  });
  const count = positive('connections', values.connections);
  const invocations = positive('invocations', values.invocations);
  const kept = await withTemporaryDirectory((directory) => connections(directory, count, invocations));
  print(kept ? 'every invocation was completed and its event stored once, in order' : 'FAILED');
  return kept;
});
