// Removes a large topic, a stream whose events lie among others', and half of a topic by its retention, while another
// topic is written to: its writers must not wait, and the space must serve again.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import Database from 'better-sqlite3';
import { eventsPath, HttpConnection, postHead } from '../../bench/support/http-connection';
import type { ServerProcess } from '../../bench/support/process';
import { positive, print, runScript } from '../../bench/support/script';
import { withTemporaryDirectory } from '../../bench/support/temporary';
import { querySql, startWriterHub, TOKEN } from '../../bench/support/writer-hub-server';

const BATCH = 2000;
/** A hundred streams take turns, so that the events of each lie scattered. */
const STREAMS = 100;
/** How long the query over all events may take (milliseconds). */
const QUERY_TIMEOUT = 5 * 60_000;
/** How long writers are measured while nothing is removed (milliseconds). */
const CALM = 8000;
/** The most a writer may wait in 99 of 100 cases (milliseconds), and on a machine that is busy with something else. */
const MOST_WAIT = 50;
const MOST_WAIT_NOISY = 100;
/** A machine is that if writers wait so long while nothing is removed. */
const NOISY = 15;

const HEADERS = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' };

/** A connection on which one request follows another. */
class Requests {
  #answered: (status: number) => void = () => undefined;
  #connection!: HttpConnection;

  static async open({ port }: ServerProcess): Promise<Requests> {
    const requests = new Requests();
    requests.#connection = await HttpConnection.open(port, {
      onResponse: (status) => {
        requests.#answered(status);
      },
      onClose: () => undefined,
    });
    return requests;
  }

  async post(request: Buffer): Promise<void> {
    const status = await new Promise<number>((resolve) => {
      this.#answered = resolve;
      this.#connection.send(request);
    });
    if (status !== 200) throw new Error(`an append was answered ${status}`);
  }

  close(): void {
    this.#connection.destroy();
  }
}

function requestOf(server: ServerProcess, path: string, events: string): Buffer {
  const body = `[${events}]`;
  return Buffer.from(postHead({ port: server.port, token: TOKEN, path }, Buffer.byteLength(body)) + body);
}

function event(number: number): string {
  return `{"id":"Alert","timestamp":${1_618_133_869_000_000_000 + number},"tags":{"capacity":"over"},"value":"Successful sample run ${number}"}`;
}

/** Fills a topic; gives events a second. */
async function fill(server: ServerProcess, topic: string, events: number): Promise<number> {
  const started = performance.now();
  const texts = Array.from({ length: BATCH }, (_, index) => event(index)).join(',');
  const bodies = Array.from({ length: STREAMS }, (_, stream) =>
    requestOf(server, eventsPath(topic, `s${stream}`), texts),
  );
  const connections = await Promise.all([Requests.open(server), Requests.open(server), Requests.open(server)]);
  let next = 0;
  const run = async (requests: Requests): Promise<void> => {
    while (next < events / BATCH) await requests.post(bodies[next++ % STREAMS]!);
    requests.close();
  };
  await Promise.all(connections.map(run));
  return (events / (performance.now() - started)) * 1000;
}

/** Appends one event after another until `isOver`; gives how long each took. */
async function write(server: ServerProcess, isOver: () => boolean): Promise<number[]> {
  const requests = await Requests.open(server);
  const request = requestOf(server, eventsPath('other', 's'), event(1));
  const waits: number[] = [];
  while (!isOver()) {
    const started = performance.now();
    await requests.post(request);
    waits.push(performance.now() - started);
  }
  requests.close();
  return waits.sort((one, other) => one - other);
}

/** Prints how long appends took, and gives what 99 of 100 took at the most. */
function report(what: string, waits: readonly number[]): number {
  const at = (share: number): number => waits[Math.min(waits.length - 1, Math.floor(waits.length * share))] ?? 0;
  const times = [0.5, 0.99, 1].map((share) => at(share).toFixed(1));
  print(`${what}: ${waits.length} appends, median ${times[0]} ms, p99 ${times[1]} ms, longest ${times[2]} ms`);
  return at(0.99);
}

