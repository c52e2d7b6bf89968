import { setTimeout as delay } from 'node:timers/promises';
import { TOKEN } from '../../../bench/support/writer-hub-server';
import type { Hubs } from './hubs';

export const TOPIC = 'faults';
export const DATA_SOURCE = 'faults_rows';

/** How long a caller waits for an answer, milliseconds. */
const PATIENCE = 20_000;

/** What is written again and again: numbers from 1 on, each acknowledged before the next one. */
export interface Kind {
  readonly name: string;
  /** Whether the same may be sent again under its key; else nobody knows what became of what was not answered. */
  readonly keyed: boolean;
  request(target: string, number: number): { readonly path: string; readonly method: string; readonly body: string };
}

/** What writers write, each to a stream, or part of the rows, of its own. */
export const KINDS: readonly Kind[] = [
  { name: 'keyed', keyed: true, request: (stream, number) => eventRequest(stream, number) },
  { name: 'plain', keyed: false, request: (stream, number) => eventRequest(stream, number) },
  {
    name: 'parameters',
    keyed: true,
    request: (stream, number) => ({
      path: `/topics/${TOPIC}/streams/${stream}/parameters/data`,
      method: 'POST',
      body: JSON.stringify({ timestamps: [number], numericValues: { number: [number] } }),
    }),
  },
  {
    name: 'rows',
    keyed: true,
    request: (writer, number) => ({
      path: `/v0/events?name=${DATA_SOURCE}&wait=true`,
      method: 'POST',
      body: JSON.stringify({ writer, number }),
    }),
  },
  {
    name: 'properties',
    keyed: false,
    request: (stream, number) => ({
      path: `/topics/${TOPIC}/streams/${stream}`,
      method: 'PUT',
      body: JSON.stringify({ name: stream, metadata: { number: String(number) } }),
    }),
  },
];

function eventRequest(stream: string, number: number): ReturnType<Kind['request']> {
  const body = JSON.stringify([{ timestamp: number, id: String(number), value: `value ${number}` }]);
  return { path: `/topics/${TOPIC}/streams/${stream}/events/data`, method: 'POST', body };
}

/** Writes one kind through one hub, and through the next one when it does not answer. */
export class Load {
  readonly target: string;
  readonly acknowledged: number[] = [];
  /** The last that was begun. */
  last = 0;
  /** The longest time from one acknowledgement to the next, milliseconds, since it was read last. */
  #longest = 0;
  #isOver = false;
  readonly #run: Promise<void>;

  readonly #hubs: Hubs;
  readonly #hub: number;

  constructor(
    readonly kind: Kind,
    hubs: Hubs,
    hub: number,
  ) {
    this.#hubs = hubs;
    this.#hub = hub;
    this.target = `${kind.name}-${hub + 1}`;
    this.#run = this.#writeAll();
  }

  takeLongest(): number {
    const longest = this.#longest;
    this.#longest = 0;
    return longest;
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#run;
  }

  async #writeAll(): Promise<void> {
    let before = performance.now();
    while (!this.#isOver) {
      this.last += 1;
      if (!(await this.#write(this.last))) continue;
      this.acknowledged.push(this.last);
      this.#longest = Math.max(this.#longest, performance.now() - before);
      before = performance.now();
    }
  }

  /** Whether it was acknowledged. */
  async #write(number: number): Promise<boolean> {
    for (let times = 0; ; times++) {
      const status = await this.#send(this.#hubs.url(this.#hub + times), number);
      if (status === 200) return true;
      if (status === 400 || status === 422) throw new Error(`${this.target} ${number} was refused with ${status}`);
      await delay(50);
      if (!this.kind.keyed) return false;
    }
  }

  /** The status of the answer; 0: there is none. */
  async #send(url: string, number: number): Promise<number> {
    const { path, method, body } = this.kind.request(this.target, number);
    const key = this.kind.keyed ? { 'idempotency-key': `${this.target}-${number}` } : {};
    try {
      const answer = await fetch(url + path, {
        ...{ method, body, signal: AbortSignal.timeout(PATIENCE) },
        headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json', ...key },
      });
      await answer.arrayBuffer();
      return answer.status;
    } catch {
      return 0;
    }
  }
}
