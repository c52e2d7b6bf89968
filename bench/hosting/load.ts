// The clients of one run of a hosting scenario: `load.ts '<HostingSpec as JSON>'` prints its result as JSON.
import { setTimeout as delay } from 'node:timers/promises';
import { cpuMicroseconds } from '../support/procfs';
import { memoryOf } from './control';
import type { HostingSpec, IdleResult, TrafficResult } from './hosting-spec';
import { invocationFrame, type Listener, openListeners } from './listener';

const TEXT = 'x'.repeat(100);

function fail(reason: Error): void {
  process.stderr.write(`${String(reason.stack)}\n`);
  process.exit(1);
}

/** Counts what arrives, and keeps more coming. */
abstract class Traffic {
  received = 0;
  /** How long answers took, in milliseconds. */
  readonly times: number[] = [];

  abstract start(): void;
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

/** An answer is followed by the next invocation of its connection. */
class Echo extends Traffic {
  readonly #listeners: readonly Listener[];
  readonly #inFlight: number;

  constructor(listeners: readonly Listener[], { inFlight }: HostingSpec) {
    super();
    this.#listeners = listeners;
    this.#inFlight = inFlight;
  }

  start(): void {
    // An id may be used again once it is answered, and those of one connection are answered in order.
    const frames = Array.from({ length: this.#inFlight }, (_, i) => invocationFrame('Echo', [TEXT], { id: `${i}` }));
    for (const listener of this.#listeners) {
      const sent: number[] = [];
      let next = 0;
      const ask = (count: number): void => {
        for (let i = 0; i < count; i++) {
          sent.push(performance.now());
          listener.send(frames[next++ % frames.length]!);
        }
      };
      listener.count((count) => {
        const now = performance.now();
        this.received += count;
        for (const at of sent.splice(0, count)) this.times.push(now - at);
        ask(count);
      });
      ask(this.#inFlight);
    }
  }
}

/** Keeps broadcasts in flight: one that has reached everyone is followed by the next. */
class Broadcast extends Traffic {
  #asked = 0;
  readonly #frame = invocationFrame('Broadcast', [TEXT]);
  readonly #listeners: readonly Listener[];
  readonly #inFlight: number;

  constructor(listeners: readonly Listener[], { inFlight }: HostingSpec) {
    super();
    this.#listeners = listeners;
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
      this.#listeners[0]?.send(this.#frame);
    }
  }
}

/** A stream that has ended is followed by the next. */
class Stream extends Traffic {
  readonly #listeners: readonly Listener[];
  readonly #items: number;

  constructor(listeners: readonly Listener[], { items }: HostingSpec) {
    super();
    this.#listeners = listeners;
    this.#items = items;
  }

  start(): void {
    const frame = invocationFrame('Items', [this.#items, TEXT], { id: 's', type: 4 });
    for (const listener of this.#listeners) {
      let left = 0;
      const ask = (): void => {
        // All items, and the completion.
        left = this.#items + 1;
        listener.send(frame);
      };
      listener.count((count) => {
        this.received += count;
        left -= count;
        if (left === 0) ask();
      });
      ask();
    }
  }
}

const TRAFFIC = { echo: Echo, broadcast: Broadcast, stream: Stream } as const;

async function measure(traffic: Traffic, { pid, warmUpMs, windowMs }: HostingSpec): Promise<TrafficResult> {
  traffic.start();
  await delay(warmUpMs);
  traffic.times.length = 0;
  const [before, cpu, start] = [traffic.received, cpuMicroseconds(pid), performance.now()];
  await delay(windowMs);
  const messages = traffic.received - before;
  const seconds = (performance.now() - start) / 1000;
  const times = traffic.times.toSorted((a, b) => a - b);
  const at = (share: number): number => times[Math.floor(times.length * share)] ?? Number.NaN;
  return { messages, seconds, serverCpu: (cpuMicroseconds(pid) - cpu) / messages, p50: at(0.5), p99: at(0.99) };
}

async function main(spec: HostingSpec): Promise<void> {
  const { kind, port, connections } = spec;
  const run = async (): Promise<IdleResult | TrafficResult> => {
    if (kind === 'idle') return idle(spec);
    return measure(new TRAFFIC[kind](await openListeners(port, connections, fail), spec), spec);
  };
  const result = await run();
  process.stdout.write(JSON.stringify(result), () => process.exit(0));
}

main(JSON.parse(process.argv[2] ?? '{}') as HostingSpec).catch((error: unknown) => {
  fail(error instanceof Error ? error : new Error(String(error)));
});
