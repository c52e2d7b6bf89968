// Gives mutated packages of parameter data to the scanner: each is refused, or kept as it was sent, none crashes it.
// --packages: how many; --seed: what they are made from, said at the start. Needs no build.
import { parseArgs } from 'node:util';
import { Random } from '../../bench/support/random';
import { positive, print, runScript } from '../../bench/support/script';
import { mutatedPackage } from '../parameters/support/mutations';
import { type Outcome, tryPackage } from '../parameters/support/package-trial';

function tryAll(packages: number, seed: number): Map<Outcome, number> {
  const random = new Random(seed);
  const outcomes = new Map<Outcome, number>();
  for (let n = 0; n < packages; n++) {
    const text = mutatedPackage(random);
    try {
      const outcome = tryPackage(text);
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    } catch (cause) {
      print(`package ${n}: ${JSON.stringify(text.toString('latin1'))}`);
      throw cause;
    }
  }
  return outcomes;
}

void runScript(60 * 60_000, () => {
  const { values } = parseArgs({
    options: {
      packages: { type: 'string', default: '1000000' },
      seed: { type: 'string', default: String((Date.now() % 1_000_000) + 1) },
    },
  });
  const packages = positive('packages', values.packages);
  const seed = positive('seed', values.seed);
  print(`${packages} packages of seed ${seed}`);
  for (const [outcome, count] of tryAll(packages, seed)) print(`${outcome}: ${count}`);
  return Promise.resolve(true);
});
