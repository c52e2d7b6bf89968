import { createHistogram } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { cpuMicroseconds } from '../support/procfs';
import type { LoadResult, LoadSpec } from './load-spec';

/** Counts all acknowledgements by stream, and measures the latency of those inside the window. */
export class Meter {
  /** The size of a batch as it is sent; set by the load. */
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

  /** Whether an answer should be followed by a new batch. */
  get sending(): boolean {
    return !this.#stopping;
  }

  /** Counts the acknowledgement of a batch that was sent at `sentAt` (`performance.now()`). */
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

  /** Waits for the warm-up, measures the window and stops the sending. The caller then waits for what is in flight. */
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
