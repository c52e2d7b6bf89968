import type { Scenario } from './scenarios';
import type { Run } from './run';

/** All rounds of one scenario. */
export interface Measured {
  readonly scenario: Scenario;
  readonly hub: readonly Run[];
  readonly baseline: readonly Run[];
}

const COLUMNS = [
  'load',
  'hub events/s',
  'bare events/s',
  'ratio',
  'aim',
  'MB/s',
  'p50 ms',
  'p99 ms',
  'CPU µs/event',
  'bare CPU µs/event',
  'peak MB',
  'bare peak MB',
];

/** The Markdown table. Each side shows its median round; peak memory is the highest of all rounds. */
export function table(measured: readonly Measured[]): string {
  const lines = [COLUMNS, COLUMNS.map((_, index) => (index === 0 ? '---' : '---:')), ...measured.map(cells)];
  return lines.map((line) => `| ${line.join(' | ')} |`).join('\n');
}

/** Describes the load of each scenario, for below the table. */
export function legend(measured: readonly Measured[], rounds: number): string {
  const loads = measured.map(({ scenario }) => {
    const depth = scenario.entryPoint === 'hub' ? ` × ${scenario.inFlight} in flight` : '';
    return `- ${scenario.name}: ${scenario.connections} connections${depth}, ${scenario.streams} streams`;
  });
  return [
    `Hub and bare server alternate, ${rounds} round${rounds === 1 ? '' : 's'} each, every one with fresh processes and`,
    'an empty data directory; shown is the round with the median rate of each side, and the highest memory of all. Times',
    'are from sending a batch to its acknowledgement, which the hub sends after the synced commit. After each round the',
    'stored events are counted.',
    '',
    ...loads,
  ].join('\n');
}

/** Every fault of every round, with the scenario it happened in. */
export function faults(measured: readonly Measured[]): string[] {
  return measured.flatMap(({ scenario, hub, baseline }) =>
    [...hub, ...baseline].flatMap((run) => run.faults.map((fault) => `${scenario.name}: ${fault}`)),
  );
}

/** The round with the median rate. */
export function median(runs: readonly Run[]): Run {
  const sorted = [...runs].sort((a, b) => a.eventsPerSecond - b.eventsPerSecond);
  return sorted[Math.floor((sorted.length - 1) / 2)]!;
}

function cells({ scenario, hub, baseline }: Measured): string[] {
  const ours = median(hub);
  const bare = median(baseline);
  return [
    scenario.name,
    whole(ours.eventsPerSecond),
    whole(bare.eventsPerSecond),
    (ours.eventsPerSecond / bare.eventsPerSecond).toFixed(2),
    aimOf(scenario),
    ours.megabytesPerSecond.toFixed(1),
    ours.p50.toFixed(1),
    ours.p99.toFixed(1),
    ours.serverCpu.toFixed(2),
    bare.serverCpu.toFixed(2),
    whole(Math.max(...hub.map((run) => run.peakMegabytes))),
    whole(Math.max(...baseline.map((run) => run.peakMegabytes))),
  ];
}

function aimOf({ aim, leastRate, leastMegabytes }: Scenario): string {
  if (leastRate !== undefined) return `${whole(leastRate)}/s`;
  if (leastMegabytes !== undefined) return `${leastMegabytes} MB/s`;
  return aim?.toFixed(2) ?? '–';
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}