/** Has the server do something that removes, and measures writers until it has. */
async function whileRemoving(
  { server, database }: { readonly server: ServerProcess; readonly database: Database.Database },
  what: string,
  { method, path, body, isOver }: { method: string; path: string; body?: string; isOver: string },
): Promise<number> {
  const started = performance.now();
  const answer = await fetch(`${server.url}${path}`, { method, headers: HEADERS, ...(body !== undefined && { body }) });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  const answered = performance.now() - started;
  const over = database.prepare(isOver).pluck();
  let looks = 0;
  const waits = await write(server, () => looks++ % 20 === 0 && over.get() === 1);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  return report(`${what}: answered after ${answered.toFixed(0)} ms, done after ${seconds} s`, waits);
}

/** Groups all events by their streams; the answer has to have every stream with all its events. */
async function group(server: ServerProcess, events: number): Promise<void> {
  const started = performance.now();
  const sql = 'SELECT stream_id, count(*) AS events, max(timestamp) AS latest FROM big GROUP BY 1';
  const streams = await querySql<{ readonly events: number }>(server.url, sql);
  const counted = streams.reduce((sum, { events: count }) => sum + count, 0);
  print(`grouped by stream in ${((performance.now() - started) / 1000).toFixed(1)} s: ${streams.length} streams`);
  if (counted !== events) throw new Error(`the streams have ${counted} events together, not ${events}`);
}

async function removal(directory: string, events: number): Promise<boolean> {
  // By default a query is stopped after 10 s.
  const server = await startWriterHub(directory, { WRITER_HUB_SQL_TIMEOUT_MS: String(QUERY_TIMEOUT) });
  const file = join(directory, 'writer-hub.db');
  const megabytes = (): number => Math.round(statSync(file).size / 1e6);
  print(`filled with ${events} events, ${Math.round(await fill(server, 'big', events))} a second; ${megabytes()} MB`);
  await group(server, events);
  const database = new Database(file, { readonly: true });
  const parts = { server, database };
  const calmEnd = performance.now() + CALM;
  const calm = report('calm', await write(server, () => performance.now() > calmEnd));
  const waits: number[] = [];
  const gone = 'SELECT NOT EXISTS (SELECT 1 FROM removals)';
  waits.push(
    await whileRemoving(parts, 'a stream', { method: 'DELETE', path: '/topics/big/streams/s7', isOver: gone }),
    await whileRemoving(parts, 'a topic', { method: 'DELETE', path: '/topics/big', isOver: gone }),
  );
  const before = megabytes();
  await fill(server, 'again', events);
  const after = megabytes();
  print(`${before} MB with the topic removed, ${after} MB after as many events again`);
  const half = Math.round((events * 120) / 2);
  waits.push(
    await whileRemoving(parts, 'half by retention', {
      method: 'PUT',
      path: '/topics/again',
      body: JSON.stringify({ retention: { bytes: half } }),
      isOver: `SELECT text_bytes - removed_bytes <= ${half} FROM topics WHERE name = 'again'`,
    }),
  );
  database.close();
  const clean = await server.stop();
  if (!clean) print(`the server did not end cleanly:\n${server.log()}`);
  const most = calm > NOISY ? MOST_WAIT_NOISY : MOST_WAIT;
  if (most !== MOST_WAIT) print(`the machine is noisy: ${most} ms count`);
  return clean && after < before * 1.1 && waits.every((wait) => wait < most);
}

void runScript(25 * 60_000, async () => {
  const { values } = parseArgs({ options: { events: { type: 'string', default: '4000000' } } });
  const events = positive('events', values.events);
  const kept = await withTemporaryDirectory((directory) => removal(directory, events));
  print(kept ? 'writers hardly waited, and the space served again' : 'FAILED');
  return kept;
});
