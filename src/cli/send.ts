import { isUtf8 } from 'node:buffer';
import { fstatSync } from 'node:fs';
import { HubConnectionBuilder, LogLevel, type HubConnection } from '@microsoft/signalr';
import { SingleBar } from 'cli-progress';
import { EventSplitter } from './event-splitter';
import { RawJson, RawJsonHubProtocol } from './raw-json-protocol';
import type { Target } from './target';
import { UsageError } from './usage-error';

export interface SendOptions {
  readonly topic: string;
  readonly streamId: string;
  /** Events of one invocation, at the most. */
  readonly batch: number;
}

/** Bytes of one invocation, at the most; a single larger event is sent alone. */
const BATCH_BYTES = 1024 * 1024;

/** Invocations under way at once. */
const WINDOW = 8;

interface Batch {
  readonly events: readonly Buffer[];
  /** Bytes of the input up to the end of this batch's last event, but for what stands between events. */
  readonly bytesBefore: number;
}

/**
 * Sends the events of `input` (a JSON array, or objects on lines) over SignalR, in order. Resolves with the number
 * stored.
 */
export async function send(input: AsyncIterable<Buffer>, target: Target, options: SendOptions): Promise<number> {
  const connection = new HubConnectionBuilder()
    .withUrl(`${target.url}/hub`, { accessTokenFactory: () => target.token })
    .withHubProtocol(new RawJsonHubProtocol())
    .configureLogging(LogLevel.None)
    .build();
  await connection.start().catch((error: unknown) => {
    throw new UsageError(`cannot connect to ${target.url}: ${textOf(error)}`);
  });
  const progress = new Progress();
  try {
    return await sendAll(connection, batches(input, options.batch), options, progress);
  } finally {
    progress.stop();
    await connection.stop();
  }
}

async function sendAll(
  connection: HubConnection,
  source: AsyncIterable<Batch>,
  { topic, streamId }: SendOptions,
  progress: Progress,
): Promise<number> {
  let sent = 0;
  let stored = 0;
  let failure: UsageError | undefined;
  const underWay = new Set<Promise<void>>();

  const sendBatch = async ({ events, bytesBefore }: Batch): Promise<void> => {
    const first = sent;
    sent += events.length;
    try {
      await connection.invoke('SendEventData', topic, streamId, new RawJson(`[${events.join(',')}]`));
      stored += events.length;
      progress.update(stored, bytesBefore);
    } catch (error) {
      failure ??= new UsageError(`events ${first + 1} to ${first + events.length} of the input: ${textOf(error)}`);
    }
  };

  try {
    for await (const batch of source) {
      const invocation = sendBatch(batch).finally(() => underWay.delete(invocation));
      underWay.add(invocation);
      if (underWay.size >= WINDOW) await Promise.race(underWay);
      if (failure !== undefined) break;
    }
  } catch (error) {
    // The input breaks here; what was sent before is still answered.
    failure ??= new UsageError(textOf(error));
  }
  await Promise.all(underWay);
  if (failure !== undefined) throw new UsageError(`${stored} events were stored, then: ${failure.message}`);
  return stored;
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function* batches(input: AsyncIterable<Buffer>, most: number): AsyncGenerator<Batch> {
  const splitter = new EventSplitter();
  let events: Buffer[] = [];
  let bytes = 0;
  let total = 0;
  let count = 0;
  for await (const chunk of input) {
    for (const event of splitter.push(chunk)) {
      count++;
      if (!isUtf8(event)) throw new UsageError(`event ${count} of the input is not valid UTF-8`);
      if (events.length > 0 && (events.length === most || bytes + event.length > BATCH_BYTES)) {
        yield { events, bytesBefore: total };
        events = [];
        bytes = 0;
      }
      events.push(event);
      bytes += event.length;
      total += event.length;
    }
  }
  splitter.end();
  if (events.length > 0) yield { events, bytesBefore: total };
}

/**
 * A progress bar on stderr: by bytes when the input is a file, else a count. Shows nothing when stderr is not a
 * terminal.
 */
class Progress {
  readonly #bar: SingleBar | undefined;
  readonly #size: number;

  constructor() {
    const input = fstatSync(0);
    this.#size = input.isFile() ? input.size : 0;
    if (!process.stderr.isTTY) return;
    const format = this.#size > 0 ? '{bar} {percentage}% | {events} events | {eta} s left' : '{events} events';
    this.#bar = new SingleBar({ format, stream: process.stderr, hideCursor: true });
    this.#bar.start(Math.max(this.#size, 1), 0, { events: 0 });
  }

  update(events: number, bytes: number): void {
    this.#bar?.update(Math.min(bytes, this.#size), { events });
  }

  stop(): void {
    this.#bar?.stop();
  }
}
