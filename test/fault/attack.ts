// Attacks a server at default settings, one attack after another, while an honest caller goes about its business.
// Prints for each the longest pause of the server's event loop, its greatest memory, and what the honest caller saw.
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startNode, type ServerProcess, tail, typescript } from '../../bench/support/process';
import { residentMegabytes, waitedMilliseconds } from '../../bench/support/procfs';
import { positive, print, runScript } from '../../bench/support/script';
import { withTemporaryDirectory } from '../../bench/support/temporary';
import { mint, startWriterHub, StreamReader, TOKEN } from '../../bench/support/writer-hub-server';
import type { AttackerSpec } from './attacker';
import { ATTACKS, NO_ATTACK } from './attacks/all';
import type { Attack, Target } from './attacks/attack';
import type { HonestReport, HonestSpec } from './honest-caller';

/** What has to hold: milliseconds of the event loop, of the honest caller's p99, and megabytes of memory. */
const LONGEST_PAUSE = 50;
const LONGEST_PAUSE_ON_A_NOISY_MACHINE = 100;
/**
 * A machine is noisy when there is no processor for longer for one of two that have work: the honest caller, which has
 * next to nothing to do, and the server's main thread, in the time between two samples.
 */
const NOISE = 25;
/** The server's monitor of its event loop looks at it so often, and counts that as part of a pause. */
const MONITOR_INTERVAL = 10;
const LONGEST_P99 = 100;
const MOST_MEGABYTES = 1374;

const HONEST_TOPIC = 'honest';
const SAMPLE_MS = 50;

interface Measured {
  readonly pause: number;
  readonly megabytes: number;
  /** How long somebody waited for a processor at the most, in milliseconds. */
  readonly noise: number;
  readonly honest: HonestReport;
  readonly lost: number;
}

/** The longest pause of the event loop since it was asked for last, in milliseconds. */
async function longestPause({ url }: ServerProcess): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const seconds = Number(/^nodejs_eventloop_lag_max_seconds (\S+)$/m.exec(text)?.[1] ?? Number.NaN);
  return Math.max(0, seconds * 1000 - MONITOR_INTERVAL);
}

/** Starts a script that runs until its input ends. What is returned ends it, and resolves with what it printed. */
function startScript(file: string, spec: HonestSpec | AttackerSpec): () => Promise<string> {
  const child = startNode({ args: [...typescript(file), JSON.stringify(spec)] });
  const errors = tail(child);
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return async () => {
    child.stdin?.end();
    if (child.exitCode === null) await once(child, 'close');
    if (child.exitCode !== 0) throw new Error(`${file} failed:\n${errors()}`);
    return output;
  };
}

async function measure(server: ServerProcess, attack: Attack, seconds: number): Promise<Measured> {
  const attacker = mint('attacker', 'create read:*');
  const target: Target = {
    url: server.url,
    port: server.port,
    token: attacker,
    powerless: mint('powerless', 'openid'),
    admin: TOKEN,
  };
  await attack.prepare?.(target);
  const reader = new StreamReader(server.url);
  const stored = await reader.count(HONEST_TOPIC, 'honest');
  const honestSpec = { url: server.url, token: mint('honest', 'create'), topic: HONEST_TOPIC };
  const stopHonest = startScript('test/fault/honest-caller.ts', honestSpec);
  await longestPause(server);
  const stopAttacker = startScript('test/fault/attacker.ts', { attack: attack.name, target });
  let megabytes = 0;
  let noise = 0;
  let before = waitedMilliseconds(server.pid);
  for (let elapsed = 0; elapsed < seconds * 1000; elapsed += SAMPLE_MS) {
    await delay(SAMPLE_MS);
    megabytes = Math.max(megabytes, residentMegabytes(server.pid));
    const waited = waitedMilliseconds(server.pid);
    noise = Math.max(noise, waited - before);
    before = waited;
  }
  const pause = await longestPause(server);
  const honest = JSON.parse(await stopHonest()) as HonestReport;
  await stopAttacker();
  const lost = Math.max(0, stored + honest.acknowledged - (await reader.count(HONEST_TOPIC, 'honest')));
  return { pause, megabytes, noise: Math.max(noise, honest.noise), honest, lost };
}

function faultsOf({ pause, megabytes, noise, honest, lost }: Measured, isTimed: boolean): string[] {
  const faults: string[] = [];
  const longestPause = noise > NOISE ? LONGEST_PAUSE_ON_A_NOISY_MACHINE : LONGEST_PAUSE;
  if (isTimed && pause > longestPause) faults.push(`the event loop stood still for ${pause.toFixed(0)} ms`);
  if (megabytes > MOST_MEGABYTES) faults.push(`${megabytes.toFixed(0)} MB`);
  if (honest.refusals.length > 0) faults.push(`the honest caller was refused: ${honest.refusals.join(', ')}`);
  if (isTimed && honest.p99 > LONGEST_P99) faults.push(`the honest caller waited ${honest.p99.toFixed(0)} ms (p99)`);
  if (honest.acknowledged === 0) faults.push('the honest caller got nothing through');
  if (lost > 0) faults.push(`${lost} acknowledged events are lost`);
  return faults;
}

function row(name: string, { pause, megabytes, noise, honest }: Measured): string {
  const { p50, p99, greatest, acknowledged } = honest;
  const numbers = [pause, megabytes, p50, p99, greatest].map((value) => value.toFixed(0).padStart(7));
  const noiseText = `${noise.toFixed(0).padStart(6)}${noise > NOISE ? '!' : ' '}`;
  return `${numbers.join('')}${noiseText}${String(acknowledged).padStart(6)}  ${name}`;
}

async function attackAll(attacks: readonly Attack[], seconds: number, isTimed: boolean): Promise<boolean> {
  print(`${['pause', 'MB', 'p50', 'p99', 'max'].map((name) => name.padStart(7)).join('')} noise  acked  attack`);
  print(
    `(milliseconds; "!": the machine was noisy, and pauses up to ${LONGEST_PAUSE_ON_A_NOISY_MACHINE} ms are taken)`,
  );
  let failed = 0;
  for (const attack of attacks) {
    await withTemporaryDirectory(async (directory) => {
      const server = await startWriterHub(directory);
      try {
        const measured = await measure(server, attack, seconds);
        print(row(attack.name, measured));
        const faults = faultsOf(measured, isTimed);
        for (const fault of faults) print(`        FAULT ${fault}`);
        if (faults.length > 0) failed++;
      } finally {
        if (!(await server.stop())) print(`        the server did not end cleanly:\n${server.log()}`);
      }
    });
  }
  print(failed === 0 ? 'nobody could stop it' : `FAILED: ${failed} of ${attacks.length} attacks`);
  return failed === 0;
}

void runScript(20 * 60_000, async () => {
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string', default: '8' },
      only: { type: 'string', default: '' },
      // Memory, refusals and losses alone, as a machine that does other things too can tell no times.
      untimed: { type: 'boolean', default: false },
    },
  });
  const chosen = new RegExp(values.only);
  const attacks = ATTACKS.filter((attack) => attack === NO_ATTACK || chosen.test(attack.name));
  return attackAll(attacks, positive('seconds', values.seconds), !values.untimed);
});
