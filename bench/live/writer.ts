// Writes to a topic at a steady rate: `writer.ts '<WriterSpec as JSON>'` prints its result as JSON.
import { HubClient } from '../support/hub-client';
import { commonTime, type WriterResult, type WriterSpec } from './live-spec';

const BATCHES_PER_SECOND = 100;
const CONNECTIONS = 4;
const STREAMS = 20;
/** More batches than these are not on their way: then the rate is less. */
const MOST_IN_FLIGHT = 200;
const VALUE = 'Successful sample run 001';

function batchText(batch: number, count: number): string {
  const events = Array.from({ length: count }, (_, i) => {
    const timestamp = `1618133869${String(batch).padStart(6, '0')}${String(i).padStart(3, '0')}`;
    // The last event of a batch has its number.
    const id = i === count - 1 ? `b${batch}` : 'Alert';
    return `{"id":"${id}","timestamp":${timestamp},"tags":{"capacity":"over"},"value":"${VALUE}"}`;
  });
  return events.join(',');
}

async function write(spec: WriterSpec): Promise<WriterResult> {
  const count = spec.eventsPerSecond / BATCHES_PER_SECOND;
  const acknowledgedAt: Record<string, number> = {};
  let inFlight = 0;
  let events = 0;
  const listener = {
    onCompletion: (batch: number, error: string | undefined): void => {
      if (error !== undefined) throw new Error(error);
      acknowledgedAt[batch] = commonTime();
      inFlight--;
      events += count;
    },
    onClose: (reason: string): void => {
      throw new Error(reason);
    },
  };
  const clients = await Promise.all(Array.from({ length: CONNECTIONS }, () => HubClient.open(spec, listener)));
  const start = performance.now();
  let sent = 0;
  let skipped = 0;
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const elapsed = performance.now() - start;
      if (elapsed >= spec.durationMs) {
        clearInterval(timer);
        resolve();
        return;
      }
      for (; sent + skipped < (elapsed / 1000) * BATCHES_PER_SECOND;) {
        if (inFlight >= MOST_IN_FLIGHT) {
          skipped++;
          continue;
        }
        inFlight++;
        const args = `["${spec.topic}","stream-${sent % STREAMS}",[${batchText(sent, count)}]]`;
        clients[sent % CONNECTIONS]!.invoke(sent, 'SendEventData', args);
        sent++;
      }
    }, 1000 / BATCHES_PER_SECOND);
  });
  return { events, seconds: (performance.now() - start) / 1000, acknowledgedAt };
}

write(JSON.parse(process.argv[2] ?? '{}') as WriterSpec).then(
  (result) => process.stdout.write(JSON.stringify(result), () => process.exit(0)),
  (error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    process.exit(1);
  },
);
