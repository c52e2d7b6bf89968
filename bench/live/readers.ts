// The readers of a topic, in a process of their own: `readers.ts '<ReadersSpec as JSON>'` prints `ready` when all are
// there, begins with the first byte on standard input, and prints its result as JSON.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { cpuMicroseconds } from '../support/procfs';
import { commonTime, type ReadersResult, type ReadersSpec } from './live-spec';

/** So many readers look at what they get; the others count bytes alone, as 500 share a processor with the server. */
const LOOKING = 5;

const BATCH_END = /"id":"b(\d+)"/g;
const EVENT = Buffer.from('\ndata: {"');

/** One reader: a socket that counts what it receives. */
class Reader {
  bytes = 0;
  events = 0;
  /** When the last event of each batch had arrived, if this one looks. */
  readonly arrivedAt: Record<string, number> | undefined;
  /** The end of what came before: an event may be in two pieces. */
  #rest = Buffer.alloc(0);

  private constructor(looks: boolean) {
    this.arrivedAt = looks ? {} : undefined;
  }

  static async open(spec: ReadersSpec, looks: boolean): Promise<Reader> {
    const reader = new Reader(looks);
    const socket = connect({ port: spec.port, host: '127.0.0.1', noDelay: true });
    await once(socket, 'connect');
    socket.write(requestOf(spec));
    await headOf(socket, spec.kind);
    socket.on('data', (chunk: Buffer) => {
      reader.bytes += chunk.length;
      if (looks) reader.#look(chunk);
    });
    socket.on('close', () => {
      process.stderr.write('a reader was cut off\n');
      process.exit(1);
    });
    return reader;
  }

  #look(chunk: Buffer): void {
    const bytes = Buffer.concat([this.#rest, chunk]);
    let at = bytes.indexOf(EVENT);
    let last = 0;
    for (; at >= 0; at = bytes.indexOf(EVENT, last)) {
      this.events++;
      last = at + EVENT.length;
    }
    const now = commonTime();
    const end = bytes.lastIndexOf('\n\n') + 1;
    for (const [, batch = ''] of bytes.toString('latin1', 0, end).matchAll(BATCH_END)) {
      this.arrivedAt![batch] ??= now;
    }
    this.#rest = bytes.subarray(Math.max(last, end));
  }
}

function requestOf({ kind, port, token, topic }: ReadersSpec): string {
  const head = [`Host: 127.0.0.1:${port}`, `Authorization: Bearer ${token}`];
  const webSocket = ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13'];
  const lines =
    kind === 'sse'
      ? [`GET /topics/${topic}/events HTTP/1.1`, ...head, 'Accept: text/event-stream']
      : ['GET /read HTTP/1.1', ...head, ...webSocket, `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`];
  return `${lines.join('\r\n')}\r\n\r\n`;
}

/** Resolves when the server has answered: over SSE, when it has said that what comes is new. */
async function headOf(socket: Socket, kind: ReadersSpec['kind']): Promise<void> {
  let text = '';
  while (!text.includes(kind === 'sse' ? 'caught-up' : '\r\n\r\n')) {
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    text += chunk.toString('latin1');
  }
  if (!/^HTTP\/1\.1 (200|101)/.test(text)) throw new Error(text);
}

async function read(spec: ReadersSpec): Promise<ReadersResult> {
  const { readers: count, pid, warmUpMs, windowMs } = spec;
  const every = Math.max(1, Math.floor(count / LOOKING));
  const readers: Reader[] = [];
  for (let i = 0; i < count; i += 50) {
    const wave = Array.from({ length: Math.min(50, count - i) }, (_, j) => Reader.open(spec, (i + j) % every === 0));
    readers.push(...(await Promise.all(wave)));
  }
  process.stdout.write('ready\n');
  await once(process.stdin, 'data');
  await delay(warmUpMs);
  const sum = (pick: (reader: Reader) => number): number => readers.reduce((total, reader) => total + pick(reader), 0);
  const looking = readers.filter(({ arrivedAt }) => arrivedAt !== undefined);
  const counted = (): { bytes: number; events: number; seen: number } => ({
    bytes: sum(({ bytes }) => bytes),
    events: sum(({ events }) => events),
    seen: looking.reduce((total, { bytes }) => total + bytes, 0),
  });
  const [before, cpu, start] = [counted(), cpuMicroseconds(pid), performance.now()];
  await delay(windowMs);
  const [after, seconds, used] = [counted(), (performance.now() - start) / 1000, cpuMicroseconds(pid) - cpu];
  // All are sent the same: as many events in as many bytes.
  const eventsPerByte = (after.events - before.events) / (after.seen - before.seen || 1);
  return {
    deliveries: (after.bytes - before.bytes) * eventsPerByte,
    seconds,
    serverCpu: used,
    arrivedAt: looking.map(({ arrivedAt }) => arrivedAt ?? {}),
  };
}

read(JSON.parse(process.argv[2] ?? '{}') as ReadersSpec).then(
  (result) => process.stdout.write(JSON.stringify(result), () => process.exit(0)),
  (error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    process.exit(1);
  },
);
