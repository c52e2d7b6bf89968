// One run of the load generator: `main.ts '<LoadSpec as JSON>'` prints a LoadResult as JSON.
import { AscendingClock, ShuffledClock, type Source } from './batches';
import { HttpLoad } from './http-load';
import { HubLoad } from './hub-load';
import { Meter } from './meter';
import type { LoadSpec } from './load-spec';

async function main(spec: LoadSpec): Promise<void> {
  const meter = new Meter(spec);
  const start = spec.entryPoint === 'hub' ? HubLoad.start.bind(HubLoad) : HttpLoad.start.bind(HttpLoad);
  const sources = Array.from({ length: spec.streams }, (_, index): Source => {
    const clock = spec.shuffled ? new ShuffledClock(index + 1) : new AscendingClock();
    return { stream: `stream-${index}`, clock };
  });
  const loads = await Promise.all(
    Array.from({ length: spec.connections }, (_, index) => start(spec, sources[index % spec.streams]!, meter, fail)),
  );
  const result = await meter.measure();
  await Promise.all(loads.map((load) => load.drain()));
  process.stdout.write(JSON.stringify(result()), () => process.exit(0));
}

function fail(reason: Error): void {
  process.stderr.write(`${String(reason.stack)}\n`);
  process.exit(1);
}

main(JSON.parse(process.argv[2] ?? '{}') as LoadSpec).catch((error: unknown) => {
  fail(error instanceof Error ? error : new Error(String(error)));
});
