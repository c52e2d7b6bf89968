// Runs the test suite on the newest release of the newest LTS line of Node.js, whichever release runs this script. It works
// in a copy of the project, because the native file of better-sqlite3 serves one line only. Arguments are passed on to Jest.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { print, runScript } from '../../bench/support/script';
import { withTemporaryDirectory } from '../../bench/support/temporary';
import { InstallError, npm, runOn } from './command';
import { installNode } from './node-release';
import { copyProject } from './project-copy';
import { provideSqliteAddon } from './sqlite-addon';

const LTS_LINE = '24';

const ROOT = path.join(__dirname, '../..');

const LIMIT_MS = 25 * 60_000;

/** Longer than elsewhere: nothing is cached in a fresh copy. In milliseconds. */
const TEST_TIMEOUT_MS = 60_000;

const { values, positionals } = parseArgs({
  options: {
    /** Where the result goes as JSON, in the form of Jest's. No file is written when the suite does not run. */
    outputFile: { type: 'string' },
    /** Ends well although the suite cannot run on this machine. */
    ci: { type: 'boolean', default: false },
    maxWorkers: { type: 'string', default: '3' },
  },
  allowPositionals: true,
});

async function runSuite(directory: string): Promise<void> {
  const project = path.join(directory, 'project');
  const node = await installNode(LTS_LINE, path.join(directory, 'node'));
  print(`Node.js ${node.version}: installing and building`);
  copyProject(ROOT, project);
  await npm(['ci', '--ignore-scripts', '--prefer-offline'], project);
  await provideSqliteAddon(project, node, path.join(directory, 'headers'));
  await runOn(node, ['node', 'node_modules/typescript/bin/tsc', '-b', 'tsconfig.build.json'], { cwd: project });
  const args = [
    '--ci',
    `--maxWorkers=${values.maxWorkers}`,
    `--testTimeout=${TEST_TIMEOUT_MS}`,
    `--cacheDirectory=${path.join(directory, 'jest')}`,
    ...positionals,
  ];
  if (values.outputFile !== undefined) args.push('--json', `--outputFile=${path.resolve(values.outputFile)}`);
  await runOn(node, ['node', 'node_modules/jest/bin/jest.js', ...args], { cwd: project });
}

/** Why the suite cannot run here, or nothing. */
function obstacle(): string | undefined {
  const machine = `${process.platform}-${process.arch}`;
  if (machine !== 'linux-x64') return `Node.js is installed for linux-x64, and this machine is ${machine}`;
  if (!existsSync(path.join(ROOT, '.git'))) return 'this is not a Git checkout, of which a copy could be made';
  return undefined;
}

async function runUnlessImpossible(): Promise<string | undefined> {
  try {
    const reason = obstacle();
    if (reason === undefined) await withTemporaryDirectory(runSuite);
    return reason;
  } catch (error) {
    if (error instanceof InstallError) return error.message;
    throw error;
  }
}

void runScript(LIMIT_MS, async () => {
  const reason = await runUnlessImpossible();
  if (reason === undefined) return true;
  print(`not run: ${reason}`);
  return values.ci;
});
