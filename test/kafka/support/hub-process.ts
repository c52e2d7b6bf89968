import { randomBytes } from 'node:crypto';
import type { HubConnection } from '@microsoft/signalr';
import { tokenIssuer } from '../../../src/auth/token-issuer';
import { Command } from '../../support/command';
import { temporaryDirectory } from '../../support/temporary-directory';
import { BROKERS } from './suite-cluster';

const SECRET = randomBytes(32).toString('base64');

export interface HubOptions {
  /** Of the names of its topics in Kafka. */
  readonly prefix: string;
  /** As `WRITER_HUB_VIEW` has it. */
  readonly view?: string;
  /** Of its data; default: a new one. */
  readonly directory?: string;
}

/** A token that may do everything, at all hubs of the suite. */
export function anyToken(subject: string): string {
  return tokenIssuer(SECRET, {})({ scopes: ['admin'], expiresIn: 600, subject }).token;
}

/** A hub as a process of its own, on the cluster of the suite, that other hubs can call. It ends with the test. */
export class HubProcess {
  private constructor(
    readonly url: string,
    readonly directory: string,
    readonly command: Command,
  ) {}

  /** Resolves when it is ready. */
  static async start({ prefix, view = 'all', directory = temporaryDirectory() }: HubOptions): Promise<HubProcess> {
    const settings = {
      WRITER_HUB_STORE: 'kafka',
      WRITER_HUB_KAFKA_BROKERS: process.env[BROKERS]!,
      WRITER_HUB_KAFKA_PREFIX: prefix,
      WRITER_HUB_FORWARDING_HOST: '127.0.0.1',
      WRITER_HUB_JWT_SECRET: SECRET,
      WRITER_HUB_VIEW: view,
    };
    // The client library is installed where the suite is.
    const command = new Command(['serve', '--port', '0', '--data-dir', directory], settings, { cwd: __dirname });
    const [url] = await command.printed(/http:\/\/127\.0\.0\.1:\d+/);
    while (!(await fetch(`${url}/readyz`)).ok) await new Promise(setImmediate);
    return new HubProcess(url, directory, command);
  }

  /** Resolves when it can ask so many others for views. */
  async linked(hubs: number): Promise<void> {
    const pattern = new RegExp(`^writer_hub_view_hubs ${hubs}$`, 'm');
    while (!pattern.test(await (await fetch(`${this.url}/metrics`)).text())) await new Promise(setImmediate);
  }

  /** Sends one event to the stream `s`, with its id as idempotency key. */
  post(topic: string, id: string): Promise<Response> {
    return this.fetch(`/topics/${topic}/streams/s/events/data`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': id },
      body: JSON.stringify([{ timestamp: 1, id, value: 'v' }]),
    });
  }

  /** The ids of the first thousand events of the stream `s`, in their order. */
  async idsOf(topic: string): Promise<string[]> {
    const answer = await this.fetch(`/topics/${topic}/streams/s/events/data?limit=1000`);
    const { events } = (await answer.json()) as { readonly events: readonly { readonly id: string }[] };
    return events.map(({ id }) => id);
  }

  fetch(address: string, request: RequestInit = {}): Promise<Response> {
    const headers = new Headers(request.headers);
    headers.set('authorization', `Bearer ${anyToken('everybody')}`);
    return fetch(`${this.url}${address}`, { ...request, headers });
  }
}

/** Resolves when a hub that is not ready says so for this reason. */
export async function refusesFor(url: string, reason: RegExp): Promise<void> {
  let said = '';
  while (!reason.test(said)) {
    const answer = await fetch(`${url}/readyz`);
    expect(answer.status).toBe(503);
    said = await answer.text();
  }
}

/** Resolves with the ids of the first events of a topic that are read live from its start, as soon as so many came. */
export function readLive(connection: HubConnection, topic: string, count: number): Promise<string[]> {
  const ids: string[] = [];
  return new Promise((resolve, reject) => {
    connection.stream<{ type: string; id: string }>('ReadEvents', topic, { from: 'earliest' }).subscribe({
      next: ({ type, id }) => {
        if (type === 'event') ids.push(id);
        if (ids.length === count) resolve(ids);
      },
      error: reject,
      complete: () => undefined,
    });
  });
}
