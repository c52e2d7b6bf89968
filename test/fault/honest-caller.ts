// A caller that goes about its business while others attack: it posts one event every so often and reads it back. Runs
// in a process of its own until its input ends, then prints what it saw as one JSON object.
import { Agent, request } from 'node:http';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';

/** Where it posts to, with whose token. */
export interface HonestSpec {
  readonly url: string;
  readonly token: string;
  readonly topic: string;
}

/** What it saw; latencies in milliseconds. */
export interface HonestReport {
  readonly acknowledged: number;
  readonly refusals: readonly string[];
  readonly p50: number;
  readonly p99: number;
  readonly greatest: number;
  /** The longest time that this process, which has next to nothing to do, got no processor: the machine's noise. */
  readonly noise: number;
}

const PERIOD_MS = 10;
/** The monitor of the event loop looks at it so often, and counts that as part of a delay. */
const MONITOR_INTERVAL = 10;

const spec = JSON.parse(process.argv[2] ?? '') as HonestSpec;
const agent = new Agent({ keepAlive: true });
let over = false;
process.stdin.on('end', () => (over = true)).resume();

function post(number: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const target = `${spec.url}/topics/${spec.topic}/streams/honest/events/data`;
    const headers = { authorization: `Bearer ${spec.token}`, 'content-type': 'application/json' };
    const sending = request(target, { method: 'POST', agent, headers }, (response) => {
      response.resume().on('end', () => {
        resolve(response.statusCode ?? 0);
      });
    });
    sending.on('error', reject);
    sending.end(JSON.stringify([{ id: 'honest', timestamp: number, value: String(number) }]));
  });
}

async function main(): Promise<void> {
  const latencies: number[] = [];
  const refusals: string[] = [];
  const monitor = monitorEventLoopDelay({ resolution: MONITOR_INTERVAL });
  // Its own start is not the machine's noise.
  await post(0);
  monitor.enable();
  for (let number = 1; !over; number++) {
    const started = performance.now();
    try {
      const status = await post(number);
      if (status !== 200) refusals.push(String(status));
      else latencies.push(performance.now() - started);
    } catch (error) {
      refusals.push(String(error));
    }
    await delay(Math.max(0, PERIOD_MS - (performance.now() - started)));
  }
  const sorted = latencies.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  const report: HonestReport = {
    acknowledged: latencies.length + 1,
    refusals: [...new Set(refusals)],
    p50: at(0.5),
    p99: at(0.99),
    greatest: at(1),
    noise: Math.max(0, monitor.max / 1e6 - MONITOR_INTERVAL),
  };
  process.stdout.write(JSON.stringify(report));
  process.exit(0);
}

void main();
