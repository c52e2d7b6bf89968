import { createHistogram } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { cpuMicroseconds } from '../support/procfs';
import type { LoadResult, LoadSpec } from './spec';

/** Counts acknowledgements: all of them by stream, and those inside the window with their latency. */
export class Meter {
  /** Bytes of a batch as it is sent, set by whoever makes them. */
  batchBytes = 0;
  readonly #latency = createHistogram({ lowest: 1, highest: 60_000_000, figures: 3 });
  readonly #acknowledged = new Map<string, number>();
  #inWindow = false;
  #events = 0;
  #refused = 0;
  #refusal: string | undefined;
  #stopping = false;
  readonly #spec: LoadSpec;

  constructor(spec: LoadSpec) {
    this.#spec = spec;
  }

  /** Whether answers are still followed by new batches. */
  get sending(): boolean {
    return !this.#stopping;
  }

  /** A batch sent at `sentAt` (`performance.now()`) has been acknowledged. */
  acknowledge(stream: string, sentAt: number): void {
    const { batch } = this.#spec;
    this.#acknowledged.set(stream, (this.#acknowledged.get(stream) ?? 0) + batch);
    if (!this.#inWindow) return;
    this.#events += batch;
    this.#latency.record(Math.max(1, Math.round((performance.now() - sentAt) * 1000)));
  }

  refuse(answer: string): void {
    this.#refused++;
    this.#refusal ??= answer;
  }

  /** Lets the load warm up, measures the window, and then stops the sending; the caller drains what is in flight. */
  async measure(): Promise<() => LoadResult> {
    const spec = this.#spec;
    await delay(spec.warmUpMs);
    const serverCpu = cpuMicroseconds(spec.pid);
    const loadCpu = process.cpuUsage();
    const start = performance.now();
    this.#inWindow = true;
    await delay(spec.windowMs);
    this.#inWindow = false;
    this.#stopping = true;
    const measured = {
      events: this.#events,
      seconds: (performance.now() - start) / 1000,
      batchBytes: this.batchBytes,
      p50: this.#latency.percentile(50) / 1000,
      p99: this.#latency.percentile(99) / 1000,
      serverCpu: cpuMicroseconds(spec.pid) - serverCpu,
      loadCpu: total(process.cpuUsage(loadCpu)),
    };
    return () => ({
      ...measured,
      acknowledged: Object.fromEntries(this.#acknowledged),
      refused: this.#refused,
      ...(this.#refusal === undefined ? {} : { refusal: this.#refusal }),
    });
  }
}

function total(usage: NodeJS.CpuUsage): number {
  return usage.user + usage.system;
}
