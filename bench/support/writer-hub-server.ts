import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { sign } from 'jsonwebtoken';
import { ROOT, ServerProcess } from './process';

/** The built command of this repository. */
export const COMMAND = path.join(ROOT, 'dist/main.js');

const SECRET = randomBytes(32).toString('base64url');

/** A token that allows everything on the servers started here. */
export const TOKEN = mint('load', 'admin');

/** A token of a subject with these scopes, separated by spaces, for the servers started here. */
export function mint(subject: string, scope: string): string {
  return sign({ scope, sub: subject }, SECRET, { algorithm: 'HS256', expiresIn: '6h' });
}

/** Starts `writer-hub serve` on a free port, or this one, over a data directory, with options in its environment. */
export async function startWriterHub(
  dataDirectory: string,
  options: Readonly<Record<string, string>> = {},
  port = 0,
): Promise<ServerProcess> {
  if (!existsSync(COMMAND)) throw new Error(`${COMMAND} is missing: run "npm run build"`);
  return ServerProcess.start({
    args: [COMMAND, 'serve', '--port', String(port), '--data-dir', dataDirectory, '--log-level', 'warn'],
    env: { WRITER_HUB_JWT_SECRET: SECRET, ...options },
  });
}

/** Posts rows and waits until they are committed; rejects when any is not stored. */
export async function postRows(url: string, dataSource: string, ndjson: string): Promise<void> {
  const answer = await fetch(`${url}/v0/events?name=${dataSource}&wait=true`, {
    method: 'POST',
    headers: { authorization: `Bearer ${TOKEN}` },
    body: ndjson,
  });
  const text = await answer.text();
  if (answer.status !== 200 || !text.includes('"quarantined_rows":0')) throw new Error(`${answer.status} ${text}`);
}

/** The rows of the result of a query. */
export async function querySql<Row>(url: string, sql: string): Promise<Row[]> {
  const query = new URLSearchParams({ q: `${sql} FORMAT JSON` });
  const answer = await fetch(`${url}/v0/sql?${query.toString()}`, { headers: { authorization: `Bearer ${TOKEN}` } });
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(`${sql}: ${answer.status} ${text}`);
  return (JSON.parse(text) as { data: Row[] }).data;
}

/** Which samples. */
interface SamplesOf {
  readonly topic: string;
  readonly stream: string;
  readonly parameter: string;
}

/** How many samples of a parameter a stream has. */
export async function countSamples(url: string, { topic, stream, parameter }: SamplesOf): Promise<number> {
  const query = new URLSearchParams({ parameters: parameter, interval: '36500d', aggregate: 'count' });
  const answer = await fetch(`${url}/topics/${topic}/streams/${stream}/parameters/data?${query.toString()}`, {
    headers: { authorization: `Bearer ${TOKEN}` },
  });
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(`${stream}: ${answer.status} ${text}`);
  const { numericValues } = JSON.parse(text) as { numericValues: Record<string, { count: number[] }> };
  return (numericValues[parameter]?.count ?? []).reduce((sum, count) => sum + count, 0);
}

/** A stored event as it is read back; the timestamp is the exact digits of the response. */
export interface ReadEvent {
  readonly offset: string;
  readonly timestamp: string;
  readonly id: string;
  readonly value: string;
}

/** Reads streams back over HTTP. */
export class StreamReader {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  /** The number of events in a stream according to the server; 0 when there is no such stream. */
  async count(topic: string, stream: string): Promise<number> {
    const answer = await this.#get(`/topics/${topic}/streams/${stream}`);
    if (answer.status === 404) return 0;
    const info = JSON.parse(answer.body) as { eventCount: number };
    return info.eventCount;
  }

  /** Every event of a stream behind the position `after`, page by page, in the order the server gives them. */
  async *events(topic: string, stream: string, after?: string): AsyncGenerator<ReadEvent> {
    let next: string | null | undefined = after;
    while (next !== null) {
      const query: string = next === undefined ? 'limit=5000' : `after=${next}&limit=5000`;
      const answer = await this.#get(`/topics/${topic}/streams/${stream}/events/data?${query}`);
      if (answer.status === 404) return;
      // JSON.parse would round the 19 digits; no value written here contains this text.
      const exact = answer.body.replace(/"timestamp":(-?\d+)/g, '"timestamp":"$1"');
      const page = JSON.parse(exact) as { events: ReadEvent[]; next: string | null };
      yield* page.events;
      next = page.next;
    }
  }

  async #get(target: string): Promise<{ status: number; body: string }> {
    const answer = await fetch(this.#url + target, { headers: { authorization: `Bearer ${TOKEN}` } });
    const body = await answer.text();
    if (answer.status !== 200 && answer.status !== 404) throw new Error(`GET ${target}: ${answer.status} ${body}`);
    return { status: answer.status, body };
  }
}
