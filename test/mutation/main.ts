// Mutation testing: changes the code, one small thing at a time, and says which changes no test notices. Takes names of
// areas (`areas.ts`), or files of them, or lines of files: `src/auth/claims.ts:30-50`. None: all areas.
import { parseArgs } from 'node:util';
import { positive, print, runScript } from '../../bench/support/script';
import { AREAS, type Part } from './areas';
import { Scores } from './scores';

const LIMIT_MS = 6 * 3600_000;

/** Here lie the reports, and what the next run need not try again. */
const REPORTS = 'reports/mutation';

const { values, positionals } = parseArgs({
  options: {
    /** How many mutants are tried at a time, each by a process of its own. */
    concurrency: { type: 'string' },
    /** Tries every mutant anew, also those whose code and tests are what they were. */
    force: { type: 'boolean', default: false },
  },
  allowPositionals: true,
});

async function tryPart({ mutate, tests }: Part): Promise<Scores> {
  // An ES module, and one that cannot be required.
  const { Stryker } = await import('@stryker-mutator/core');
  const report = `${REPORTS}/${mutate[0]!.replaceAll(/[/:]/g, '-')}`;
  const stryker = new Stryker({
    mutate: [...mutate],
    jest: { config: { testMatch: tests.map((file) => `<rootDir>/${file}`) }, enableFindRelatedTests: false },
    incrementalFile: `${report}.json`,
    htmlReporter: { fileName: `${report}.html` },
    force: values.force,
    ...(values.concurrency !== undefined && { concurrency: positive('concurrency', values.concurrency) }),
  });
  return new Scores(await stryker.runMutationTest());
}

async function tryParts(name: string, parts: readonly Part[]): Promise<void> {
  let scores = new Scores([]);
  for (const part of parts) {
    const tried = await tryPart(part);
    for (const survivor of tried.survivors()) print(survivor);
    scores = scores.plus(tried);
  }
  print(`\n${name}\n${scores.table()}\n`);
}

/** The parts of an area, or the part of a file. */
function partsOf(name: string): readonly Part[] {
  const parts = AREAS[name];
  if (parts !== undefined) return parts;
  const file = name.replace(/:[\d:-]+$/, '');
  const part = Object.values(AREAS)
    .flat()
    .find(({ mutate }) => mutate.includes(file));
  if (part === undefined)
    throw new Error(`${name} is neither an area (${Object.keys(AREAS).join(', ')}) nor a file of one`);
  return [{ ...part, mutate: [name] }];
}

void runScript(LIMIT_MS, async () => {
  const names = positionals.length > 0 ? positionals : Object.keys(AREAS);
  const chosen = names.map((name) => [name, partsOf(name)] as const);
  for (const [name, parts] of chosen) await tryParts(name, parts);
  return true;
});
