import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { HubConnection } from '@microsoft/signalr';
import { type StockTransport, stockClient } from '../../signalr/support/stock-client';
import { MISSING } from './install';

const ROOT = join(__dirname, '../../..');
export const RECIPES = join(ROOT, 'examples/recipes');

const CHILDREN: ChildProcess[] = [];
const CONNECTIONS: HubConnection[] = [];

afterEach(async () => {
  for (const connection of CONNECTIONS.splice(0)) await connection.stop();
});

afterAll(async () => {
  for (const child of CHILDREN.splice(0)) {
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }
});

/** `describe` if what these recipes need is there. */
export function describeRecipes(folder: keyof typeof MISSING): typeof describe {
  return process.env[MISSING[folder]] === undefined ? describe : describe.skip;
}

/** Type-checks the recipes of a project. @throws Error when one has a wrong type; the compiler says which. */
export function typeCheck(project: string): void {
  const tsc = require.resolve('typescript/bin/tsc');
  execFileSync(process.execPath, [tsc, '--noEmit', '-p', join(RECIPES, project)], { stdio: 'inherit' });
}

/** Runs a recipe on a free port until the tests of the file have ended. Returns its address. */
export async function runRecipe(name: string, env: Record<string, string> = {}): Promise<string> {
  const child = spawn(process.execPath, ['--import', 'tsx', join(__dirname, 'serve.ts'), join(RECIPES, `${name}.ts`)], {
    cwd: ROOT,
    env: { ...process.env, TSX_TSCONFIG_PATH: join(RECIPES, 'tsconfig.json'), PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  CHILDREN.push(child);
  const exited = once(child, 'exit').then(() => {
    throw new Error(`${name} has ended`);
  });
  const lines = createInterface(child.stdout);
  const port = new Promise<string>((resolve) => {
    // A framework may print lines of its own.
    lines.on('line', (line) => {
      const [, found] = /^recipe: (\d+)$/.exec(line) ?? [];
      if (found !== undefined) resolve(found);
    });
  });
  const found = await Promise.race([port, exited]);
  exited.catch(() => undefined);
  return `http://127.0.0.1:${found}`;
}

/** A started stock client. It stops with the test. */
export async function connect(url: string, transport?: StockTransport, token?: string): Promise<HubConnection> {
  const connection = stockClient(url, transport, token);
  CONNECTIONS.push(connection);
  await connection.start();
  return connection;
}

/** Says something to all, hears it, and reads a stream. Returns what was heard. */
export async function converse(connection: HubConnection): Promise<unknown[]> {
  const heard: unknown[] = [];
  const said = new Promise<void>((resolve) => {
    connection.on('Said', (text: string) => {
      heard.push(text);
      resolve();
    });
  });
  await connection.invoke('Say', 'héllo');
  await said;
  await new Promise<void>((resolve, reject) => {
    connection.stream<number>('Count', 3).subscribe({
      next: (item) => heard.push(item),
      complete: resolve,
      error: reject,
    });
  });
  return heard;
}
