import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { TOKEN } from '../../../bench/support/writer-hub-server';
import type { Hubs } from './hubs';
import { TOPIC } from './loads';

/** Reads a topic live, and goes on at the next hub from the position it has come to when one does not answer. */
export class TopicReader {
  /** What was read of each stream, in order. */
  readonly read = new Map<string, number[]>();
  resumes = 0;
  #position: string | undefined;
  #isOver = false;
  readonly #ending = new AbortController();
  readonly #run: Promise<void>;

  readonly #hubs: Hubs;
  #hub: number;

  constructor(hubs: Hubs, hub: number) {
    this.#hubs = hubs;
    this.#hub = hub;
    this.#run = this.#readAll();
  }

  get count(): number {
    return [...this.read.values()].reduce((sum, { length }) => sum + length, 0);
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    this.#ending.abort();
    await this.#run;
  }

  async #readAll(): Promise<void> {
    while (!this.#isOver) {
      try {
        await this.#readFrom(this.#hubs.url(this.#hub), this.#position ?? 'earliest');
      } catch {
        // Another one has the same.
      }
      this.#hub += 1;
      this.resumes += 1;
      await delay(50);
    }
  }

  async #readFrom(url: string, from: string): Promise<void> {
    const answer = await fetch(`${url}/topics/${TOPIC}/events?from=${from}`, {
      headers: { authorization: `Bearer ${TOKEN}`, accept: 'application/x-ndjson' },
      signal: AbortSignal.any([this.#ending.signal, AbortSignal.timeout(30_000)]),
    });
    if (!answer.ok || answer.body === null) return;
    for await (const line of createInterface({ input: Readable.fromWeb(answer.body as never) })) {
      if (line !== '') this.#take(JSON.parse(line) as Partial<Record<'offset' | 'streamId' | 'id', string>>);
    }
  }

  #take({ offset, streamId, id }: Partial<Record<'offset' | 'streamId' | 'id', string>>): void {
    if (offset !== undefined) this.#position = offset;
    if (streamId === undefined || id === undefined) return;
    const read = this.read.get(streamId) ?? [];
    this.read.set(streamId, read);
    read.push(Number(id));
  }
}
