import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { ROOT, type ServerProcess } from '../../../bench/support/process';
import { startWriterHub } from '../../../bench/support/writer-hub-server';

/** How long a hub may take to catch up, milliseconds. */
const READY_WITHIN = 120_000;

/** The hubs of one store, each at its port for as long as this runs. */
export class Hubs {
  readonly #running: ServerProcess[] = [];
  readonly #directories: readonly string[];
  readonly #options: Readonly<Record<string, string>>;

  private constructor(directory: string, count: number, brokers: string) {
    this.#directories = Array.from({ length: count }, (_, hub) => path.join(directory, `hub-${hub + 1}`));
    this.#options = {
      WRITER_HUB_STORE: 'kafka',
      WRITER_HUB_KAFKA_BROKERS: brokers,
      // Where the client library is installed.
      NODE_PATH: path.join(ROOT, 'test/kafka/node_modules'),
    };
  }

  static async start(directory: string, count: number, brokers: string): Promise<Hubs> {
    const hubs = new Hubs(directory, count, brokers);
    for (let hub = 0; hub < count; hub++) await hubs.start(hub, 0);
    return hubs;
  }

  get count(): number {
    return this.#directories.length;
  }

  /** The address of a hub; they are counted round. */
  url(hub: number): string {
    return this.#running[hub % this.count]!.url;
  }

  /** Starts a hub and waits until it has caught up. */
  async start(hub: number, port = this.#running[hub]!.port): Promise<void> {
    mkdirSync(this.#directories[hub]!, { recursive: true });
    this.#running[hub] = await startWriterHub(this.#directories[hub]!, this.#options, port);
    const deadline = performance.now() + READY_WITHIN;
    while (!(await this.#isReady(hub))) {
      if (performance.now() > deadline) throw new Error(`hub ${hub + 1} is not ready: ${this.#running[hub].log()}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  kill(hub: number): Promise<void> {
    return this.#running[hub]!.kill();
  }

  stop(hub: number): Promise<boolean> {
    return this.#running[hub]!.stop();
  }

  signal(hub: number, signal: NodeJS.Signals): void {
    process.kill(this.#running[hub]!.pid, signal);
  }

  /** Throws away the view of a hub that does not run. */
  forget(hub: number): void {
    rmSync(this.#directories[hub]!, { recursive: true });
  }

  async stopAll(): Promise<void> {
    await Promise.all(this.#running.map((hub) => hub.stop()));
  }

  async #isReady(hub: number): Promise<boolean> {
    const answer = await fetch(`${this.url(hub)}/readyz`);
    await answer.arrayBuffer();
    return answer.ok;
  }
}
