// The clients of one run of a hosting scenario: `load.ts '<HostingSpec as JSON>'` prints its result as JSON.
import { setTimeout as delay } from 'node:timers/promises';
import { cpuMicroseconds } from '../support/procfs';
import { memoryOf } from './control';
import { invocationFrame, type Listener, openListeners } from './listener';
import type { BroadcastResult, HostingSpec, IdleResult } from './hosting-spec';

const TEXT = 'x'.repeat(100);

function fail(reason: Error): void {
  process.stderr.write(`${String(reason.stack)}\n`);
  process.exit(1);
}

/** Opens the connections, which then do nothing, and measures what each costs the server. */
async function idle({ url, port, connections }: HostingSpec): Promise<IdleResult> {
  // The first connections make the server load code, which should not be counted.
  await openListeners(port, 100, fail);
  const before = await memoryOf(url);
  await openListeners(port, connections, fail);
  const after = await memoryOf(url);
  return {
    residentPerConnection: (after.resident - before.resident) / connections,
    objectsPerConnection: (after.objects - before.objects) / connections,
  };
}

/** Keeps broadcasts in flight: one that has reached everyone is followed by the next. */
async function broadcast(spec: HostingSpec): Promise<BroadcastResult> {
  const { port, pid, connections, inFlight, warmUpMs, windowMs } = spec;
  const listeners = await openListeners(port, connections, fail);
  const speaker = listeners[0];
  if (speaker === undefined) throw new Error('a broadcast needs connections');
  const counter = new Counter(listeners, speaker, inFlight);
  counter.start();
  await delay(warmUpMs);
  const [before, cpu, start] = [counter.received, cpuMicroseconds(pid), performance.now()];
  await delay(windowMs);
  const messages = counter.received - before;
  return {
    messages,
    seconds: (performance.now() - start) / 1000,
    serverCpu: (cpuMicroseconds(pid) - cpu) / messages,
  };
}

/** Counts the messages that arrive, and asks for the next broadcast when one has reached everyone. */
class Counter {
  received = 0;
  #asked = 0;
  readonly #frame = invocationFrame('Broadcast', [TEXT]);
  readonly #listeners: readonly Listener[];
  readonly #speaker: Listener;
  readonly #inFlight: number;

  constructor(listeners: readonly Listener[], speaker: Listener, inFlight: number) {
    this.#listeners = listeners;
    this.#speaker = speaker;
    this.#inFlight = inFlight;
  }

  start(): void {
    for (const listener of this.#listeners) {
      listener.count((count) => {
        this.received += count;
        this.#ask();
      });
    }
    this.#ask();
  }

  #ask(): void {
    const everyone = this.#listeners.length;
    while (this.#asked * everyone - this.received <= (this.#inFlight - 1) * everyone) {
      this.#asked++;
      this.#speaker.send(this.#frame);
    }
  }
}

async function main(spec: HostingSpec): Promise<void> {
  const result = spec.kind === 'idle' ? await idle(spec) : await broadcast(spec);
  process.stdout.write(JSON.stringify(result), () => process.exit(0));
}

main(JSON.parse(process.argv[2] ?? '{}') as HostingSpec).catch((error: unknown) => {
  fail(error instanceof Error ? error : new Error(String(error)));
});
