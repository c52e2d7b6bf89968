// `npm run bench`: every scenario with the hub and with the bare server of its entry point, one process at a time.
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { parseArgs } from 'node:util';
import { hostingScenarios } from './hosting/hosting-scenarios';
import { liveScenarios } from './live/live-scenarios';
import { describeMachine } from './machine';
import { faults, legend, type Measured, table } from './report';
import { PARAMETER_SCENARIOS, SCENARIOS, type Scenario } from './scenarios';
import { type Run, runBaseline, runHub, type RunOptions } from './run';
import { sampleScenarios } from './samples/sample-scenarios';
import { positive, print, runScript } from './support/script';

const USAGE = `npm run bench -- [groups] [options]
  groups           events, parameters, signalr, live: which scenarios (default: all)
  --quick          one short round per scenario: shows that everything works, not how fast it is
  --only PATTERNS  only scenarios whose name matches one of these regular expressions, with commas between them
  --rounds N       rounds of each scenario and side (default 3)
  --out FILE       also write the report to this file
  --directory DIR  where data directories are made (default: the system's temporary directory)`;

/** The groups of scenarios that can be asked for by name. */
const GROUPS = ['events', 'parameters', 'signalr', 'live'];

async function measure(scenario: Scenario, rounds: number, options: RunOptions): Promise<Measured> {
  const baseline: Run[] = [];
  const hub: Run[] = [];
  for (let round = 1; round <= rounds; round++) {
    baseline.push(progress(scenario, 'bare', await runBaseline(scenario, options)));
    hub.push(progress(scenario, 'hub', await runHub(scenario, options)));
  }
  return { scenario, hub, baseline };
}

function progress(scenario: Scenario, side: string, run: Run): Run {
  const rate = Math.round(run.eventsPerSecond).toLocaleString('en-US');
  const cpu = `CPU µs/event: server ${run.serverCpu.toFixed(2)}, load ${run.loadCpu.toFixed(2)}`;
  process.stderr.write(`${scenario.name}, ${side}: ${rate} events/s, p99 ${run.p99.toFixed(1)} ms, ${cpu}\n`);
  return run;
}

async function main(): Promise<boolean> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string', default: '' },
      rounds: { type: 'string', default: '3' },
      out: { type: 'string' },
      directory: { type: 'string', default: tmpdir() },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    print(USAGE);
    return true;
  }
  const patterns = values.only.split(',').map((pattern) => new RegExp(pattern));
  const wanted = ({ name }: { readonly name: string }): boolean => patterns.some((pattern) => pattern.test(name));
  const unknown = positionals.find((group) => !GROUPS.includes(group));
  if (unknown !== undefined) throw new Error(`there is no group ${unknown}, but ${GROUPS.join(', ')}`);
  const of = <T extends { readonly name: string }>(group: string, scenarios: readonly T[]): readonly T[] =>
    positionals.length === 0 || positionals.includes(group) ? scenarios.filter(wanted) : [];
  const chosen = [...of('events', SCENARIOS), ...of('parameters', PARAMETER_SCENARIOS)];
  const hosting = [
    ...of('parameters', sampleScenarios),
    ...of('signalr', hostingScenarios),
    ...of('live', liveScenarios),
  ];
  if (chosen.length + hosting.length === 0) throw new Error(`no scenario matches --only ${values.only}`);
  const rounds = values.quick ? 1 : positive('rounds', values.rounds);
  const times = values.quick ? { warmUpMs: 200, windowMs: 600 } : { warmUpMs: 2000, windowMs: 5000 };
  const machine = await describeMachine(values.directory);
  const measured: Measured[] = [];
  for (const scenario of chosen)
    measured.push(await measure(scenario, rounds, { ...times, directory: values.directory }));
  const hosted: string[] = [];
  for (const scenario of hosting) hosted.push(await scenario.measure({ ...times, rounds, quick: values.quick }));

  const measurements = chosen.length === 0 ? [] : [table(measured), '', legend(measured, rounds), ''];
  const report = [...measurements, ...hosted, ...(hosted.length === 0 ? [] : ['']), machine].join('\n');
  print(report);
  if (values.out !== undefined) writeFileSync(values.out, `${report}\n`);
  const wrong = faults(measured);
  for (const fault of wrong) process.stderr.write(`FAULT ${fault}\n`);
  return wrong.length === 0;
}

void runScript(60 * 60_000, main);
