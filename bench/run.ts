import { rowsText } from './load/batches';
import type { LoadResult, LoadSpec } from './load/load-spec';
import { BASELINES, type Scenario } from './scenarios';
import { outputOf, ServerProcess, typescript } from './support/process';
import { peakMegabytes } from './support/procfs';
import { withTemporaryDirectory } from './support/temporary';
import { countSamples, postRows, querySql, startWriterHub, StreamReader, TOKEN } from './support/writer-hub-server';

const TOPIC = 'bench';

/** How long each run takes, and where the hub stores its data. */
export interface RunOptions {
  readonly warmUpMs: number;
  readonly windowMs: number;
  readonly directory: string;
  /** What is written to, if not the topic of the benchmark. */
  readonly topic?: string;
}

/** One run of one scenario against one server. */
export interface Run {
  readonly eventsPerSecond: number;
  /** Of events as they are sent, without the head of a request. */
  readonly megabytesPerSecond: number;
  readonly p50: number;
  readonly p99: number;
  /** CPU microseconds per event. */
  readonly serverCpu: number;
  readonly loadCpu: number;
  readonly peakMegabytes: number;
  /** What went wrong, in words; empty when every acknowledged event is stored and nothing was refused. */
  readonly faults: readonly string[];
}

/** Loads a fresh bare server. */
export async function runBaseline(scenario: Scenario, options: RunOptions): Promise<Run> {
  const server = await ServerProcess.start({ args: typescript(BASELINES[scenario.entryPoint]) });
  try {
    const result = await load(scenario, server, options);
    return summarize(scenario, result, server, refusals(result));
  } finally {
    await server.stop();
  }
}

/** Loads a fresh hub over an empty data directory, then compares what it stored with what it acknowledged. */
export async function runHub(scenario: Scenario, options: RunOptions): Promise<Run> {
  return withTemporaryDirectory(async (directory) => {
    const server = await startWriterHub(directory);
    try {
      if (scenario.entryPoint === 'rows') await postRows(server.url, TOPIC, rowsText(1));
      const result = await load(scenario, server, options);
      const run = summarize(scenario, result, server, []);
      return { ...run, faults: [...refusals(result), ...(await missing(scenario, server, result))] };
    } finally {
      await server.stop();
    }
  }, options.directory);
}

/** Loads a server that runs. */
export async function load(scenario: Scenario, server: ServerProcess, options: RunOptions): Promise<LoadResult> {
  const { warmUpMs, windowMs, topic = TOPIC } = options;
  const spec: LoadSpec = {
    ...scenario,
    port: server.port,
    pid: server.pid,
    token: TOKEN,
    topic,
    warmUpMs,
    windowMs,
  };
  const output = await outputOf({ args: [...typescript('bench/load/main.ts'), JSON.stringify(spec)] });
  return JSON.parse(output) as LoadResult;
}

function summarize(scenario: Scenario, result: LoadResult, server: ServerProcess, faults: readonly string[]): Run {
  return {
    eventsPerSecond: result.events / result.seconds,
    megabytesPerSecond: ((result.events / scenario.batch) * result.batchBytes) / result.seconds / 1e6,
    p50: result.p50,
    p99: result.p99,
    serverCpu: result.serverCpu / result.events,
    loadCpu: result.loadCpu / result.events,
    peakMegabytes: peakMegabytes(server.pid),
    faults,
  };
}

function refusals(result: LoadResult): string[] {
  return result.refused === 0 ? [] : [`${result.refused} batches refused, the first with: ${result.refusal ?? ''}`];
}

async function missing(scenario: Scenario, server: ServerProcess, result: LoadResult): Promise<string[]> {
  const faults: string[] = [];
  if (scenario.entryPoint === 'rows') {
    const [count] = await querySql<{ n: number }>(server.url, `SELECT count(*) AS n FROM ${TOPIC}`);
    const acknowledged = Object.values(result.acknowledged).reduce((before, rows) => before + rows, 0);
    // The row that created the data source is not counted.
    const stored = (count?.n ?? 0) - 1;
    return stored === acknowledged ? [] : [`${acknowledged} rows acknowledged, ${stored} stored`];
  }
  if (scenario.parameters !== undefined) return missingSamples(scenario.parameters, server, result);
  const reader = new StreamReader(server.url);
  for (const [stream, acknowledged] of Object.entries(result.acknowledged)) {
    const stored = await reader.count(TOPIC, stream);
    if (stored !== acknowledged) faults.push(`${stream}: ${acknowledged} events acknowledged, ${stored} stored`);
  }
  return faults;
}

/** Every package has as many samples of each parameter. */
async function missingSamples(parameters: number, server: ServerProcess, result: LoadResult): Promise<string[]> {
  const faults: string[] = [];
  for (const [stream, acknowledged] of Object.entries(result.acknowledged)) {
    const stored = parameters * (await countSamples(server.url, { topic: TOPIC, stream, parameter: 'parameter-0' }));
    if (stored !== acknowledged) faults.push(`${stream}: ${acknowledged} samples acknowledged, ${stored} stored`);
  }
  return faults;
}
