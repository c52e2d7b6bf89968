import { rmSync } from 'node:fs';
import path from 'node:path';
import { startKafkaHub } from '../../../bench/support/kafka-hub';
import type { ServerProcess } from '../../../bench/support/process';

/** The hubs of one store, each at its port for as long as this runs. */
export class Hubs {
  readonly #running: ServerProcess[] = [];
  readonly #directories: readonly string[];
  readonly #brokers: readonly string[];

  readonly #views: readonly string[];

  private constructor(directory: string, brokers: readonly string[], views: readonly string[]) {
    this.#views = views;
    this.#directories = brokers.map((_, hub) => path.join(directory, `hub-${hub + 1}`));
    this.#brokers = brokers;
  }

  /** One for each of the addresses of brokers, with a view of what `WRITER_HUB_VIEW` says. */
  static async start(directory: string, brokers: readonly string[], views: readonly string[]): Promise<Hubs> {
    const hubs = new Hubs(directory, brokers, views);
    for (let hub = 0; hub < hubs.count; hub++) await hubs.start(hub, 0);
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
    const options = {
      WRITER_HUB_VIEW: this.#views[hub]!,
      WRITER_HUB_FORWARDING_HOST: '127.0.0.1',
      WRITER_HUB_FORWARDING_KEYS: 'what all hubs of the fault run have in common',
    };
    this.#running[hub] = await startKafkaHub(this.#brokers[hub]!, this.#directories[hub]!, options, port);
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
}
