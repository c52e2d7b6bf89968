// Mutation testing: changes the code, one small thing at a time, and says which changes no test notices. Takes names of
// areas (`areas.ts`), or files of them, or lines of files: `src/auth/claims.ts:30-50`. None: all areas.
import { parseArgs } from 'node:util';
import { print, runScript } from '../../bench/support/script';
import { AREAS, type Part } from './areas';
import { Scores } from './scores';

const LIMIT_MS = 6 * 3600_000;

/** Reports lie here, and what the next run need not try again. */
const REPORTS = 'reports/mutation';

const { values, positionals } = parseArgs({
  options: {
    concurrency: { type: 'string', default: '1' },
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
    testRunner: 'jest',
    plugins: ['@stryker-mutator/jest-runner'],
    coverageAnalysis: 'perTest',
    jest: {
      projectType: 'custom',
      config: { testMatch: tests.map((file) => `<rootDir>/${file}`) },
      enableFindRelatedTests: false,
    },
    concurrency: Number(values.concurrency),
    incremental: true,
    incrementalFile: `${report}.json`,
    force: values.force,
    ignorePatterns: ['/.ci', '/bench', '/data', '/docs', '/examples', '/reports'],
    tempDirName: `${REPORTS}/sandbox`,
    reporters: ['html'],
    htmlReporter: { fileName: `${report}.html` },
    logLevel: 'error',
    allowConsoleColors: false,
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
