import { HubConnectionBuilder, HubConnectionState, LogLevel, type HubConnection } from '@microsoft/signalr';
import { z } from 'zod';
import { type EventBatch, eventBatches } from './event-batches';
import { RawJson, RawJsonHubProtocol } from './raw-json-protocol';
import { batchKey, renderMark, type ResumeMark } from './resume-mark';
import { SendProgress } from './send-progress';
import { SendReport } from './send-report';
import type { Surroundings } from './surroundings';
import type { Target } from './target';
import { CommandError } from './command-error';

/** Nothing, unless there is something to be told. */
const sendAnswer = z
  .object({ warning: z.string().optional() })
  .nullish()
  .transform((answer) => answer ?? {});

export interface SendOptions {
  readonly topic: string;
  readonly streamId: string;
  /** Where to begin, and how many events go into one invocation at the most. */
  readonly mark: ResumeMark;
  /** Whether timestamps are refused that seem to be in another unit than nanoseconds. */
  readonly strict?: boolean;
}

/**
 * Sends the events of `stdin` (a JSON array, or objects on lines) over SignalR, in order. Resolves with the number
 * stored. Stops at the first batch that is refused; then it rejects with a `CommandError` that says which events are
 * stored and how to go on.
 */
export async function send(
  { stdin, stderr }: Pick<Surroundings, 'stdin' | 'stderr'>,
  target: Target,
  options: SendOptions,
): Promise<number> {
  const connection = new HubConnectionBuilder()
    .withUrl(`${target.url}/hub`, { accessTokenFactory: () => target.token })
    .withHubProtocol(new RawJsonHubProtocol())
    .configureLogging(LogLevel.None)
    .build();
  await connection.start().catch((error: unknown) => {
    throw new CommandError(`cannot connect to ${target.url}: ${textOf(error)}`);
  });
  const progress = new SendProgress(stderr);
  try {
    const report = await sendAll(connection, stdin, options, progress);
    if (report.failure === undefined) return report.stored;
    throw new CommandError(explain(report, options.mark));
  } finally {
    progress.stop();
    await connection.stop();
  }
}

async function sendAll(
  connection: HubConnection,
  input: AsyncIterable<Buffer>,
  { topic, streamId, mark, strict }: SendOptions,
  progress: SendProgress,
): Promise<SendReport> {
  const report = new SendReport();

  const sendBatch = async (batch: EventBatch): Promise<void> => {
    const events = new RawJson(`[${batch.events.join(',')}]`);
    const options = { idempotencyKey: batchKey(mark, batch.index), ...(strict === true && { strict }) };
    try {
      const answer = await connection.invoke<unknown>('SendEventData', topic, streamId, events, options);
      const { warning } = sendAnswer.parse(answer);
      if (warning !== undefined) progress.warn(warning);
      report.add(batch, 'stored');
      progress.update(report.stored, batch.bytesBefore);
    } catch (error) {
      const answered = connection.state === HubConnectionState.Connected;
      report.add(batch, answered ? 'refused' : 'unknown', textOf(error));
    }
  };

  const source = eventBatches(input, mark.batch);
  try {
    // One at a time, so that nothing is stored behind a batch that is refused. The next is read meanwhile.
    let reading = source.next();
    while (report.failure === undefined) {
      const read: IteratorResult<EventBatch, void> = await reading;
      if (read.done === true) break;
      const batch = read.value;
      const sending = batch.index < mark.first ? undefined : sendBatch(batch);
      reading = source.next();
      // Whether the input breaks is asked once this has been answered.
      reading.catch(() => undefined);
      await sending;
    }
  } catch (error) {
    report.fail(textOf(error));
  }
  return report;
}

function explain(report: SendReport, mark: ResumeMark): string {
  const lines = [`${report.stored} events were stored, then: ${report.failure ?? ''}`, report.describe()];
  const first = report.firstToRepeat;
  if (first !== undefined) {
    lines.push('later events were not sent; to go on, send the same input again with');
    lines.push(`  --resume ${renderMark({ ...mark, first })}`);
  }
  return lines.filter((line) => line !== '').join('\n');
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
