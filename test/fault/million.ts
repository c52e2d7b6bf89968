// Sends a million events through `writer-hub send`: each must arrive once, in order, with its exact timestamp, while
// the server's memory stays under a limit.
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { startNode, tail } from '../../bench/support/process';
import { peakMegabytes } from '../../bench/support/procfs';
import { positive, print, runScript } from '../../bench/support/script';
import { withTemporaryDirectory } from '../../bench/support/temporary';
import { COMMAND, startWriterHub, StreamReader, TOKEN } from '../../bench/support/writer-hub-server';

const TOPIC = 'million';
const STREAM = 'run';
const MOST_MEGABYTES = 300;

function timestamp(index: number): string {
  return String(1_618_133_869_000_000_000n + BigInt(index) * 1_001n);
}

function value(index: number): string {
  return `Successful sample run ${index}`;
}

/** Pipes the events into `writer-hub send`, one per line, as fast as it reads them. */
async function send(url: string, events: number, batch: number): Promise<void> {
  const args = [COMMAND, 'send', '--url', url, '--topic', TOPIC, '--stream', STREAM, '--batch', String(batch)];
  const sender = startNode({ args, env: { WRITER_HUB_TOKEN: TOKEN } });
  const errors = tail(sender);
  sender.stdout?.resume();
  const ended = once(sender, 'close');
  const input = sender.stdin;
  if (input === null) throw new Error('the sender has no standard input');
  // A sender that fails closes its input; its exit code and its error output say why.
  input.on('error', () => undefined);
  for (let index = 0; index < events && input.writable; index += batch) {
    const lines = Array.from({ length: Math.min(batch, events - index) }, (_, line) => eventLine(index + line));
    if (!input.write(lines.join(''))) await Promise.race([once(input, 'drain'), ended]);
  }
  input.end();
  await ended;
  if (sender.exitCode !== 0)
    throw new Error(`writer-hub send failed with ${sender.exitCode ?? 'a signal'}:\n${errors()}`);
}

function eventLine(index: number): string {
  return `{"id":"Alert","timestamp":${timestamp(index)},"tags":{"capacity":"over"},"value":"${value(index)}"}\n`;
}

/** Counts the events read back, and those that are not the expected one in their place. */
async function readBack(url: string): Promise<{ stored: number; wrong: number }> {
  let stored = 0;
  let wrong = 0;
  for await (const event of new StreamReader(url).events(TOPIC, STREAM)) {
    if (event.value !== value(stored) || event.timestamp !== timestamp(stored)) wrong++;
    stored++;
  }
  return { stored, wrong };
}

async function million(directory: string, events: number, batch: number): Promise<boolean> {
  const server = await startWriterHub(directory);
  const start = performance.now();
  await send(server.url, events, batch);
  const seconds = (performance.now() - start) / 1000;
  const sendPeak = peakMegabytes(server.pid);
  const { stored, wrong } = await readBack(server.url);
  const peak = peakMegabytes(server.pid);
  const clean = await server.stop();
  print(`sent ${events} in batches of ${batch}: ${seconds.toFixed(1)} s, ${Math.round(events / seconds)} events/s`);
  print(`stored ${stored}, out of place or changed ${wrong}`);
  print(
    `server memory at its peak: ${sendPeak.toFixed(0)} MB after sending, ${peak.toFixed(0)} MB after reading all back`,
  );
  if (!clean) print(`the server did not end cleanly:\n${server.log()}`);
  return clean && stored === events && wrong === 0 && peak < MOST_MEGABYTES;
}

void runScript(10 * 60_000, async () => {
  const { values } = parseArgs({
    options: { events: { type: 'string', default: '1000000' }, batch: { type: 'string', default: '1000' } },
  });
  const events = positive('events', values.events);
  const batch = positive('batch', values.batch);
  const kept = await withTemporaryDirectory((directory) => million(directory, events, batch));
  print(kept ? `each event arrived once, in order, under ${MOST_MEGABYTES} MB` : 'FAILED');
  return kept;
});
